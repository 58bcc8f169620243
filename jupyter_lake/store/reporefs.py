"""A repo's branches and tags, and the parts of the store that a repo is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Ref, check_ref_name
from jupyter_lake.store import branching
from jupyter_lake.store.branching import Branch
from jupyter_lake.store.gather import gather
from jupyter_lake.store.history import History
from jupyter_lake.store.keys import RepoKeys
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.refs import BranchLogs
from jupyter_lake.store.tags import Tags

if TYPE_CHECKING:
    from jupyter_lake.errors import RefNotFoundError
    from jupyter_lake.store.lakes import Lake
    from jupyter_lake.store.records import BranchRecord, Tag

__all__ = ["RepoRefs"]


class RepoRefs:
    """The half of a `Repo` that knows names for commits, and moves them."""

    def __init__(
        self, lake: Lake, name: str, *, description: str = "", default_branch: str = "main"
    ) -> None:
        self.lake = lake
        self.name = name
        self.description = description
        self.default_branch = default_branch
        self.keys = RepoKeys(name)

    @cached_property
    def manifests(self) -> Manifests:
        """The repo's trees and ranges."""
        return Manifests(self.lake.objects, self.keys)

    @cached_property
    def history(self) -> History:
        """The repo's commits."""
        return History(self.lake.objects, self.keys, self.manifests)

    @cached_property
    def branch_logs(self) -> BranchLogs:
        """The repo's branches as logs."""
        return BranchLogs(self.lake.objects, self.keys, ahead=self._ahead)

    @cached_property
    def tag_store(self) -> Tags:
        """The repo's tags as objects."""
        return Tags(self.lake.objects, self.keys)

    def resolve(self, ref: str | Ref | None = None) -> str:
        """Return the full id of the commit that a ref names.

        Raises
        ------
        RefNotFoundError, InvalidAddressError
        """
        from jupyter_lake.store.resolving import resolve

        return resolve(self, ref)

    def branches(self) -> list[Branch]:
        """Return the branches, sorted by name."""
        names = self.branch_logs.names()
        heads = gather(self.lake.objects, [partial(self.branch_logs.head, name) for name in names])
        pairs = zip(names, heads, strict=True)
        return [Branch.of(name, head) for name, head in pairs if head and head.commit]

    def branch(self, name: str) -> Branch:
        """Return a branch.

        Raises
        ------
        RefNotFoundError
        """
        head = self.standing(check_ref_name(name), self.branch_logs.head(name))
        if head is None:
            raise self.no_branch(name)
        return Branch.of(name, head)

    def branch_log(self, branch: str | None = None) -> list[BranchRecord]:
        """Return the records of a branch, newest first; also of a deleted one.

        Raises
        ------
        RefNotFoundError
        """
        records = list(self.branch_logs.log(check_ref_name(branch or self.default_branch)))
        if not records:
            raise self.no_branch(branch or self.default_branch)
        return records

    def create_branch(
        self, name: str, *, from_: str | Ref | None = None, author: str | None = None
    ) -> Branch:
        """Make a branch that stands at a commit.

        Raises
        ------
        AlreadyExistsError, RefNotFoundError, InvalidNameError
        """
        return branching.create(self, name, from_, author)

    def delete_branch(self, name: str, *, author: str | None = None) -> None:
        """Delete a branch; its log stays, and `undo` brings it back.

        Raises
        ------
        RefNotFoundError, InvalidInputError
        """
        branching.delete(self, name, author)

    def undo(self, branch: str | None = None, *, author: str | None = None) -> Branch:
        """Move a branch back to where its log says it stood before; return it.

        Undone twice it goes back two steps. The log keeps a record of each.

        Raises
        ------
        RefNotFoundError, InvalidInputError
        """
        return branching.undo(self, check_ref_name(branch or self.default_branch), author)

    def tags(self) -> list[Tag]:
        """Return the tags, sorted by name."""
        return self.tag_store.all()

    def create_tag(
        self,
        name: str,
        ref: str | Ref | None = None,
        *,
        message: str = "",
        author: str | None = None,
    ) -> Tag:
        """Give a commit a name that stays.

        Raises
        ------
        AlreadyExistsError, RefNotFoundError, InvalidNameError
        """
        return branching.tag(self, name, ref, message, author)

    def delete_tag(self, name: str) -> None:
        """Take a tag away.

        Raises
        ------
        RefNotFoundError
        """
        branching.untag(self, name)

    def tag(self, name: str) -> Tag | None:
        """Return a tag, or None."""
        return self.tag_store.get(name)

    def standing(self, branch: str, head: BranchRecord | None) -> BranchRecord | None:
        """Return a branch's last record if a commit may follow it.

        The default branch may be without a record: its first commit makes it.

        Raises
        ------
        RefNotFoundError
            If there is no such branch.
        """
        if head is None and branch == self.default_branch:
            return None
        if head is None or head.commit is None:
            raise self.no_branch(branch)
        return head

    def no_branch(self, name: str) -> RefNotFoundError:
        """Return the error that says there is no such branch."""
        from jupyter_lake.store.resolving import ref_not_found

        return ref_not_found(self, name, what="branch")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RepoRefs) and (other.name, other.lake.url) == (
            self.name,
            self.lake.url,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.lake.url))

    def _ahead(self, commit: str | None, tree: str | None) -> list[Callable[[], object]]:
        """Name what is likely wanted next of a commit, to be read in one round trip."""
        calls: list[Callable[[], object]] = []
        if commit:
            calls.append(partial(self.history.record, commit))
        if tree:
            calls.append(partial(self.manifests.tree, tree))
        return calls
