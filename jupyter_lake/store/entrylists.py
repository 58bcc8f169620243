"""Sorted entries: as objects where they are few, as an Arrow table where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from jupyter_lake.store.ranges import entries_of, table_of

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.entries import Entry

__all__ = ["EntryList"]

CHUNK = 10_000


class EntryList:
    """Entries sorted by path, no path twice.

    It is made from objects or from a table (columns as `ranges.schema` names
    them), and gives either: Arrow's way costs too much for a few entries,
    Python's for a million.
    """

    def __init__(self, entries: Sequence[Entry] = (), *, table: pa.Table | None = None) -> None:
        self._entries = entries
        self._given = table

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> EntryList:
        """Return entries in the order of their paths."""
        return cls(sorted(entries, key=lambda entry: entry.path))

    @cached_property
    def table(self) -> pa.Table:
        """All of it as a table."""
        return table_of(self._entries) if self._given is None else self._given

    @cached_property
    def by_path(self) -> dict[str, Entry]:
        """All of it, to be looked up by path; for a few entries."""
        return {entry.path: entry for entry in self}

    @property
    def bytes(self) -> int:
        """The length of all files together."""
        if self._given is None:
            return sum(entry.size for entry in self._entries)
        import pyarrow.compute as pc

        return pc.sum(self._given.column("size")).as_py() or 0

    def paths(self) -> Iterator[str]:
        """Yield the paths, without holding all of them in memory."""
        if self._given is None:
            yield from (entry.path for entry in self._entries)
            return
        for chunk in self._given.column("path").chunks:
            for start in range(0, len(chunk), CHUNK):
                yield from chunk[start : start + CHUNK].to_pylist()

    def ends(self) -> tuple[str, str]:
        """Return the first path and the last."""
        if self._given is None:
            return self._entries[0].path, self._entries[-1].path
        paths = self._given.column("path")
        return paths[0].as_py(), paths[-1].as_py()

    def only(self, wanted: Sequence[bool]) -> EntryList:
        """Return those for which there stands True."""
        if self._given is None:
            return EntryList(tuple(compress(self._entries, wanted)))
        import pyarrow as pa

        return EntryList(table=self._given.filter(pa.array(wanted, pa.bool_())))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries) if self._given is None else entries_of(self._given)

    def __len__(self) -> int:
        return len(self._entries) if self._given is None else int(self._given.num_rows)

    def __repr__(self) -> str:
        return f"<EntryList of {len(self):,}>"
