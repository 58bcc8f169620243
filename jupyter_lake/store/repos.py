"""A repo: a named line of history, with branches and tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_lake.addresses import Ref, check_ref_name
from jupyter_lake.store import branching
from jupyter_lake.store.branching import Branch
from jupyter_lake.store.differences import Diff, diff_trees
from jupyter_lake.store.gather import gather
from jupyter_lake.store.history import History
from jupyter_lake.store.keys import RepoKeys
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.refs import BranchLogs, Tags
from jupyter_lake.store.transactions import Transaction
from jupyter_lake.store.trees import EMPTY, Tree

if TYPE_CHECKING:
    from jupyter_lake.errors import (
        RefNotFoundError,
    )
    from jupyter_lake.store.blame import Blame
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.lakes import Lake
    from jupyter_lake.store.records import BranchRecord, CommitRecord, Tag

__all__ = ["Branch", "Repo"]


class Repo:
    """A named line of history of a lake.

    Attributes
    ----------
    lake
        The lake it belongs to.
    name
        Its name.
    description
        What it is for.
    default_branch
        The branch that is meant where none is named.
    """

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

    # Commits

    def commit(self, ref: str | Ref | None = None) -> Commit:
        """Return the commit that a ref names; without one, the default branch's.

        Raises
        ------
        RefNotFoundError, InvalidAddressError
        """
        return self.commit_of(self.history.record(self.resolve(ref)))

    def commit_of(self, record: CommitRecord) -> Commit:
        """Return the commit of a record."""
        return self.lake.commit_type(self, record)

    def resolve(self, ref: str | Ref | None = None) -> str:
        """Return the full id of the commit that a ref names.

        Raises
        ------
        RefNotFoundError, InvalidAddressError
        """
        from jupyter_lake.store.resolving import resolve

        return resolve(self, ref)

    def tree_of(self, commit: str | None) -> Tree:
        """Return the tree of a commit; without one, the empty tree."""
        return self.history.tree(self.history.record(commit)) if commit else EMPTY

    def log(
        self, ref: str | Ref | None = None, *, path: str | None = None, limit: int | None = 50
    ) -> list[Commit]:
        """Return a commit and its ancestors, newest first.

        Parameters
        ----------
        ref
            Where to begin; the default branch without one.
        path
            Only commits that changed this file, or something under this folder.
        limit
            How many at most; None for all.

        Raises
        ------
        RefNotFoundError, InvalidAddressError
        """
        return list(islice(self.iter_log(ref, path=path), limit))

    def iter_log(
        self, ref: str | Ref | None = None, *, path: str | None = None
    ) -> Iterator[Commit]:
        """Yield what `log` returns, reading as far as is asked for."""
        from jupyter_lake.store.blame import touching

        start = self.resolve(ref)
        records = touching(self, start, path) if path else self.history.walk(start)
        return map(self.commit_of, records)

    def diff(self, a: str | Ref | None, b: str | Ref | None, *, path: str = "") -> Diff:
        """Return how to get from commit `a` to commit `b`, under a path.

        Raises
        ------
        RefNotFoundError, InvalidAddressError
        """
        old, new = self.resolve(a), self.resolve(b)
        path = path.strip("/")
        before, after = gather(
            self.lake.objects, [partial(self.tree_of, commit) for commit in (old, new)]
        )
        changes = diff_trees(self.manifests, before, after, path)
        if path:
            changes = [
                change
                for change in changes
                if change.path == path or change.path.startswith(f"{path}/")
            ]
        return Diff(changes, old=old, new=new)

    def blame(self, ref: str | Ref | None = None, path: str = "") -> list[Blame]:
        """Return for each file at or under a path the commit that last changed it.

        Raises
        ------
        RefNotFoundError, PathNotFoundError
        """
        from jupyter_lake.store.blame import blame

        return blame(self, self.resolve(ref), path)

    # Changes

    def transaction(
        self,
        branch: str | None = None,
        *,
        message: str = "",
        author: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> Transaction:
        """Begin a change of a branch; use it in a ``with`` statement.

        Parameters
        ----------
        branch
            The branch to move; the default one without.
        message
            What the commit is for.
        author
            Who makes it; the current user without.
        metadata
            What else to keep with the commit; JSON.
        provenance
            Where the data comes from; what the recorder knows without.

        Raises
        ------
        RefNotFoundError
        """
        return Transaction(
            self,
            check_ref_name(branch or self.default_branch),
            message=message,
            author=author,
            metadata=metadata,
            provenance=provenance,
        )

    def merge(
        self,
        source: str | Ref,
        *,
        into: str | None = None,
        message: str | None = None,
        author: str | None = None,
        ours: Sequence[str] = (),
        theirs: Sequence[str] = (),
    ) -> Commit:
        """Bring what `source` changed since both parted into a branch.

        Parameters
        ----------
        source
            The commit to merge.
        into
            The branch to move; the default one without.
        ours, theirs
            Patterns (``orders/*.parquet``) of the paths for which, where both
            changed them, the branch's or the source's version is taken.

        Raises
        ------
        ConflictError
            If both changed a path in different ways; nothing is changed then.
        """
        from jupyter_lake.store.merges import merge

        branch = check_ref_name(into or self.default_branch)
        return merge(self, source, branch, message=message, author=author, ours=ours, theirs=theirs)

    def revert(
        self, commit: str | Ref, *, branch: str | None = None, author: str | None = None
    ) -> Commit:
        """Make a commit that takes another one back; a merge, against its first parent.

        Raises
        ------
        ConflictError
            If what it changed has been changed again.
        """
        from jupyter_lake.store.merges import revert

        name = check_ref_name(branch or self.default_branch)
        return revert(self, self.resolve(commit), name, author=author)

    # Branches and tags

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
        return isinstance(other, Repo) and (other.name, other.lake.url) == (
            self.name,
            self.lake.url,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.lake.url))

    def __repr__(self) -> str:
        return f"<Repo {self.name} of {self.lake.url}>"

    def _ahead(self, commit: str | None, tree: str | None) -> list[Callable[[], object]]:
        """Name what is likely wanted next of a commit, to be read in one round trip."""
        calls: list[Callable[[], object]] = []
        if commit:
            calls.append(partial(self.history.record, commit))
        if tree:
            calls.append(partial(self.manifests.tree, tree))
        return calls
