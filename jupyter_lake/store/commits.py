"""A commit: an immutable snapshot of a repo's whole tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_lake import access
from jupyter_lake.addresses import check_path
from jupyter_lake.errors import DatasetNotFoundError, PathNotFoundError, closest
from jupyter_lake.store.content import open_entry, physical_url, read_entry
from jupyter_lake.store.differences import Diff, diff_trees
from jupyter_lake.store.entries import DataFile, Entry, Folder

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.store.records import CommitRecord
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.trees import Tree

__all__ = ["Commit"]


class Commit:
    """A snapshot of a repo, and who made it, when and why.

    Attributes
    ----------
    repo
        The repo it belongs to.
    """

    def __init__(self, repo: Repo, record: CommitRecord) -> None:
        self.repo = repo
        self._record = record

    @property
    def id(self) -> str:
        """The commit's id: the sha256 of its record, in hex digits."""
        return self._record.id

    @property
    def short(self) -> str:
        """The first eight digits of the id."""
        return self.id[:8]

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the commits it follows: none for a first one, two for a merge."""
        return self._record.parents

    @property
    def author(self) -> str:
        """Who made it."""
        return self._record.author

    @property
    def message(self) -> str:
        """What it was made for."""
        return self._record.message

    @property
    def time(self) -> datetime:
        """When it was made, in UTC; always later than its parents."""
        return self._record.time

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What its author wished to keep with it."""
        return self._detailed.metadata

    @property
    def provenance(self) -> Mapping[str, Any] | None:
        """Which run of which notebook cell made it, from which commits; None if unknown."""
        return self._detailed.provenance

    @property
    def counts(self) -> Mapping[str, int]:
        """How many files it added, removed and changed against its first parent."""
        changes = self._record.changes
        return {"added": changes.added, "removed": changes.removed, "changed": changes.changed}

    @property
    def files_total(self) -> int:
        """The number of files in the snapshot."""
        return self.tree.files

    @property
    def bytes_total(self) -> int:
        """The length of all files of the snapshot together."""
        return self.tree.bytes

    @property
    def tree_id(self) -> str | None:
        """The id of its tree, the same for equal snapshots; None when it holds no file."""
        return self._record.tree

    @property
    def tree(self) -> Tree:
        """The list of its ranges."""
        return self.repo.history.tree(self._record)

    @cached_property
    def _detailed(self) -> CommitRecord:
        if self._record.details:
            return self._record
        return self.repo.history.record(self.id, details=True)

    def ls(self, path: str = "") -> list[Entry | Folder]:
        """Return what lies directly in a folder, or the one file at `path`.

        Raises
        ------
        PathNotFoundError
        """
        folder = _folder(path)
        found = self.repo.manifests.children(self.tree, folder)
        if found or not folder:
            return found
        return [self.entry(folder.removesuffix("/"))]

    def entries(self, path: str = "") -> Iterator[Entry]:
        """Yield the file at `path`, or all files under it at any depth, sorted by path."""
        folder = _folder(path)
        if folder and (entry := self._find(folder.removesuffix("/"))) is not None:
            yield entry
        yield from self.repo.manifests.entries(self.tree, folder)

    def entry(self, path: str) -> Entry:
        """Return the file at a path.

        Raises
        ------
        PathNotFoundError
        """
        found = self._find(check_path(path))
        if found is None:
            raise self._not_found(path)
        return found

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading.

        Raises
        ------
        PathNotFoundError, ChangedError, DamagedError
        """
        entry = self.entry(path)
        file = open_entry(self.repo.lake.objects, self.repo.keys, entry)
        self._tell(entry)
        return file

    def read(self, path: str) -> bytes:
        """Return a file's bytes, checked against its hash.

        Raises
        ------
        PathNotFoundError, ChangedError, DamagedError
        """
        entry = self.entry(path)
        data = read_entry(self.repo.lake.objects, self.repo.keys, entry)
        self._tell(entry)
        return data

    def files(self, dataset: str = "") -> list[DataFile]:
        """Return a dataset's files as any engine can read them, sorted by path.

        Raises
        ------
        DatasetNotFoundError
        """
        objects, keys = self.repo.lake.objects, self.repo.keys
        found = [
            DataFile(
                entry.path,
                physical_url(objects, keys, entry),
                entry.size,
                entry.rows,
                entry.hash,
                entry,
            )
            for entry in self.entries(dataset)
        ]
        if not found:
            missing = self._not_found(dataset)
            raise DatasetNotFoundError(missing.message, hint=missing.hint)
        return found

    def changes(self) -> Diff:
        """Return how it differs from its first parent."""
        manifests = self.repo.manifests
        parent = self.parents[0] if self.parents else None
        before = self.repo.tree_of(parent)
        return Diff(diff_trees(manifests, before, self.tree), old=parent, new=self.id)

    def _find(self, path: str) -> Entry | None:
        return self.repo.manifests.entry(self.tree, path)

    def _not_found(self, path: str) -> PathNotFoundError:
        return PathNotFoundError(
            f"{self.repo.name}@{self.short} has nothing at {path!r}.", hint=self._suggestion(path)
        )

    def _suggestion(self, path: str) -> str:
        folder, _, name = path.strip("/").rpartition("/")
        base = f"{folder}/" if folder else ""
        there = self.repo.manifests.children(self.tree, base)
        if folder and not there:
            return self._suggestion(folder)
        near = closest(name, [item.path.removeprefix(base) for item in there[:10_000]])
        if near:
            return f"Did you mean {' or '.join(repr(base + item) for item in near)}?"
        place = f"{self.repo.name}@{self.short}/{base}".rstrip("/")
        return f"`%lake ls {place}` shows what is there."

    def _tell(self, entry: Entry) -> None:
        lake = self.repo.lake.url
        access.emit(access.Read(lake, self.repo.name, self.id, entry.path, None, "open"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Commit) and (other.id, other.repo) == (self.id, self.repo)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        subject = self.message.partition("\n")[0]
        return (
            f"<Commit {self.repo.name}@{self.short} {self.time:%Y-%m-%d %H:%M} "
            f"{self.author}: {subject}>"
        )


def _folder(path: str) -> str:
    """Return a path as a prefix: empty, or ending with one slash."""
    stripped = path.strip("/") if path != "/" else ""
    return f"{check_path(stripped)}/" if stripped else ""
