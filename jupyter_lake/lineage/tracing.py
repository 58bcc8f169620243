"""Following data up and down: from a dataset, a run or a variable to a lineage graph.

Between notebooks data goes through datasets: a run's writes are matched with
other runs' reads by the version of the dataset. Within a notebook it goes
through variables: the edges that were recorded. Depth counts datasets: one
step up is what a dataset was made from, through however many cells.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import RunNotFoundError
from jupyter_lake.lineage.canvas import Canvas
from jupyter_lake.lineage.graph import DatasetNode, Graph, Node, RunNode, VariableNode
from jupyter_lake.lineage.makers import runs_that_made
from jupyter_lake.lineage.run_reader import read_runs
from jupyter_lake.lineage.runs import Run, RunRead, RunWrite, Upstream
from jupyter_lake.lineage.versions import Version, Versions, overlap

if TYPE_CHECKING:
    from jupyter_lake.lineage.recorder import Recorder
    from jupyter_lake.lineage.runlog import RunLog
    from jupyter_lake.store import Lake

__all__ = ["downstream", "graph", "upstream"]


def graph(
    lake: Lake,
    subject: Address | str,
    *,
    up: int = 3,
    down: int = 3,
    recorder: Recorder | None = None,
) -> Graph:
    """Return what something came from and what was made of it.

    Parameters
    ----------
    lake
        Whose runs and commits are followed.
    subject
        An address (``reports/delays``, ``reports@3f9c2a``), a run's id, or,
        with a recorder, a variable of its notebook.
    up, down
        How many datasets back and on.
    recorder
        The asker's own: its runs count before they reach the lake.

    Raises
    ------
    NotFoundError
        If there is no such dataset, run or variable.
    """
    return _Tracer(lake, read_runs(lake, recorder), recorder).trace(subject, up=up, down=down)


def upstream(
    lake: Lake, subject: Address | str, depth: int = 3, *, recorder: Recorder | None = None
) -> Graph:
    """Return what something was made from, `depth` datasets back."""
    return graph(lake, subject, up=depth, down=0, recorder=recorder)


def downstream(
    lake: Lake, subject: Address | str, depth: int = 3, *, recorder: Recorder | None = None
) -> Graph:
    """Return what was made from something, `depth` datasets on."""
    return graph(lake, subject, up=0, down=depth, recorder=recorder)


class _Tracer:
    """Walks, and gathers nodes and edges on the way."""

    def __init__(self, lake: Lake, log: RunLog, recorder: Recorder | None) -> None:
        self.lake = lake
        self.log = log
        self.recorder = recorder
        self.versions = Versions(lake)
        self.canvas = Canvas(self.versions)

    def trace(self, subject: Address | str, *, up: int, down: int) -> Graph:
        start = self._start(subject)
        self.canvas.draw(start)
        if isinstance(start, DatasetNode):
            self._up([start.version], up)
            self._down([start.version], down, any_version=_no_ref(subject))
        elif isinstance(start, RunNode):
            self._up(self._above([start.run]), up)
            self._down(self._below([start.run]), down)
        elif isinstance(start, VariableNode):
            self._variable(start, up)
        return self.canvas.finished(start.id)

    def _start(self, subject: Address | str) -> Node:
        if isinstance(subject, str):
            if self.recorder is not None and self._is_variable(subject):
                return VariableNode(subject)
            if _is_run_id(subject):
                return RunNode(self._run(subject))
            subject = Address.parse(subject)
        version = self.versions.at(subject)
        return DatasetNode(version, self.versions.behind(version))

    def _is_variable(self, name: str) -> bool:
        if self.recorder is None or not name.isidentifier():
            return False
        return name in self.recorder.shell.user_ns or self.versions.repo(name) is None

    def _run(self, run_id: str) -> Run:
        found = self.log.runs([run_id])
        if not found:
            raise RunNotFoundError(
                f"The lake has no record of run {run_id}.",
                hint="`SELECT * FROM lake.runs` shows the runs there are.",
            )
        return found[0]

    # -- up ----------------------------------------------------------------------

    def _variable(self, start: VariableNode, up: int) -> None:
        assert self.recorder is not None
        origins = dict(self.recorder.runs_of(start.name))
        runs = self.log.runs(list(origins))
        for run in runs:
            self.canvas.flow(Upstream(run.run_id, (), origins[run.run_id]), start.id)
        self._up(self._above(runs), up)

    def _up(self, found: list[Version], depth: int) -> None:
        seen: set[Version] = set()
        for _ in range(depth):
            makers: list[Run] = []
            for version in found:
                if version not in seen:
                    seen.add(version)
                    makers += self._makers(version)
            found = [version for version in self._above(makers) if version not in seen]
            if not found:
                return
        self.canvas.cut |= any(self._has_makers(version) for version in found)

    def _makers(self, version: Version) -> list[Run]:
        """Return the runs that wrote a version, drawn with what they wrote."""
        runs = []
        for commit in self.versions.makers(version):
            for run in runs_that_made(self.log, commit, version):
                runs.append(run)
                self.canvas.wrote(run, version, commit.id)
        return runs

    def _has_makers(self, version: Version) -> bool:
        return any(commit.provenance for commit in self.versions.makers(version)[:1])

    def _above(self, runs: Iterable[Run]) -> list[Version]:
        """Draw runs and all that is upstream in their sessions; return what those read."""
        found: dict[Version, None] = {}
        done: set[str] = set()
        queue = {run.run_id: run for run in runs}
        while queue and not self.canvas.full:
            for run in queue.values():
                self.canvas.run(run)
                found.update(dict.fromkeys(self._draw_reads(run)))
            done |= queue.keys()
            sources = {edge.run_id for run in queue.values() for edge in run.upstream}
            known = {run.run_id: run for run in self.log.runs(sources)}
            for run in queue.values():
                for edge in run.upstream:
                    if edge.run_id in known:
                        self.canvas.flow(edge, run.run_id)
            queue = {key: run for key, run in known.items() if key not in done}
        return list(found)

    def _draw_reads(self, run: Run) -> list[Version]:
        versions = []
        for read in run.reads:
            version = self.versions.of(read.repo, read.commit, read.path)
            versions.append(version)
            self.canvas.read(version, run, read, behind=self.versions.behind(version))
        for name in run.untracked:
            self.canvas.outside(name, run)
        return versions

    # -- down --------------------------------------------------------------------

    def _down(self, found: list[Version], depth: int, *, any_version: bool = False) -> None:
        seen: set[Version] = set()
        for step in range(depth):
            readers: list[Run] = []
            for version in found:
                if version not in seen:
                    seen.add(version)
                    readers += self._readers(version, any_version=any_version and step == 0)
            found = [version for version in self._below(readers) if version not in seen]
            if not found:
                return
        self.canvas.cut |= any(self._reads_of(version) for version in found)

    def _readers(self, version: Version, *, any_version: bool) -> list[Run]:
        reads = self._reads_of(version)
        runs = {run.run_id: run for run in self.log.runs(reads.keys())}
        latest: dict[str, Run] = {}
        for run in _latest_of_each_cell(runs.values()):
            for read in reads[run.run_id]:
                there = self.versions.of(read.repo, read.commit, version.path or read.path)
                same = there == version or (not version.path and read.commit == version.commit)
                if same or any_version:
                    self.canvas.run(run)
                    self.canvas.read(version, run, read, behind=self.versions.behind(there))
                    latest[run.run_id] = run
        return list(latest.values())

    def _reads_of(self, version: Version) -> dict[str, list[RunRead]]:
        from pyarrow import compute as pc

        rows = self.log.reads.filter(pc.field("repo") == version.repo)
        paths = [
            path
            for path in pc.unique(rows["path"]).to_pylist()
            if not version.path or overlap(path, version.path)
        ]
        found: dict[str, list[RunRead]] = {}
        for row in rows.filter(pc.field("path").isin(paths)).to_pylist() if paths else ():
            columns = row["columns"]
            found.setdefault(row["run_id"], []).append(
                RunRead(
                    row["repo"],
                    row["commit_id"],
                    row["path"],
                    None if columns is None else tuple(columns),
                    row["via"] or "",
                )
            )
        return found

    def _below(self, runs: Iterable[Run]) -> list[Version]:
        """Draw runs and what is downstream in their sessions; return what those wrote."""
        import pyarrow as pa
        from pyarrow import compute as pc

        found: dict[Version, None] = {}
        queue = {run.run_id: run for run in runs}
        done: set[str] = set()
        while queue and not self.canvas.full:
            for run in queue.values():
                self.canvas.run(run)
                found.update(dict.fromkeys(self._draw_writes(run)))
            done |= queue.keys()
            ids = pa.array(sorted(queue), pa.string())
            rows = self.log.edges.filter(pc.field("upstream_run_id").isin(ids)).to_pylist()
            below = {run.run_id: run for run in self.log.runs({row["run_id"] for row in rows})}
            for row in rows:
                carried = tuple(row["variables"] or ())
                edge = Upstream(row["upstream_run_id"], carried, row["certainty"])
                self.canvas.flow(edge, row["run_id"])
            queue = {key: run for key, run in below.items() if key not in done}
        return list(found)

    def _draw_writes(self, run: Run) -> list[Version]:
        versions = []
        for path, write in _datasets_written(run).items():
            version = self.versions.of(write.repo, write.commit, path)
            versions.append(version)
            self.canvas.wrote(run, version, write.commit)
        return versions


def _no_ref(subject: Address | str) -> bool:
    address = Address.parse(subject) if isinstance(subject, str) else subject
    return address.ref is None


def _is_run_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _latest_of_each_cell(runs: Iterable[Run]) -> list[Run]:
    """Keep of each cell its last run: who runs a notebook daily is one user of its inputs."""
    latest: dict[tuple[str, str, str], Run] = {}
    for run in sorted(runs, key=lambda run: run.started):
        latest[run.user, run.notebook, run.cell_id or run.source or run.run_id] = run
    return list(latest.values())


def _datasets_written(run: Run) -> dict[str, RunWrite]:
    """Return what a run wrote as datasets: files of one folder count as that folder."""
    found: dict[str, RunWrite] = {}
    for write in run.writes:
        folders = [part for part in write.path.split("/")[:-1] if "=" not in part]
        found["/".join(folders) or write.path] = write
    return found
