"""Reading the runs of a lake: what is under ``lineage/``, and what waits on this machine.

So a question sees the asker's own runs at once, and other people's as soon as they arrive.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from jupyter_lake.lineage import packs, spool
from jupyter_lake.lineage.batches import PACKS, ROOT
from jupyter_lake.lineage.runlog import InMemory, Part, RunLog

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store import Lake
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["RunReader", "read_runs"]

TRIES = 5


class HasRuns(Protocol):
    """A recorder, as far as questions need it."""

    def waiting(self, lake_url: str) -> list[Run]:
        """Return the runs that the lake may not have yet."""


class Pack:
    """Records in Parquet."""

    def __init__(self, data: bytes) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(pa.BufferReader(data))

    @property
    def sources(self) -> list[str]:
        """The keys that the pack stands for."""
        return packs.sources_of(self._file.schema_arrow.metadata)

    def columns(self, names: tuple[str, ...]) -> pa.Table:
        """Return these columns, of all rows."""
        return self._file.read(list(names)).select(names).replace_schema_metadata(None)


def read_runs(lake: Lake, recorder: HasRuns | None = None) -> RunLog:
    """Read the runs of a lake: one listing, and what is new since the last time.

    Parameters
    ----------
    lake
        Whose runs.
    recorder
        The asker's own, whose runs count before they reach the lake.
    """
    # First what waits, then what arrived: a run on its way is seen at least once.
    waiting = spool.waiting(lake.url)
    if recorder is not None:
        waiting += recorder.waiting(lake.url)
    log = _reader(lake.objects).log()
    return log.with_newer(waiting) if waiting else log


class RunReader:
    """Reads the objects under ``lineage/`` and keeps them: they never change."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._kept: dict[str, Part] = {}
        self._log = RunLog([])
        self._lock = threading.Lock()

    def log(self) -> RunLog:
        """Return all runs; the same log as long as nothing has arrived."""
        from jupyter_lake.store.objectstore import ObjectMissing

        for attempt in range(TRIES):
            listing = list(self._objects.list(ROOT))
            try:
                with self._lock:
                    found = self._fetch(listing)
                    if found.keys() != self._kept.keys():
                        self._kept, self._log = found, RunLog(list(found.values()))
                    return self._log
            except ObjectMissing:  # packed and deleted between the listing and now
                if attempt == TRIES - 1:
                    raise
        return self._log

    def _fetch(self, listing: Sequence[ObjectInfo]) -> dict[str, Part]:
        found: dict[str, Part] = {}
        covered: set[str] = set()
        for info in packs.largest_first(listing):
            if info.key not in covered:
                pack = self._part(info.key)
                found[info.key] = pack
                covered.update(pack.sources if isinstance(pack, Pack) else ())
        loose = [info.key for info in listing if info.key not in covered | found.keys()]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found.update(zip(loose, pool.map(self._part, loose), strict=True))
        return found

    def _part(self, key: str) -> Part:
        known = self._kept.get(key)
        if known is not None:
            return known
        data = self._objects.get(key)
        return Pack(data) if key.startswith(PACKS) else InMemory(packs.table_of(key, data))


_readers: dict[int, tuple[ObjectStore, RunReader]] = {}


def _reader(objects: ObjectStore) -> RunReader:
    """Return the reader of an object store, the same each time."""
    known = _readers.get(id(objects))
    if known is None or known[0] is not objects:
        while len(_readers) >= 4:
            _readers.pop(next(iter(_readers)))
        known = _readers[id(objects)] = (objects, RunReader(objects))
    return known[1]
