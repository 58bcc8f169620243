"""A repo: a named line of history, with branches and tags."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_lake.addresses import Ref, check_ref_name
from jupyter_lake.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    RefNotFoundError,
)
from jupyter_lake.identity import current_user
from jupyter_lake.store.differences import Diff, diff_trees
from jupyter_lake.store.gather import gather
from jupyter_lake.store.history import History
from jupyter_lake.store.keys import RepoKeys
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.records import BranchRecord, CommitRecord, Tag, now
from jupyter_lake.store.refs import BranchLogs, MovedError, Tags
from jupyter_lake.store.transactions import Transaction, check_text
from jupyter_lake.store.trees import EMPTY, Tree

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.store.blame import Blame
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.lakes import Lake

__all__ = ["Branch", "Repo"]


@dataclass(frozen=True, slots=True)
class Branch:
    """A moving name for a commit, and the last record of its log."""

    name: str
    commit: str
    number: int
    when: datetime
    who: str
    why: str


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
        return History(self.lake.objects, self.keys)

    @cached_property
    def branch_logs(self) -> BranchLogs:
        """The repo's branches as logs."""
        return BranchLogs(self.lake.objects, self.keys, ahead=self._ahead)

    @cached_property
    def _tags(self) -> Tags:
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
        return self.manifests.tree(self.history.record(commit).tree) if commit else EMPTY

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
        return [_branch(name, head) for name, head in pairs if head and head.commit]

    def branch(self, name: str) -> Branch:
        """Return a branch.

        Raises
        ------
        RefNotFoundError
        """
        head = self.branch_logs.head(check_ref_name(name))
        if head is None or head.commit is None:
            raise self.no_branch(name)
        return _branch(name, head)

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
        self._check_new(name)
        commit = self.resolve(from_)
        head = self.branch_logs.head(name)
        if head is not None and head.commit is not None:
            raise AlreadyExistsError(
                f"{self.name} already has a branch {name!r}.", hint="Choose another name."
            )
        why = f"create from {from_ or self.default_branch}"
        return self._move(name, commit, why=why, after=head, author=author)

    def delete_branch(self, name: str, *, author: str | None = None) -> None:
        """Delete a branch; its log stays, and `undo` brings it back.

        Raises
        ------
        RefNotFoundError, InvalidInputError
        """
        if name == self.default_branch:
            raise InvalidInputError(
                f"{name!r} is the default branch of {self.name} and can't be deleted.",
                hint="Delete another branch.",
            )
        self.branch(name)
        head = self.branch_logs.head(name)
        self._append(name, None, why="delete", after=head, author=author)

    def undo(self, branch: str | None = None, *, author: str | None = None) -> Branch:
        """Move a branch back to where its log says it stood before; return it.

        Undone twice it goes back two steps. The log keeps a record of each.

        Raises
        ------
        RefNotFoundError, InvalidInputError
        """
        name = check_ref_name(branch or self.default_branch)
        head = self.branch_logs.head(name)
        if head is None:
            raise self.no_branch(name)
        before = self.branch_logs.record(name, head.position - 1) if head.position > 1 else None
        if before is None or before.commit is None:
            raise InvalidInputError(
                f"There is nothing to undo: {self.name}@{name} began where it stands.",
                hint=f"`%lake log {self.name}@{name}` shows what there is.",
            )
        why = f"undo {head.why}, back to record {before.number}"
        return self._move(
            name, before.commit, why=why, after=head, author=author, position=before.position
        )

    def tags(self) -> list[Tag]:
        """Return the tags, sorted by name."""
        return self._tags.all()

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
        self._check_new(name)
        who = check_text(author or current_user(), "author")
        tag = Tag(name, self.resolve(ref), now(), who, check_text(message, "message"))
        self._check_kept(tag.commit)
        try:
            self._tags.create(tag)
        except ObjectExists:
            raise AlreadyExistsError(
                f"{self.name} already has a tag {name!r}.",
                hint="Choose another name: a tag never moves.",
            ) from None
        if not self._is_kept(tag.commit):
            self._tags.delete(name)
            raise self._collected(tag.commit)
        return tag

    def delete_tag(self, name: str) -> None:
        """Take a tag away.

        Raises
        ------
        RefNotFoundError
        """
        if self._tags.get(check_ref_name(name)) is None:
            raise RefNotFoundError(
                f"{self.name} has no tag {name!r}.",
                hint=f"`%lake tag {self.name}` lists the tags.",
            )
        self._tags.delete(name)

    def tag(self, name: str) -> Tag | None:
        """Return a tag, or None."""
        return self._tags.get(name)

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

    def _check_new(self, name: str) -> None:
        check_ref_name(name)
        if len(name) == 64 and all(char in "0123456789abcdef" for char in name):
            raise InvalidInputError(
                f"{name!r} looks like a commit's id.", hint="Choose another name."
            )

    def _move(
        self,
        name: str,
        commit: str,
        *,
        why: str,
        after: BranchRecord | None,
        author: str | None,
        position: int = 0,
    ) -> Branch:
        self._check_kept(commit)
        record = self._append(name, commit, why=why, after=after, author=author, position=position)
        if not self._is_kept(commit):
            back = after.commit if after else None
            self._append(name, back, why=f"take back: {why}", after=record, author=author)
            raise self._collected(commit)
        return _branch(name, record)

    def _check_kept(self, commit: str) -> None:
        if not self._is_kept(commit):
            raise self._collected(commit)

    def _is_kept(self, commit: str) -> bool:
        """Tell whether a commit that a ref comes to name is there, and stays."""
        from jupyter_lake.store.gc import outlives_collectors

        return outlives_collectors(self.lake.objects, self.keys, commit)

    def _collected(self, commit: str) -> RefNotFoundError:
        return RefNotFoundError(
            f"Commit {commit[:8]} of {self.name} is gone: nothing led to it, and a gc deleted it.",
            hint=f"`%lake log {self.name}` shows what there is.",
        )

    def _append(
        self,
        name: str,
        commit: str | None,
        *,
        why: str,
        after: BranchRecord | None,
        author: str | None,
        position: int = 0,
    ) -> BranchRecord:
        who = check_text(author or current_user(), "author")
        record = BranchRecord(0, commit, who, now(), why, secrets.token_hex(8), position)
        try:
            return self.branch_logs.append(name, record, after)
        except MovedError as moved:
            raise ConflictError(
                f"{self.name}@{name} was moved by {moved.head.who} in the meantime.",
                ours=after.commit if after else None,
                theirs=moved.head.commit,
                hint="Look at where it stands now, and try again.",
            ) from None


def _branch(name: str, head: BranchRecord) -> Branch:
    assert head.commit is not None
    return Branch(name, head.commit, head.number, head.when, head.who, head.why)
