"""Runs of sorted entries, the unit in which commits share what they did not change.

Where a run ends is decided by its last path alone (about one path in 2,048 ends
one), so the same entries are always cut in the same way, whoever wrote them and
in whatever order, and a change moves no boundary but those beside it. The idea is
content-defined chunking (Muthitacharoen et al., LBFS, SOSP 2001).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from jupyter_lake.store.entries import Entry

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["cut", "decode_range", "encode_range", "entries_of", "is_boundary", "table_of"]

MEAN_ENTRIES = 2048
CHUNK = 10_000


def is_boundary(path: str) -> bool:
    """Tell whether a range ends with this path."""
    digest = hashlib.blake2b(path.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % MEAN_ENTRIES == 0


@cache
def schema() -> pa.Schema:
    """Return the columns of a range."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("path", pa.string(), nullable=False),
            pa.field("size", pa.int64(), nullable=False),
            pa.field("hash", pa.string()),
            pa.field("rows", pa.int64()),
            pa.field("location", pa.string()),
            pa.field("pin", pa.string()),
            pa.field("stats", pa.string()),
        ]
    )


def table_of(entries: Iterable[Entry]) -> pa.Table:
    """Return entries as a table, sorted by path."""
    import pyarrow as pa

    ordered = sorted(entries, key=lambda entry: entry.path)
    columns = [
        [entry.path for entry in ordered],
        [entry.size for entry in ordered],
        [entry.hash for entry in ordered],
        [entry.rows for entry in ordered],
        [entry.location for entry in ordered],
        [entry.pin_text for entry in ordered],
        [entry.stats_text for entry in ordered],
    ]
    fields = schema()
    arrays = [pa.array(values, field.type) for values, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=fields)


def entries_of(table: pa.Table) -> Iterator[Entry]:
    """Yield the rows of a range as entries."""
    columns = [column.to_pylist() for column in table.columns]
    return map(Entry, *columns)


def cut(table: pa.Table) -> Iterator[pa.Table]:
    """Cut sorted entries into ranges: each but perhaps the last ends with a boundary."""
    start = 0
    paths = table.column("path")
    position = 0
    for chunk in paths.chunks:
        for first in range(0, len(chunk), CHUNK):
            for path in chunk[first : first + CHUNK].to_pylist():
                position += 1
                if is_boundary(path):
                    yield table.slice(start, position - start)
                    start = position
    if start < position:
        yield table.slice(start)


def encode_range(table: pa.Table) -> bytes:
    """Return a range as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=3,
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
        column_encoding={"path": "DELTA_BYTE_ARRAY", "location": "DELTA_BYTE_ARRAY"},
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def decode_range(data: bytes) -> pa.Table:
    """Return the table that `encode_range` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(data), use_threads=False).cast(schema())
