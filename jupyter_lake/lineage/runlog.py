"""All runs of a lake as tables: what every question about lineage is asked of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from jupyter_lake.lineage import packs
from jupyter_lake.lineage.runs import Run

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["InMemory", "Part", "RunLog"]


class Part(Protocol):
    """Some records of runs, whose columns are read when they are asked for."""

    def columns(self, names: tuple[str, ...]) -> pa.Table:
        """Return these columns, of all rows."""


class InMemory:
    """Records that are a table already."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table.replace_schema_metadata(None)

    def columns(self, names: tuple[str, ...]) -> pa.Table:
        """Return these columns, of all rows."""
        return self._table.select(names)


IDS = ("run_id", "key", "revision")
PLAIN = (
    *("notebook", "cell_id", "execution_count", "source", "user", "started", "seconds", "status"),
    *("untracked", "session", "host"),
)
NESTED = ("reads", "writes", "edges")


class RunLog:
    """The runs of a lake at one moment, each once.

    Parameters
    ----------
    parts
        Records; of one run there may be several.
    base
        A log to add them to, none of whose runs they hold.
    """

    def __init__(self, parts: Sequence[Part], *, base: RunLog | None = None) -> None:
        self._parts = parts
        self._base = base
        self._groups: dict[tuple[str, ...], pa.Table] = {}

    def with_newer(self, runs: Sequence[Run]) -> RunLog:
        """Return the log with more runs, or later records of its own."""
        import numpy as np

        newer = InMemory(packs.run_table(runs))
        keys = newer.columns(IDS)["key"].to_numpy()
        known = np.append(self._sorted_keys, [-1])  # which no key is
        if np.any(known[np.searchsorted(self._sorted_keys, keys)] == keys):
            return RunLog([*self._parts, newer])
        return RunLog([newer], base=self)

    @cached_property
    def _sorted_keys(self) -> packs.IntArray:
        import numpy as np

        return np.sort(self._columns(IDS)["key"].to_numpy())

    @cached_property
    def _holds(self) -> packs.BoolArray | None:
        """Which of this log's own records hold; None if all do."""
        ids = self._all(IDS)
        return packs.latest_records(ids["key"].to_numpy(), ids["revision"].to_numpy())

    def _all(self, names: tuple[str, ...]) -> pa.Table:
        import pyarrow as pa

        shape = pa.schema([packs.schema().field(name) for name in names])
        return pa.concat_tables(
            [shape.empty_table(), *(part.columns(names) for part in self._parts)]
        )

    def _columns(self, names: tuple[str, ...]) -> pa.Table:
        """Return some columns of all runs; the rows of all such tables are the same."""
        import pyarrow as pa

        if names not in self._groups:
            table = self._all(names)
            if self._holds is not None:
                table = table.filter(pa.array(self._holds))
            if self._base is not None:
                table = pa.concat_tables([self._base._columns(names), table])
            self._groups[names] = table
        return self._groups[names]

    @cached_property
    def table(self) -> pa.Table:
        """A row a run, without what is nested in it."""
        return _beside(self._columns(IDS), self._columns(PLAIN))

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
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if not run_ids:
            return []
        wanted = pa.array([packs.key_of(run_id) for run_id in run_ids], pa.int64())
        rows = np.flatnonzero(pc.is_in(self._columns(IDS)["key"], wanted).to_numpy())
        return self._runs_at(rows)

    def of_session(self, session: str) -> list[Run]:
        """Return the runs of one session, oldest first."""
        import numpy as np
        import pyarrow.compute as pc

        return self._runs_at(np.flatnonzero(pc.equal(self.table["session"], session).to_numpy()))

    def latest(self, limit: int) -> list[Run]:
        """Return the last runs, newest first."""
        import pyarrow.compute as pc

        rows = pc.select_k_unstable(self.table, limit, sort_keys=[("started", "descending")])
        return self._runs_at(rows.to_numpy())[::-1]

    def _runs_at(self, rows: packs.IntArray) -> list[Run]:
        if not len(rows):
            return []
        groups = (IDS, PLAIN, *((name,) for name in NESTED))
        found = [self._columns(names).take(rows) for names in groups]
        return _runs_of(_beside(*found))

    def _nested(self, column: str) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._base is not None:
            own = RunLog(self._parts)
            return pa.concat_tables([getattr(self._base, column), getattr(own, column)])
        parts = []
        both = _beside(self._columns(IDS), self._columns((column,)))
        for batch in both.select(["run_id", column]).to_batches():
            parents = pc.list_parent_indices(batch[column])
            rows = pc.list_flatten(batch[column])
            fields = {field.name: pc.struct_field(rows, field.name) for field in rows.type}
            parts.append(pa.table({"run_id": batch["run_id"].take(parents), **fields}))
        item = packs.schema().field(column).type.value_type
        shape = pa.schema([pa.field("run_id", pa.string()), *item])
        return pa.concat_tables([shape.empty_table(), *parts])


def _beside(*tables: pa.Table) -> pa.Table:
    """Put tables of the same rows side by side."""
    import pyarrow as pa

    return pa.table({name: table[name] for table in tables for name in table.column_names})


def _runs_of(table: pa.Table) -> list[Run]:
    runs = [Run.from_dict(row) for row in table.to_pylist()]
    return sorted(runs, key=lambda run: (run.started, run.run_id))
