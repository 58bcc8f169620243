"""Rows and column statistics of a file that is Parquet, read from its footer."""

from __future__ import annotations

__all__ = ["rows_and_stats"]

MAGIC = b"PAR1"


def rows_and_stats(path: str, data: bytes | str) -> tuple[int | None, str | None]:
    """Return the number of rows and the statistics, or Nones for any other file.

    `data` is the file's bytes, or where it lies on this machine.
    """
    if not path.endswith((".parquet", ".parq", ".pq")) or not _looks_like_parquet(data):
        return None, None
    import pyarrow as pa
    import pyarrow.parquet as pq

    from jupyter_lake.store.statistics import describe_parquet

    try:
        source = pa.BufferReader(data) if isinstance(data, bytes) else data
        return describe_parquet(pq.read_metadata(source))
    except (pa.ArrowException, OSError):
        return None, None  # stored as it came: it isn't ours to refuse


def _looks_like_parquet(data: bytes | str) -> bool:
    if isinstance(data, bytes):
        return data[-4:] == MAGIC
    with open(data, "rb") as file:
        return file.read(4) == MAGIC
