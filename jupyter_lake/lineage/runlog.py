"""All runs of a lake as tables: what every question about lineage is asked of.

A snapshot holds what the lake has and what waits on this machine, so a
question sees the asker's own runs at once.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from jupyter_lake.lineage import packs, spool
from jupyter_lake.lineage.batches import ROOT
from jupyter_lake.lineage.runs import Run

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store import Lake
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["RunLog", "read_runs"]

TRIES = 5


class HasRuns(Protocol):
    """A recorder, as far as questions need it."""

    def waiting(self, lake_url: str) -> list[Run]:
        """Return the runs that the lake may not have yet."""


class RunLog:
    """The runs of a lake at one moment, each once.

    Parameters
    ----------
    tables
        Runs by `packs.schema`; a run may be in several.
    base
        A log to add them to, none of whose runs they hold.
    """

    def __init__(self, tables: Sequence[pa.Table], *, base: RunLog | None = None) -> None:
        self._tables = tables
        self._base = base

    def with_newer(self, runs: Sequence[Run]) -> RunLog:
        """Return the log with more runs, or later records of its own."""
        import pyarrow as pa
        import pyarrow.compute as pc

        newer = packs.run_table(runs)
        both = pc.is_in(self.table["run_id"], newer["run_id"].combine_chunks())
        if not pc.any(both).as_py():
            return RunLog([newer], base=self)
        rest = self.table.filter(pc.invert(both))
        return RunLog([rest, packs.once_each(pa.concat_tables([self.table.filter(both), newer]))])

    @cached_property
    def _added(self) -> pa.Table:
        import pyarrow as pa

        tables = [table.replace_schema_metadata(None) for table in self._tables]
        return packs.once_each(pa.concat_tables([packs.schema().empty_table(), *tables]))

    @cached_property
    def table(self) -> pa.Table:
        """A row a run, with reads, writes and edges nested inside (see `packs.schema`)."""
        import pyarrow as pa

        return (
            self._added if self._base is None else pa.concat_tables([self._base.table, self._added])
        )

    @cached_property
    def reads(self) -> pa.Table:
        """A row a read: run_id, repo, commit_id, path, columns, via."""
        return self._nested("reads")

    @cached_property
    def writes(self) -> pa.Table:
        """A row a written path: run_id, repo, commit_id, path, branch, via."""
        return self._nested("writes")

    @cached_property
    def edges(self) -> pa.Table:
        """A row an edge: run_id, upstream_run_id, variables, certainty."""
        return self._nested("edges")

    def runs(self, run_ids: Collection[str]) -> list[Run]:
        """Return the runs of these ids that are known, oldest first."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not run_ids:
            return []
        wanted = pc.is_in(self.table["run_id"], pa.array(sorted(run_ids), pa.string()))
        return _runs_of(self.table.filter(wanted))

    def latest(self, limit: int) -> list[Run]:
        """Return the last runs, newest first."""
        import pyarrow.compute as pc

        rows = pc.select_k_unstable(self.table, limit, sort_keys=[("started", "descending")])
        return _runs_of(self.table.take(rows))[::-1]

    def _nested(self, column: str) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = [] if self._base is None else [getattr(self._base, column)]
        for batch in self._added.select(["run_id", column]).to_batches():
            parents = pc.list_parent_indices(batch[column])
            rows = pc.list_flatten(batch[column])
            fields = {field.name: pc.struct_field(rows, field.name) for field in rows.type}
            parts.append(pa.table({"run_id": batch["run_id"].take(parents), **fields}))
        item = packs.schema().field(column).type.value_type
        shape = pa.schema([pa.field("run_id", pa.string()), *item])
        return pa.concat_tables([shape.empty_table(), *parts])


def _runs_of(table: pa.Table) -> list[Run]:
    runs = [Run.from_dict(row) for row in table.to_pylist()]
    return sorted(runs, key=lambda run: (run.started, run.run_id))


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


class _Reader:
    """Reads the objects under ``lineage/`` and keeps them: they never change."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._kept: dict[str, pa.Table] = {}
        self._log: RunLog | None = None
        self._lock = threading.Lock()

    def log(self) -> RunLog:
        """Return all runs; the same log as long as nothing has arrived."""
        before = self._kept
        tables = self.tables()
        if self._log is None or before.keys() != self._kept.keys():
            self._log = RunLog(tables)
        return self._log

    def tables(self) -> list[pa.Table]:
        from jupyter_lake.store.objectstore import ObjectMissing

        for attempt in range(TRIES):
            listing = list(self._objects.list(ROOT))
            try:
                with self._lock:
                    self._kept = self._fetch(listing)
                    return list(self._kept.values())
            except ObjectMissing:  # packed and deleted between the listing and now
                if attempt == TRIES - 1:
                    raise
        return []

    def _fetch(self, listing: Iterable[ObjectInfo]) -> dict[str, pa.Table]:
        found: dict[str, pa.Table] = {}
        covered: set[str] = set()
        infos = list(listing)
        for info in packs.largest_first(infos):
            if info.key not in covered:
                found[info.key] = self._table(info.key)
                covered.update(packs.sources_of(found[info.key]))
        loose = [info.key for info in infos if info.key not in covered | found.keys()]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found.update(zip(loose, pool.map(self._table, loose), strict=True))
        return found

    def _table(self, key: str) -> pa.Table:
        known = self._kept.get(key)
        return packs.table_of(key, self._objects.get(key)) if known is None else known


_readers: dict[int, tuple[ObjectStore, _Reader]] = {}


def _reader(objects: ObjectStore) -> _Reader:
    """Return the reader of an object store, the same each time."""
    known = _readers.get(id(objects))
    if known is None or known[0] is not objects:
        while len(_readers) >= 4:
            _readers.pop(next(iter(_readers)))
        known = _readers[id(objects)] = (objects, _Reader(objects))
    return known[1]
