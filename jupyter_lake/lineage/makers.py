"""The runs that made a version of a dataset."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.lineage.runs import Run, RunRead, RunWrite
from jupyter_lake.lineage.versions import Version, overlap

if TYPE_CHECKING:
    from jupyter_lake.lineage.runlog import RunLog
    from jupyter_lake.store import Commit

__all__ = ["runs_that_made"]


def runs_that_made(log: RunLog, commit: Commit, version: Version) -> list[Run]:
    """Return the runs that wrote a version's paths in one commit.

    Where the lake has no record of them, what the commit itself says of its run.
    """
    from pyarrow import compute as pc

    writes = log.writes.filter(pc.field("commit_id") == commit.id)
    ids = {
        row["run_id"]
        for row in writes.to_pylist()
        if row["repo"] == version.repo and overlap(row["path"], version.path)
    }
    named = (commit.provenance or {}).get("run")
    if isinstance(named, str):
        ids.add(named)
    found = log.runs(ids)
    return found or [run for run in [_run_of_provenance(commit, version)] if run]


def _run_of_provenance(commit: Commit, version: Version) -> Run | None:
    """Return what a commit itself says of its run, where the lake has no record of it."""
    known = commit.provenance
    if not known:
        return None
    inputs = known.get("inputs")
    reads = [each for each in inputs if isinstance(each, dict)] if isinstance(inputs, list) else []
    count = known.get("execution_count")
    time: datetime = commit.time
    return Run(
        run_id=str(known.get("run") or f"commit:{commit.id}"),
        notebook=str(known.get("notebook") or ""),
        cell_id=str(known["cell"]) if known.get("cell") else None,
        execution_count=count if isinstance(count, int) else None,
        source=None,
        user=str(known.get("user") or commit.author),
        started=time,
        status="ok",
        reads=tuple(
            RunRead(str(each["repo"]), str(each["commit"]), str(each["path"])) for each in reads
        ),
        writes=(RunWrite(version.repo, commit.id, version.path),),
    )
