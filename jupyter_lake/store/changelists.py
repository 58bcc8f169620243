"""The paths each commit changed, where they are too many to stand in the commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.objectstore import ObjectMissing

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.records import CommitRecord, Kind

__all__ = ["changed_paths", "decode_changes", "encode_changes"]


def changed_paths(
    objects: ObjectStore, keys: RepoKeys, record: CommitRecord
) -> Sequence[tuple[str, Kind]]:
    """Return what a commit changed against its first parent, sorted by path.

    Raises
    ------
    DamagedError
    """
    if record.changes.paths is not None:
        return record.changes.paths
    try:
        return decode_changes(objects.get(keys.changes(record.id)))
    except ObjectMissing:
        raise DamagedError(
            f"The change list of commit {record.id[:8]} is missing from the lake.",
            hint="Run `%lake fsck` to see all that is broken and what it takes to mend.",
        ) from None


def encode_changes(changes: Sequence[tuple[str, Kind]]) -> bytes:
    """Return a change list as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "path": pa.array([path for path, _ in changes], pa.string()),
            "kind": pa.array([kind for _, kind in changes], pa.string()),
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=["kind"],
        write_statistics=False,
        store_schema=False,
        column_encoding={"path": "DELTA_BYTE_ARRAY"},
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def decode_changes(data: bytes) -> list[tuple[str, Kind]]:
    """Return the change list that `encode_changes` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(data), use_threads=False)
    return list(zip(table["path"].to_pylist(), table["kind"].to_pylist(), strict=True))
