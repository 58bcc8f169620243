"""A repo: a named line of history, with branches and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_lake.addresses import Ref, check_ref_name
from jupyter_lake.store.branching import Branch
from jupyter_lake.store.differences import Diff, diff_trees
from jupyter_lake.store.gather import gather
from jupyter_lake.store.reporefs import RepoRefs
from jupyter_lake.store.transactions import Transaction
from jupyter_lake.store.trees import EMPTY, Tree

if TYPE_CHECKING:
    from jupyter_lake.store.blame import Blame
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.records import CommitRecord

__all__ = ["Branch", "Repo"]


class Repo(RepoRefs):
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

    def __repr__(self) -> str:
        return f"<Repo {self.name} of {self.lake.url}>"
