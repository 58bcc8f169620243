"""A commit's snapshot as the list of its ranges.

The list and the ranges are objects of their own, which commits share, unless the
snapshot is so small that it costs less to repeat: then the commit holds its
entries itself. Which of the two is decided by the entries alone, so equal
snapshots have equal ids whatever way led to them.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from jupyter_lake.store.entries import Entry
from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.ranges import is_boundary

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "EMPTY",
    "INLINE_ENTRIES",
    "RangeRef",
    "Tree",
    "after_prefix",
    "decode_inline",
    "decode_tree",
    "encode_tree",
    "inline_tree",
    "is_inline",
]

INLINE_ENTRIES = 256
INLINE_BYTES = 32_768
_INLINE = "inline:"
_LAST_CHARACTER = "\U0010ffff"


def after_prefix(prefix: str) -> str:
    """Return a text that sorts behind every path that begins with `prefix`."""
    return prefix + _LAST_CHARACTER


@dataclass(frozen=True, slots=True)
class RangeRef:
    """A range as its tree knows it: its id, the paths it spans, what it adds up to.

    The only range of an inline tree has its entries with it, in `held`.
    """

    id: str
    first: str
    last: str
    files: int
    bytes: int
    held: EntryList | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Tree:
    """All ranges of a snapshot, in order of their paths.

    `encoded` is, of an inline tree that was just made, what its commit is to hold.
    """

    ranges: tuple[RangeRef, ...] = field(default=())
    encoded: bytes | None = field(default=None, compare=False, repr=False)

    @cached_property
    def _lasts(self) -> list[str]:
        return [item.last for item in self.ranges]

    @cached_property
    def _firsts(self) -> list[str]:
        return [item.first for item in self.ranges]

    @property
    def files(self) -> int:
        """The number of entries."""
        return sum(item.files for item in self.ranges)

    @property
    def bytes(self) -> int:
        """The length of all files together."""
        return sum(item.bytes for item in self.ranges)

    def at(self, path: str) -> RangeRef | None:
        """Return the only range that can hold `path`, or None."""
        index = bisect_left(self._lasts, path)
        if index == len(self.ranges) or self.ranges[index].first > path:
            return None
        return self.ranges[index]

    def slot(self, path: str) -> int:
        """Return the index of the range that `path` belongs in when it is written.

        Equal to the number of ranges when it would begin a new one at the end.
        """
        index = bisect_left(self._lasts, path)
        if index == len(self.ranges) and index and not is_boundary(self._lasts[-1]):
            return index - 1
        return index

    def under(self, prefix: str) -> tuple[RangeRef, ...]:
        """Return the ranges that can hold paths that begin with `prefix`."""
        start = bisect_left(self._lasts, prefix)
        stop = bisect_right(self._firsts, after_prefix(prefix)) if prefix else len(self.ranges)
        return self.ranges[start:stop]


EMPTY = Tree()


def is_inline(id: str) -> bool:
    """Tell whether this is the id of a tree that its commit holds itself."""
    return id.startswith(_INLINE)


def inline_tree(entries: EntryList) -> tuple[str, Tree] | None:
    """Return the id and the tree of some entries (one or more), or None if they are too many."""
    if len(entries) > INLINE_ENTRIES:
        return None
    if sum(len(e.stats_text) for e in entries if e.stats_text) > INLINE_BYTES:
        return None  # which spares encoding them
    rows = [(e.path, e.size, e.hash, e.rows, e.location, e.pin_text, e.stats_text) for e in entries]
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > INLINE_BYTES:
        return None
    id = _INLINE + hashlib.sha256(data).hexdigest()
    return id, _holding(id, entries, data)


def decode_inline(id: str, rows: Sequence[Sequence[Any]]) -> Tree:
    """Return the tree that `inline_tree` made, from what the commit holds."""
    return _holding(id, EntryList([Entry(*row) for row in rows]), None)


def _holding(id: str, entries: EntryList, encoded: bytes | None) -> Tree:
    held = RangeRef(id, *entries.ends(), len(entries), entries.bytes, held=entries)
    return Tree((held,), encoded)


@cache
def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            pa.field("first", pa.string(), nullable=False),
            pa.field("last", pa.string(), nullable=False),
            pa.field("files", pa.int64(), nullable=False),
            pa.field("bytes", pa.int64(), nullable=False),
        ]
    )


def encode_tree(ranges: Iterable[RangeRef]) -> bytes:
    """Return a tree as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [(item.id, item.first, item.last, item.files, item.bytes) for item in ranges]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    arrays = [pa.array(column, item.type) for column, item in zip(columns, _schema(), strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=_schema()),
        sink,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def decode_tree(data: bytes) -> Tree:
    """Return the tree that `encode_tree` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data), use_threads=False)
    return Tree(tuple(map(RangeRef, *(column.to_pylist() for column in table.columns))))
