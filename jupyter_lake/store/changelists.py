"""The paths each commit changed, where they are too many to stand in the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.objectstore import ObjectMissing
from jupyter_lake.store.records import ChangeList

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.records import CommitRecord, Kind

__all__ = ["Changes", "changed_paths", "decode_changes", "encode_changes"]

INLINE_CHANGES = 100
INLINE_BYTES = 1024
MANY = 1000


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths that a commit changes, sorted, and beside each how: columns ``path`` and ``kind``."""

    table: pa.Table

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Kind]]) -> Changes:
        """Return pairs of path and kind, sorted."""
        import pyarrow as pa

        ordered = sorted(pairs)
        columns = [[path for path, _ in ordered], [kind for _, kind in ordered]]
        arrays = [pa.array(column, pa.string()) for column in columns]
        return cls(pa.Table.from_arrays(arrays, ["path", "kind"]))

    @classmethod
    def all_added(cls, paths: pa.ChunkedArray) -> Changes:
        """Return sorted paths, each of them new."""
        import pyarrow as pa

        kinds = pa.repeat(pa.scalar("added"), len(paths))
        return cls(pa.Table.from_arrays([paths, kinds], ["path", "kind"]))

    @property
    def added(self) -> pa.ChunkedArray:
        """The paths that are new."""
        import pyarrow.compute as pc

        return self.table.filter(pc.equal(self.table["kind"], "added"))["path"]

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def summary(self) -> ChangeList:
        """Return what stands in the commit itself."""
        kinds = {item["values"]: item["counts"] for item in _counted(self.table["kind"])}
        first = self.table.slice(0, INLINE_CHANGES + 1)
        pairs = tuple(zip(first["path"].to_pylist(), first["kind"].to_pylist(), strict=True))
        size = sum(len(path.encode()) + 12 for path, _ in pairs)
        few = len(self) <= INLINE_CHANGES and size <= INLINE_BYTES
        return ChangeList(
            kinds.get("added", 0),
            kinds.get("removed", 0),
            kinds.get("changed", 0),
            pairs if few else None,
        )

    def places(self) -> tuple[str, ...]:
        """Return the paths or, where there are very many, the folders that hold them."""
        paths: Iterable[str] = chain.from_iterable(
            chunk.to_pylist() for chunk in self.table["path"].iterchunks()
        )
        if len(self) > MANY:
            paths = dict.fromkeys(path.rpartition("/")[0] for path in paths)
            if len(paths) > MANY:
                paths = dict.fromkeys(path.partition("/")[0] for path in paths)
        return tuple(paths)


def _counted(kinds: pa.ChunkedArray) -> list[dict[str, Any]]:
    import pyarrow.compute as pc

    return pc.value_counts(kinds).to_pylist()  # type: ignore[no-any-return]


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

    sink = pa.BufferOutputStream()
    pq.write_table(
        changes.table,
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
