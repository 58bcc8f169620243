"""The cells that a dataset came from, and what keeps them from being run again as they were."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.lineage.provenance import names_loaded_and_stored
from jupyter_lake.lineage.redaction import HIDDEN

if TYPE_CHECKING:
    from jupyter_lake.lineage.runlog import RunLog
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.lineage.versions import Versions

__all__ = ["Cells", "obstacles_of"]


@dataclass(frozen=True, slots=True)
class Cells:
    """The runs that made something, oldest first; `unknown` are upstream ids without a record."""

    runs: tuple[Run, ...]
    unknown: tuple[str, ...]

    @classmethod
    def behind(cls, log: RunLog, run_ids: Iterable[str]) -> Cells:
        """Walk from runs through the cells of their sessions to the first ones."""
        known: dict[str, Run] = {}
        unknown: dict[str, None] = {}
        queue = set(run_ids)
        while queue:
            found = {run.run_id: run for run in log.runs(queue)}
            unknown.update(dict.fromkeys(queue - found.keys()))
            known.update(found)
            upstream = {edge.run_id for run in found.values() for edge in run.upstream}
            queue = upstream - known.keys() - unknown.keys()
        runs = sorted(known.values(), key=lambda run: (run.started, run.run_id))
        return cls(tuple(runs), tuple(unknown))


def obstacles_of(cells: Cells, versions: Versions) -> list[str]:
    """Say in sentences what stands in the way of running these cells again."""
    return list(dict.fromkeys(_obstacles(cells, versions)))


def _obstacles(cells: Cells, versions: Versions) -> Iterator[str]:
    if cells.unknown:
        count = len(cells.unknown)
        yield f"{count} earlier cell{'s were' if count > 1 else ' was'} not recorded."
    if len({run.session for run in cells.runs}) > 1:
        yield "It was made in several sessions: variables of one were not there in the others."
    for run in cells.runs:
        yield from _obstacles_of_run(run, versions)
    yield from _repeated(cells.runs)
    yield from _undefined(cells.runs)


def _obstacles_of_run(run: Run, versions: Versions) -> Iterator[str]:
    if run.source is None:
        yield f"{run.cell} was recorded without its source."
    elif HIDDEN in run.source:
        yield f"{run.cell} held a secret that was not recorded: put it back where {HIDDEN} stands."
    if run.status != "ok":
        how = {"error": "with an error", "interrupted": "by an interrupt"}
        yield f"{run.cell} ended {how.get(run.status, 'before it was done')}."
    for name in run.untracked:
        yield f"{run.cell} read {name}, which the lake does not keep."
    for edge in run.upstream:
        if edge.certainty == "possible" and edge.variables:
            names = ", ".join(edge.variables)
            yield f"{run.cell} may have used {names} of a cell that is included just in case."
    for read in run.reads:
        if versions.commit(read.repo, read.commit) is None:
            yield f"{run.cell} read {read.repo}@{read.commit[:8]}, which is gone."


def _repeated(runs: Iterable[Run]) -> Iterator[str]:
    """Tell of cells that ran more than once, with their effects piled up."""
    seen: dict[tuple[str, str], Run] = {}
    for run in runs:
        key = (run.session, run.cell_id or "")
        if run.cell_id and key in seen:
            yield f"{seen[key].cell} and {run.cell} are one cell run twice: both are there."
        seen[key] = run


def _undefined(runs: Iterable[Run]) -> Iterator[str]:
    """Tell of names that no included cell makes: the cell that did is gone or was not recorded."""
    made = set(dir(builtins)) | {"get_ipython", "display", "In", "Out", "exit", "quit"}
    for run in runs:
        loaded, stored = names_loaded_and_stored(plain_python(run.source or ""))
        for name in sorted(loaded - stored - made):
            if not re.fullmatch(r"_+(\d+|i*)", name):
                yield f"{run.cell} uses {name}, which no recorded cell made."
        made |= stored


def plain_python(source: str) -> str:
    """Return a cell with its magics turned into calls."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return source
