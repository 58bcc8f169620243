"""Make a dataset again, from the cells that were recorded as its makers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.verbs.cells import Cell, count, moment
from jupyter_lake.verbs.output import Block, Code, Line, Note, Output, Table
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.lineage import Outcome, Reproduction
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Reproduced", "reproduce"]

WIDTH = 60

_TOLD = {
    "same files": "Made again: the files are the same, byte by byte.",
    "same rows": "Made again: the rows are the same.",
    "different": "Made again, and the result is different",
    "failed": "It could not be made again",
}


@dataclass(frozen=True, slots=True, repr=False)
class Reproduced(Output):
    """The cells a dataset came from, what stands in the way, and how running them went."""

    reproduction: Reproduction
    notebook: str
    outcome: Outcome | None
    next_step: str

    @property
    def exit_status(self) -> int:  # type: ignore[override]
        """Not 0 if the dataset did not come out as it was."""
        return int(self.outcome is not None and not self.outcome.same)

    def blocks(self) -> Sequence[Block]:
        """Return the cells, the obstacles, the notebook, the outcome."""
        made = self.reproduction
        title = Line(
            (Cell(str(made.version), style="strong"), f"came from {count(made.runs, 'cell')}")
        )
        rows = tuple(
            (run.cell, _first_line(run.first_line), run.user, moment(run.started))
            for run in made.runs
        )
        blocks: list[Block] = [title, Table(("cell", "", "who", "when"), rows)]
        if made.obstacles:
            blocks.append(Line(("What stands in the way of making it again:",)))
            blocks += [Line((Cell("•", style="changed"), text)) for text in made.obstacles]
        blocks.append(Code("\n\n".join(made.sources), summary="the cells, with inputs pinned"))
        if self.notebook:
            blocks.append(Line(("Written as a notebook:", Cell(self.notebook, style="strong"))))
        if self.outcome:
            blocks += self._outcome(self.outcome)
        return [*blocks, *([Note(self.next_step)] if self.next_step else [])]

    def _outcome(self, outcome: Outcome) -> list[Block]:
        detail = f": {outcome.detail}." if outcome.detail and not outcome.same else ""
        text = _TOLD[outcome.says] + detail
        told: list[Block] = [Line((Cell(text, style="added" if outcome.same else "removed"),))]
        if outcome.branch:
            place = f"{self.reproduction.version.repo}@{outcome.branch}"
            told.append(Note(f"What came out is on the scratch branch {place}."))
        return told

    def to_dict(self) -> dict[str, object]:
        """Return the cells with pins, the obstacles, and how it went."""
        outcome = self.outcome
        return {
            **self.reproduction.to_dict(),
            "notebook": self.notebook or None,
            "outcome": {"says": outcome.says, "detail": outcome.detail} if outcome else None,
        }


def _first_line(line: str) -> Cell:
    shown = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
    return Cell(shown, tip=line, style="graph")


@verb(
    "reproduce",
    argument("address", metavar="A", completes="address", help="the dataset, perhaps at a ref"),
    argument("--to", metavar="FILE", completes="file", help="write the cells as a notebook"),
    argument("--run", action="store_true", help="run them on a scratch branch, and compare"),
    group="trace",
    examples=(
        "reproduce reports/delays",
        "reproduce reports@v1/delays --to again.ipynb --run",
    ),
)
def reproduce(workspace: Workspace, options: argparse.Namespace) -> Reproduced:
    """Find the cells a dataset came from, and make it again with them.

    The cells have the source they had then, and their inputs are pinned to the
    commits they read. What stands in the way is named: a file from outside the
    lake, a cell without its source.
    """
    from jupyter_lake.lineage import reproduce

    address = Address.parse(options.address)
    pin = workspace.pins.get(address.repo)
    found = reproduce(
        workspace.lake,
        address.at(pin) if pin and address.ref is None else address,
        recorder=workspace.recorder,
    )
    notebook = str(found.save(Path(options.to).expanduser())) if options.to else ""
    outcome = found.run(notebook=notebook or None) if options.run else None
    words = f"reproduce {options.address} --run"
    hint = "" if options.run else f"Run them and compare: {workspace.command(words)}"
    return Reproduced(found, notebook, outcome, hint)
