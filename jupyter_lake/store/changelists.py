"""The paths each commit changed, where they are too many to stand in the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.objectstore import ObjectMissing

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.records import CommitRecord, Kind

__all__ = ["Changes", "changed_paths", "decode_changes", "encode_changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths that a commit changes, sorted, and beside each how."""

    paths: Sequence[str]
    kinds: Sequence[Kind]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Kind]]) -> Changes:
        """Return pairs of path and kind in their order."""
        ordered = sorted(pairs)
        return cls([path for path, _ in ordered], [kind for _, kind in ordered])

    def __len__(self) -> int:
        return len(self.paths)


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


def encode_changes(changes: Changes) -> bytes:
    """Return a change list as the bytes of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "path": pa.array(changes.paths, pa.string()),
            "kind": pa.array(changes.kinds, pa.string()),
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
