"""What a transaction has been told to change, before it is a commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from jupyter_lake.store.entrylists import EntryList

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.entries import Entry

__all__ = ["Staging"]


class Staging:
    """Puts and deletes by path; the last word on a path holds.

    Single files are held as entries (or as the promise of one, while their
    bytes are on the way); an import of a million stays a table.
    """

    def __init__(self) -> None:
        self._puts: dict[str, Entry | Future[dict[str, Entry]]] = {}
        self._deletes: set[str] = set()
        self._bulk = EntryList()

    def __bool__(self) -> bool:
        return bool(self._puts or self._deletes or len(self._bulk))

    def put(self, entry: Entry) -> None:
        """Put a file at its path."""
        self._deletes.discard(entry.path)
        self._puts[entry.path] = entry

    def put_coming(self, paths: Iterable[str], entries: Future[dict[str, Entry]]) -> None:
        """Put files whose bytes are on the way; the promise is of their entries by path."""
        for path in paths:
            self._deletes.discard(path)
            self._puts[path] = entries

    def put_table(self, table: pa.Table) -> None:
        """Put many files."""
        if not self:
            self._bulk = EntryList(table=table)
            return
        paths = table.column("path").to_pylist()
        for path in paths:
            self._puts.pop(path, None)
        self._deletes.difference_update(paths)
        self._bulk = _joined(self._bulk, table, without=paths)

    def delete(self, path: str) -> None:
        """Take the file at a path out."""
        self._puts.pop(path, None)
        if len(self._bulk):
            self._bulk = EntryList(table=_without(self._bulk.table, [path]))
        self._deletes.add(path)

    @property
    def deletes(self) -> set[str]:
        """The paths to take out."""
        return self._deletes

    @property
    def paths(self) -> list[str]:
        """All paths that are put or taken out, sorted."""
        return sorted({*self._puts, *self._deletes, *self._bulk.paths()})

    def puts(self) -> EntryList:
        """Return what is put, once all bytes have arrived."""
        if not self._puts:
            return self._bulk
        single = EntryList.of(self._resolved())
        if not len(self._bulk):
            return single
        return _joined(self._bulk, single.table, without=list(self._puts))

    def under(self, prefix: str) -> Iterator[Entry]:
        """Yield what is put at paths that begin with `prefix`."""
        for path in [path for path in self._puts if path.startswith(prefix)]:
            yield self._settle(path)
        for entry in self._bulk:
            if entry.path.startswith(prefix) and entry.path not in self._puts:
                yield entry

    def _resolved(self) -> list[Entry]:
        return [self._settle(path) for path in list(self._puts)]

    def _settle(self, path: str) -> Entry:
        entry = self._puts[path]
        if isinstance(entry, Future):
            entry = self._puts[path] = entry.result()[path]
        return entry


def _joined(bulk: EntryList, more: pa.Table, *, without: list[str]) -> EntryList:
    import pyarrow as pa

    both = pa.concat_tables([_without(bulk.table, without), more])
    return EntryList(table=both.sort_by("path"))


def _without(table: pa.Table, paths: list[str]) -> pa.Table:
    if not table.num_rows or not paths:
        return table
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.is_in(table.column("path"), value_set=pa.array(paths, pa.string()))
    return table.filter(pc.invert(gone))
