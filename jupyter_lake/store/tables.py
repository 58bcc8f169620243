"""Tables on their way into the lake: anything Arrow-able, written as Parquet."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["ArrowStreamable", "parquet_of"]

ROW_GROUP_ROWS = 122_880  # DuckDB scans a row group a thread; this is its own size
FEW_ROWS = 10_000
IN_MEMORY_BYTES = 64 * 2**20


@runtime_checkable
class ArrowStreamable(Protocol):
    """A table of any library that speaks Arrow: pyarrow, pandas, polars, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return an Arrow C stream in a capsule."""


@contextmanager
def parquet_of(data: ArrowStreamable) -> Iterator[tuple[bytes | str, pq.FileMetaData]]:
    """Yield a table as Parquet, in memory or, when it is large, in a temporary file.

    Raises
    ------
    InvalidInputError
        If the table has a type that Parquet can't hold.
    """
    import pyarrow as pa

    reader = _reader(data)
    try:
        if reader is None:
            table = _plain(data)
            if table.nbytes <= IN_MEMORY_BYTES:
                yield _in_memory(table)
                return
            reader = table.to_reader()
        with tempfile.TemporaryDirectory(prefix="jupyter-lake-") as folder:
            path = os.path.join(folder, "table.parquet")
            yield path, _written(reader, path)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InvalidInputError(
            f"This table can't be written as Parquet: {error}.",
            hint="Change the type of the column it names.",
        ) from error


def _reader(data: ArrowStreamable) -> pa.RecordBatchReader | None:
    """Return a reader for what streams, None for a table that is in memory already."""
    import pyarrow as pa

    if isinstance(data, pa.RecordBatchReader):
        return data
    in_memory = type(data).__module__.partition(".")[0] in ("pyarrow", "pandas", "polars")
    return None if in_memory else pa.RecordBatchReader.from_stream(data)


def _plain(data: ArrowStreamable) -> pa.Table:
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if type(data).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(data)
    return pa.table(data)


def _in_memory(table: pa.Table) -> tuple[bytes, pq.FileMetaData]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    found: list[pq.FileMetaData] = []
    options = _quick(table.schema) if table.num_rows <= FEW_ROWS else {"compression": "zstd"}
    with pq.ParquetWriter(sink, table.schema, metadata_collector=found, **options) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
    return sink.getvalue().to_pybytes(), found[0]


def _quick(schema: pa.Schema) -> dict[str, Any]:
    """Return what to write a small table with: no dictionaries of numbers, which waste space."""
    import pyarrow.types as kinds

    texts = (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_string_view)
    named = [each.name for each in schema if any(is_text(each.type) for is_text in texts)]
    return {"compression": "snappy", "use_dictionary": named}


def _written(reader: pa.RecordBatchReader, path: str) -> pq.FileMetaData:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batches in _grouped(reader):
            writer.write_table(batches, row_group_size=ROW_GROUP_ROWS)
    return pq.read_metadata(path)


def _grouped(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield the stream in tables of a row group or more."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(item.num_rows for item in waiting) >= ROW_GROUP_ROWS:
            yield pa.Table.from_batches(waiting, reader.schema)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting, reader.schema)
