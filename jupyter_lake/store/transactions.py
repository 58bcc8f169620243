"""Changes to a branch that become one commit, or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from jupyter_lake import access
from jupyter_lake.addresses import check_path
from jupyter_lake.errors import InvalidInputError, PathNotFoundError
from jupyter_lake.identity import current_user
from jupyter_lake.store.edits import Edit, check_fit, effective, name_some
from jupyter_lake.store.intake import Intake
from jupyter_lake.store.publishing import Draft, Published, publish
from jupyter_lake.store.staged import directly_in, staged_entries
from jupyter_lake.store.staging import Staging
from jupyter_lake.store.tables import ArrowStreamable
from jupyter_lake.store.texts import check_json, check_text

if TYPE_CHECKING:
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.entries import Entry, Folder
    from jupyter_lake.store.repos import Repo

__all__ = ["Transaction"]


class Transaction:
    """Several changes to one branch, committed together when the ``with`` block ends.

    Inside, `write`, `delete` and `import_from` stage changes, which nobody else
    sees. An exception leaves the branch as it was. Without ``with``, end it by
    `finish` or `rollback`.

    If the branch moves meanwhile the commit goes on top, unless both changed the
    same path in different ways: then `finish` raises `ConflictError`.
    """

    def __init__(
        self,
        repo: Repo,
        branch: str,
        *,
        message: str = "",
        author: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        self.repo = repo
        self.branch = branch
        self.message = check_text(message, "message")
        self.author = check_text(author or current_user(), "author")
        self.metadata = check_json({} if metadata is None else metadata, "metadata")
        self.provenance = None if provenance is None else check_json(provenance, "provenance")
        self._base = repo.standing(branch, repo.branch_logs.head(branch))
        self._staging = Staging()
        self._intake = Intake(repo, self._staging)
        self._commit: Commit | None = None
        self._open = True

    @property
    def base(self) -> str | None:
        """The id of the commit the branch stood at when this began; None for a new branch."""
        return self._base.commit if self._base else None

    @property
    def commit(self) -> Commit:
        """The commit that was made; where nothing changed, the one that was there.

        Raises
        ------
        InvalidInputError
            Before the end, or when there is none.
        """
        if self._commit is None:
            raise InvalidInputError(
                f"This transaction on {self.repo.name}@{self.branch} has made no commit.",
                hint="Leave its `with` block first, with something written in it.",
            )
        return self._commit

    @property
    def paths(self) -> list[str]:
        """The paths changed so far, sorted."""
        return self._staging.paths

    def write(self, path: str, data: bytes | Path | ArrowStreamable) -> None:
        """Put a file at `path`: bytes, a copy of a local file, or a table as Parquet.

        Parameters
        ----------
        path
            Where in the repo.
        data
            Bytes; a local path (copied while the block runs on; a folder is
            copied with all that is in it); or any table that speaks Arrow
            (pyarrow, pandas, polars, a DuckDB relation).

        Raises
        ------
        InvalidPathError, InvalidInputError
        """
        self._check_open()
        path = check_path(path)
        if isinstance(data, bytes | bytearray | memoryview):
            self._intake.take_bytes(path, bytes(data))
        elif isinstance(data, str | os.PathLike):
            self._take_path(path, Path(data))
        elif isinstance(data, ArrowStreamable):
            self._intake.take_table(path, data)
        else:
            raise InvalidInputError(
                f"What was given for {path!r} is neither a file nor a table: "
                f"{type(data).__name__}.",
                hint="Give bytes, a local path, or a table (pandas, polars, Arrow, DuckDB).",
            )

    def delete(self, path: str) -> None:
        """Take out the file at `path`, or all files of the folder.

        Raises
        ------
        PathNotFoundError
        """
        self._check_open()
        path = check_path(path.removesuffix("/"))
        gone = [entry.path for entry in self.entries(path)]
        if not gone:
            raise PathNotFoundError(
                f"{self.repo.name}@{self.branch} has nothing at {path!r} to delete.",
                hint=f"`%lake ls {self.repo.name}@{self.branch}` shows what is there.",
            )
        for name in gone:
            self._staging.delete(name)

    def import_from(
        self,
        url: str | os.PathLike[str],
        prefix: str = "",
        *,
        storage_options: Mapping[str, object] | None = None,
    ) -> int:
        """Point at files outside the lake, without copying; return how many.

        Each is pinned by its size and etag, or time: a read that finds it
        changed raises `ChangedError`.

        Parameters
        ----------
        url
            A file, a folder, or a bucket prefix.
        prefix
            The folder of the repo to put them in.

        Raises
        ------
        PathNotFoundError, InvalidPathError
        """
        from jupyter_lake.store.imports import listing_of

        self._check_open()
        folder = f"{check_path(prefix.strip('/'))}/" if prefix.strip("/") else ""
        options = self.repo.lake.objects.storage_options | dict(storage_options or {})  # type: ignore[operator]
        table = listing_of(os.fspath(url), folder, options)
        self._staging.put_table(table)
        return int(table.num_rows)

    def import_listing(self, listing: ArrowStreamable, prefix: str = "") -> int:
        """Point at files outside the lake that a listing names; return how many.

        Nothing is asked of the files until they are read. An S3 Inventory, for
        one, is such a listing, of any length.

        Parameters
        ----------
        listing
            A table with columns ``location`` (URL or absolute path), ``size``,
            and ``etag`` or ``modified`` (a timestamp); with ``path`` where the
            names in the repo are to differ from those behind the last slash.
        prefix
            The folder of the repo to put them in.

        Raises
        ------
        InvalidInputError, InvalidPathError
        """
        from jupyter_lake.store.imports import listed

        self._check_open()
        folder = f"{check_path(prefix.strip('/'))}/" if prefix.strip("/") else ""
        table = listed(listing, folder)
        self._staging.put_table(table)
        return int(table.num_rows)

    def entries(self, path: str = "") -> Iterator[Entry]:
        """Yield the files at or under a path as they would be committed, sorted by path."""
        return staged_entries(self.repo, self.base, self._staging, path)

    def ls(self, path: str = "") -> list[Entry | Folder]:
        """Return what would lie directly in a folder."""
        return directly_in(path, self.entries(path))

    def finish(self) -> Commit | None:
        """Commit what is staged; return the branch's commit, None if it has none.

        Raises
        ------
        ConflictError
            If the branch has moved and both changed a path. The transaction is over.
        """
        self._check_open()
        try:
            self._publish()
        finally:
            self._end()
        return self._commit

    def rollback(self) -> None:
        """Forget what is staged; the branch stays as it was."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.rollback()
        elif self._open:
            self.finish()

    def __repr__(self) -> str:
        state = "open" if self._open else "ended"
        count = len(self._staging.paths)
        return f"<Transaction {self.repo.name}@{self.branch}, {state}: {count} paths>"

    def _take_path(self, path: str, source: Path) -> None:
        if source.is_dir():
            self._intake.take_folder(path, source, self.repo.tree_of(self.base))
        elif source.is_file():
            self._intake.take_file(path, source)
        elif source.exists():
            raise InvalidInputError(
                f"{str(source)!r} is neither a file nor a folder.",
                hint="Copy what it holds into a file first.",
            )
        else:
            raise PathNotFoundError(
                f"There is no file {str(source)!r} here.", hint="Check the path."
            )

    def _publish(self) -> None:
        made = self._made() if self._staging else None
        if made is not None:
            self._commit = self.repo.commit_of(made.record)
            lake, repo = self.repo.lake.url, self.repo.name
            access.emit(
                access.Write(lake, repo, self.branch, self._commit.id, made.paths, "transaction")
            )
        elif self.base is not None:
            self._commit = self.repo.commit(self.base)

    def _made(self) -> Published | None:
        manifests, tree = self.repo.manifests, self.repo.tree_of(self.base)
        if tree.ranges:  # while the files are on their way
            manifests.read_ahead(tree, self._staging.paths)
        staged = Edit(self._staging.puts(), frozenset(self._staging.deletes))
        self._intake.remember(staged)
        # What is written as it was before is no change: it gives way to another's.
        edit, changes = effective(manifests, tree, staged)
        given = self.provenance
        draft = Draft(
            self.branch,
            self.author,
            check_text(self.message, "message") or f"Change {name_some(changes.places())}",
            metadata=check_json(self.metadata, "metadata"),
            provenance=access.current_provenance() if given is None else given,
        )

        def fitting(parent: str | None) -> Edit:
            check_fit(self.repo, edit, self.branch, base=self.base, head=parent)
            return edit

        return publish(self.repo, draft, self._base, self._intake.uploads, fitting)

    def _check_open(self) -> None:
        if not self._open:
            raise InvalidInputError(
                f"This transaction on {self.repo.name}@{self.branch} has ended.",
                hint="Begin another one.",
            )

    def _end(self) -> None:
        if self._open:
            self._intake.close()
        self._open = False
