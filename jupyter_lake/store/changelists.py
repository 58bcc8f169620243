"""The paths each commit changed, where they are too many to stand in the commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.objectstore import ObjectMissing
from jupyter_lake.store.records import ChangeList

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.entrylists import EntryList
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.records import CommitRecord, Kind

__all__ = ["Changes", "changed_paths", "decode_changes", "encode_changes"]

INLINE_CHANGES = 100
INLINE_BYTES = 1024
MANY = 1000


class Changes:
    """Paths that a commit changes, sorted, and how it changes each.

    Parameters
    ----------
    pairs
        Paths and kinds, sorted; or else
    added
        entries, maybe very many, that are all new.
    """

    def __init__(
        self, pairs: Sequence[tuple[str, Kind]] = (), *, added: EntryList | None = None
    ) -> None:
        self._pairs = pairs
        self._added = added

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Kind]]) -> Changes:
        """Return pairs of path and kind, sorted."""
        return cls(sorted(pairs))

    @classmethod
    def all_added(cls, entries: EntryList) -> Changes:
        """Return entries each of which is new."""
        return cls(added=entries)

    def __iter__(self) -> Iterator[tuple[str, Kind]]:
        if self._added is None:
            return iter(self._pairs)
        return ((path, "added") for path in self._added.paths())

    def __len__(self) -> int:
        return len(self._pairs if self._added is None else self._added)

    def added(self) -> Iterator[str]:
        """Yield the paths that are new."""
        return (path for path, kind in self if kind == "added")

    def summary(self) -> ChangeList:
        """Return what stands in the commit itself."""
        kinds = Counter(kind for _, kind in self._pairs)
        first = tuple(islice(self, INLINE_CHANGES + 1))
        size = sum(len(path.encode()) + 12 for path, _ in first)
        few = len(self) <= INLINE_CHANGES and size <= INLINE_BYTES
        return ChangeList(
            kinds["added"] + len(self._added or ()),
            kinds["removed"],
            kinds["changed"],
            first if few else None,
        )

    def places(self) -> tuple[str, ...]:
        """Return the paths or, where there are very many, the folders that hold them."""
        paths: Iterable[str] = (path for path, _ in self)
        if len(self) > MANY:
            paths = dict.fromkeys(path.rpartition("/")[0] for path in paths)
            if len(paths) > MANY:
                paths = dict.fromkeys(path.partition("/")[0] for path in paths)
        return tuple(paths)

    def table(self) -> pa.Table:
        """Return columns ``path`` and ``kind``."""
        import pyarrow as pa

        if self._added is not None:
            column = self._added.table.column("path")
            kinds = pa.repeat(pa.scalar("added"), len(column))
            return pa.Table.from_arrays([column, kinds], ["path", "kind"])
        arrays = [pa.array([pair[at] for pair in self._pairs], pa.string()) for at in (0, 1)]
        return pa.Table.from_arrays(arrays, ["path", "kind"])


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
        changes.table(),
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
