"""Where something came from and who uses it; recording on and off."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError, LakeError, VariableNotFoundError
from jupyter_lake.verbs.output import Block, Line, Note, Output
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.lineage import Graph
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Recording", "lineage", "record"]

_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@verb(
    "lineage",
    argument(
        "subject", metavar="A|VAR", completes="address", help="an address, or a notebook's variable"
    ),
    argument("--up", type=int, default=3, metavar="N", help="how many steps back (3)"),
    argument("--down", type=int, default=3, metavar="N", help="how many steps on (3)"),
    group="trace",
    examples=("lineage reports/delays", "lineage reports@main~1/delays --up 8", "lineage delays"),
)
def lineage(workspace: Workspace, options: argparse.Namespace) -> Graph:
    """Draw where something came from and what was made of it, across notebooks.

    The subject is an address (a dataset, a file, a commit), a variable of this
    notebook, or a run's id. A name that is both a variable and a repo is the
    variable; write repo@main for the repo.
    """
    from jupyter_lake.lineage import graph

    subject = _subject(workspace, options.subject)
    return graph(
        workspace.lake,
        subject,
        up=max(options.up, 0),
        down=max(options.down, 0),
        recorder=workspace.recorder,
    )


def _subject(workspace: Workspace, text: str) -> Address | str:
    """Return a variable's name or a run's id as it is, anything else as an address.

    Raises
    ------
    VariableNotFoundError
        If a bare name is neither a variable nor a repo.
    """
    if _RUN_ID.fullmatch(text) or (text.isidentifier() and text in workspace.variables()):
        return text
    try:
        address = Address.parse(text)
        workspace.lake.repo(address.repo)
    except LakeError as error:
        if not text.isidentifier() or workspace.front == "terminal":
            raise
        raise VariableNotFoundError(
            f"{text!r} is neither a variable of this notebook nor a repo of the lake.",
            hint=error.hint,
        ) from None
    pin = workspace.pins.get(address.repo)
    return address.at(pin) if pin and address.ref is None else address


@dataclass(frozen=True, slots=True, repr=False)
class Recording(Output):
    """Whether cells are recorded, and with what."""

    on: bool
    source: bool

    def blocks(self) -> Sequence[Block]:
        """Return one line, and what it means."""
        if not self.on:
            return [Line(("Recording is off: cells leave no trace in the lake.",))]
        detail = "with" if self.source else "without"
        return [
            Line((f"Recording is on, {detail} the cells' sources.",)),
            Note("A run holds what a cell read and wrote, who ran it, when, and how it ended."),
        ]

    def to_dict(self) -> dict[str, object]:
        """Return the two switches."""
        return {"on": self.on, "source": self.source}


@verb(
    "record",
    argument("switch", metavar="on|off", nargs="?", choices=("on", "off"), help="on or off"),
    argument("--no-source", action="store_true", help="leave the cells' sources out"),
    group="trace",
    examples=("record off", "record on", "record on --no-source"),
    fronts=("notebook",),
)
def record(workspace: Workspace, options: argparse.Namespace) -> Recording:
    """Record what this notebook's cells read and write, or stop doing so."""
    recorder = workspace.recorder
    if recorder is None and options.switch == "off":
        return Recording(on=False, source=False)
    if recorder is None:
        raise InvalidInputError(
            "There is no recorder in this session.", hint="Load it: %load_ext jupyter_lake"
        )
    if options.switch == "off":
        recorder.pause()
    elif options.switch == "on" or options.no_source:
        recorder.resume()
        recorder.record_source = not options.no_source
    return Recording(not recorder.paused, recorder.record_source)
