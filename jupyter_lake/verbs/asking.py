"""Who reads this, is it still made from the newest, and who ran what lately."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address, Ref
from jupyter_lake.verbs.cells import Cell, exact_time, moment, number
from jupyter_lake.verbs.output import Block, Line, Note, Output, Table
from jupyter_lake.verbs.places import place
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.lineage import InputState, Reader, Run
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Activity", "Inputs", "Readers", "activity", "inputs", "readers"]

COLUMNS_SHOWN = 6


@dataclass(frozen=True, slots=True, repr=False)
class Readers(Output):
    """The cells that read a dataset."""

    subject: str
    readers: tuple[Reader, ...]

    def blocks(self) -> Sequence[Block]:
        """Return a table of the cells, the last reader first."""
        subject = Cell(self.subject, style="strong")
        if not self.readers:
            return [Line(("No recorded cell reads", subject))]
        headers = ("notebook", "who", "columns", "runs", "last", "")
        rows = tuple(self._row(reader) for reader in self.readers)
        return [Table(headers, rows, caption=f"who reads {self.subject}")]

    def _row(self, reader: Reader) -> tuple[Cell | str, ...]:
        name = reader.notebook.replace("\\", "/").rpartition("/")[2] or "a notebook"
        behind = Cell(f"{reader.behind} behind", style="changed") if reader.behind else "newest"
        return (
            Cell(name, tip=f"{reader.notebook}, cell {reader.cell_id}"),
            reader.user,
            _columns(reader.columns),
            number(reader.runs),
            moment(reader.last),
            behind,
        )

    def to_dict(self) -> dict[str, object]:
        """Return the cells with all columns they use."""
        return {
            "subject": self.subject,
            "readers": [reader.to_dict() for reader in self.readers],
        }


def _columns(columns: tuple[str, ...] | None) -> Cell:
    if columns is None:
        return Cell("all, or unknown", style="muted")
    shown = ", ".join(columns[:COLUMNS_SHOWN])
    more = len(columns) - COLUMNS_SHOWN
    return Cell(f"{shown} and {more} more" if more > 0 else shown, tip=", ".join(columns))


@verb(
    "readers",
    argument("address", metavar="A", completes="address", help="a dataset, perhaps at a ref"),
    group="trace",
    examples=("readers sales/orders", "readers sales@v1/orders"),
)
def readers(workspace: Workspace, options: argparse.Namespace) -> Readers:
    """List the cells that read a dataset, and which of its columns they use.

    Ask before you change a dataset. With a ref, only those that read the very
    version there.
    """
    from jupyter_lake.lineage import readers_of

    address = Address.parse(options.address)
    found = readers_of(workspace.lake, address, recorder=workspace.recorder)
    return Readers(str(address), tuple(found))


@dataclass(frozen=True, slots=True, repr=False)
class Inputs(Output):
    """What a commit was made from, and whether it is still the newest."""

    subject: str
    states: tuple[InputState, ...]

    def blocks(self) -> Sequence[Block]:
        """Return a table of the inputs."""
        subject = Cell(self.subject, style="strong")
        if not self.states:
            return [Line((subject, "names no inputs: no recorded cell published it."))]
        rows = tuple(self._row(state) for state in self.states)
        stale = sum(not state.fresh for state in self.states)
        notes = [Note(f"{stale} of {len(rows)} inputs have moved on.")] if stale else []
        return [Table(("input", ""), rows, caption=f"what {self.subject} was made from"), *notes]

    def _row(self, state: InputState) -> tuple[Cell | str, ...]:
        address = Address(state.repo, Ref(state.commit[:8]), state.path)
        said = state.says if state.fresh else Cell(state.says, style="changed")
        return (Cell(f"← {address}", tip=state.commit), said)

    def to_dict(self) -> dict[str, object]:
        """Return the inputs."""
        return {"subject": self.subject, "inputs": [state.to_dict() for state in self.states]}


@verb(
    "inputs",
    argument("address", metavar="A", completes="address", help="a commit or a published dataset"),
    group="trace",
    examples=("inputs reports/delays", "inputs reports@v1"),
)
def inputs(workspace: Workspace, options: argparse.Namespace) -> Inputs:
    """Say of each input of a publication whether it is still the newest.

    With a path, of the commit that changed it last.
    """
    from jupyter_lake.lineage import freshness

    at = place(workspace, options.address)
    commit = at.commit
    if at.path:
        commit = next(iter(at.repo.log(commit.id, path=at.path, limit=1)), commit)
    subject = str(Address(at.repo.name, Ref(commit.short), at.path))
    return Inputs(subject, tuple(freshness(workspace.lake, commit)))


@dataclass(frozen=True, slots=True, repr=False)
class Activity(Output):
    """The last runs of everybody."""

    runs: tuple[Run, ...]

    def blocks(self) -> Sequence[Block]:
        """Return a table of the runs, the newest first."""
        if not self.runs:
            return [Line(("No cell has been recorded in this lake yet.",))]
        headers = ("when", "who", "cell", "", "reads", "writes", "")
        return [Table(headers, tuple(self._row(run) for run in self.runs))]

    def _row(self, run: Run) -> tuple[Cell | str, ...]:
        return (
            moment(run.started),
            run.user,
            Cell(run.cell, tip=f"{run.notebook}, run {run.run_id}, {exact_time(run.started)}"),
            Cell(run.first_line[:60], style="graph"),
            _paths([(read.repo, read.path) for read in run.reads]),
            _paths([(write.repo, write.path) for write in run.writes]),
            "" if run.status == "ok" else Cell(run.status, style="changed"),
        )

    def to_dict(self) -> dict[str, object]:
        """Return the runs with their sources."""
        return {"runs": [run.to_dict() for run in self.runs]}


def _paths(places: list[tuple[str, str]]) -> Cell:
    names = list(dict.fromkeys(f"{repo}/{path}".rstrip("/") for repo, path in places))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Cell(f"{names[0]}{more}" if names else "", tip="\n".join(names[:50]))


@verb(
    "activity",
    argument("-n", dest="limit", type=int, default=20, metavar="N", help="how many runs (20)"),
    group="trace",
    examples=("activity", "activity -n 100"),
)
def activity(workspace: Workspace, options: argparse.Namespace) -> Activity:
    """List who ran what lately, in everybody's notebooks, newest first."""
    from jupyter_lake.lineage import activity

    limit = max(options.limit, 1)
    return Activity(tuple(activity(workspace.lake, limit, recorder=workspace.recorder)))
