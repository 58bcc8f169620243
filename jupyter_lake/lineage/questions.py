"""Short answers about lineage: is it fresh, who reads it, what happened lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.lineage.run_reader import read_runs
from jupyter_lake.lineage.versions import Version, Versions, overlap

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.lineage.recorder import Recorder
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store import Commit, Lake

__all__ = [
    "InputState",
    "Reader",
    "activity",
    "freshness",
    "freshness_of_run",
    "readers_of",
    "tables",
]


@dataclass(frozen=True, slots=True)
class InputState:
    """An input of a commit, and whether it is still the newest.

    Attributes
    ----------
    commit
        The commit that was read.
    newest
        The commit that made the newest version; None if the dataset is gone.
    behind
        How many newer versions there are.
    """

    repo: str
    path: str
    commit: str
    newest: str | None
    behind: int

    @property
    def fresh(self) -> bool:
        """True if nothing newer is there."""
        return self.behind == 0 and self.newest is not None

    @property
    def says(self) -> str:
        """The answer in words."""
        if self.newest is None:
            return "gone"
        return f"{self.behind} behind" if self.behind else "newest"

    def to_dict(self) -> dict[str, object]:
        """Return the answer as JSON."""
        return {
            "repo": self.repo,
            "path": self.path,
            "commit": self.commit,
            "newest": self.newest,
            "behind": self.behind,
            "says": self.says,
        }


@dataclass(frozen=True, slots=True)
class Reader:
    """A cell that reads a dataset.

    Attributes
    ----------
    columns
        All it has ever read, or None for all or unknown.
    runs
        How often it has read it.
    behind
        How many newer versions there are than its last run read.
    """

    notebook: str
    cell_id: str | None
    user: str
    columns: tuple[str, ...] | None
    runs: int
    last: datetime
    commit: str
    behind: int
    run_id: str

    def to_dict(self) -> dict[str, object]:
        """Return the answer as JSON."""
        return {
            "notebook": self.notebook,
            "cell_id": self.cell_id,
            "user": self.user,
            "columns": None if self.columns is None else list(self.columns),
            "runs": self.runs,
            "last": self.last.isoformat(),
            "commit": self.commit,
            "behind": self.behind,
            "run": self.run_id,
        }


def freshness(lake: Lake, commit: Commit) -> list[InputState]:
    """Say of each input of a commit whether it is still the newest.

    Returns
    -------
    list of InputState
        Empty for a commit without provenance.
    """
    inputs = (commit.provenance or {}).get("inputs")
    found = [each for each in inputs if isinstance(each, dict)] if isinstance(inputs, list) else []
    return _states(lake, ((str(x["repo"]), str(x["commit"]), str(x["path"])) for x in found))


def freshness_of_run(lake: Lake, run: Run) -> list[InputState]:
    """Say of each input of a run whether it is still the newest."""
    return _states(lake, ((read.repo, read.commit, read.path) for read in run.reads))


def _states(lake: Lake, inputs: Iterable[tuple[str, str, str]]) -> list[InputState]:
    versions = Versions(lake)
    states = []
    for repo, commit, path in dict.fromkeys(inputs):
        newest = versions.newest(repo, path)
        behind = versions.behind(versions.of(repo, commit, path))
        states.append(InputState(repo, path, commit, newest, behind))
    return states


def readers_of(
    lake: Lake, address: Address | str, *, recorder: Recorder | None = None
) -> list[Reader]:
    """Return the cells that read a dataset, last reader first, with the columns they use.

    With a ref in the address only those that read the very version there.

    Raises
    ------
    NotFoundError
    """
    where = Address.parse(address) if isinstance(address, str) else address
    versions = Versions(lake)
    asked = versions.at(where) if where.ref else Version(lake.repo(where.repo).name, where.path, "")
    log = read_runs(lake, recorder)
    reads = _reads_overlapping(log.reads, asked)
    runs = {run.run_id: run for run in log.runs({row["run_id"] for row in reads})}
    found: dict[tuple[str, str, str], Reader] = {}
    rows = sorted(reads, key=lambda row: runs[row["run_id"]].started)
    for row in rows:
        there = versions.of(row["repo"], row["commit_id"], where.path or row["path"])
        if where.ref and there.commit != asked.commit and row["commit_id"] != asked.commit:
            continue
        run = runs[row["run_id"]]
        key = (run.user, run.notebook, run.cell_id or run.source or run.run_id)
        found[key] = _reader(run, row, versions.behind(there), found.get(key))
    return sorted(found.values(), key=lambda reader: reader.last, reverse=True)


def _reads_overlapping(reads: pa.Table, version: Version) -> list[dict[str, str]]:
    from pyarrow import compute as pc

    rows = reads.filter(pc.field("repo") == version.repo).to_pylist()
    return [row for row in rows if not version.path or overlap(row["path"], version.path)]


def _reader(run: Run, row: dict[str, str], behind: int, known: Reader | None) -> Reader:
    columns: tuple[str, ...] | None = None if row["columns"] is None else tuple(row["columns"])
    new = Reader(
        run.notebook,
        run.cell_id,
        run.user,
        columns,
        1,
        run.started,
        row["commit_id"],
        behind,
        run.run_id,
    )
    if known is None:
        return new
    if columns is not None:
        columns = None if known.columns is None else tuple(dict.fromkeys(known.columns + columns))
    again = known.run_id == run.run_id
    return replace(new, columns=columns, runs=known.runs + (not again))


def activity(lake: Lake, limit: int = 50, *, recorder: Recorder | None = None) -> list[Run]:
    """Return the last runs of everybody, newest first."""
    return read_runs(lake, recorder).latest(limit)


def tables(lake: Lake, name: str, recorder: Recorder | None = None) -> pa.Table | None:
    """Return a table of the SQL schema ``lake``: runs, reads, writes or edges.

    Parameters
    ----------
    lake
        Whose runs.
    name
        Which table.
    recorder
        The asker's own, whose runs count before they reach the lake.

    Returns
    -------
    pyarrow.Table or None
        None if the schema has no such table.
    """
    if name not in COLUMNS:
        return None
    log = read_runs(lake, recorder)
    table = log.table if name == "runs" else getattr(log, name)
    return table.select(COLUMNS[name])


COLUMNS = {
    "runs": [
        "run_id",
        "notebook",
        "cell_id",
        "execution_count",
        "source",
        "user",
        "started",
        "seconds",
        "status",
        "untracked",
        "session",
        "host",
    ],
    "reads": ["run_id", "repo", "commit_id", "path", "columns", "via"],
    "writes": ["run_id", "repo", "commit_id", "path", "branch", "via"],
    "edges": ["run_id", "upstream_run_id", "variables", "certainty"],
}
"""The tables of the SQL schema ``lake``."""
