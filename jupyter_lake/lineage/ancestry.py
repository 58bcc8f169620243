"""The cells that a dataset came from, and what keeps them from being run again as they were."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.lineage.provenance import names_of
from jupyter_lake.lineage.redaction import CUT, HIDDEN

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


_STAGING = re.compile(r"^\s*%lake\s+(begin|publish|put|rm|import|rollback|commit)\b", re.MULTILINE)


def commits_what_is_staged(run: Run) -> bool:
    """Say whether a cell ends with ``%lake commit``: what it commits, other cells have staged."""
    verbs = _STAGING.findall(run.source or "")
    return bool(verbs) and verbs[-1] == "commit"


def staged_for(log: RunLog, run: Run) -> list[str]:
    """Return the cells from ``%lake begin`` on that staged what a cell commits."""
    if not commits_what_is_staged(run) or "begin" in _STAGING.findall(run.source or ""):
        return []
    found: list[str] = []
    for earlier in reversed(log.of_session(run.session)):
        verbs = _STAGING.findall(earlier.source or "")
        if earlier.started >= run.started or not verbs:
            continue
        if verbs[-1] in ("commit", "rollback"):
            break
        found.append(earlier.run_id)
        if "begin" in verbs:
            break
    return found


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
    yield from _changeable(cells.runs)
    yield from _undefined(cells.runs)


def _obstacles_of_run(run: Run, versions: Versions) -> Iterator[str]:
    if run.source is None:
        yield f"{run.cell} was recorded without its source."
    elif run.source.endswith(CUT):
        yield f"{run.cell} was too long to be recorded whole."
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
    late: list[tuple[Run, set[str]]] = []
    for run in runs:
        source = run.source or ""
        if _MAKES_ANY_NAME.search(source):
            return
        now, later, stored = names_of(plain_python(source))
        yield from _unknown(run, now - stored - made)
        made |= stored
        late.append((run, later))
    for run, names in late:  # what a function uses need only be there when it is called
        yield from _unknown(run, names - made)


def _unknown(run: Run, names: Iterable[str]) -> Iterator[str]:
    for name in sorted(names):
        if not re.fullmatch(r"_+(\d+|i*)", name):
            yield f"{run.cell} uses {name}, which no recorded cell made."


_MAKES_ANY_NAME = re.compile(r"^\s*%run\b|\bimport\s*\*|\bexec\(|\bglobals\(\)", re.MULTILINE)
_RUNS_FILE = re.compile(r"^\s*%run\s+(?:-\w+\s+)*(['\"]?)([^\s'\"]+)\1", re.MULTILINE)
_IMPORTS = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)
_RANDOM = re.compile(
    r"\brandom\.(?!seed|state|RandomState\(\d|default_rng\(\d)\w+|\bdefault_rng\(\s*\)"
    r"|\.sample\((?![^)]*(?:random_state|seed))|\buuid[14]\(|\bRANDOM\(\)|\bUSING SAMPLE\b"
)
_SEEDED = re.compile(
    r"\bseed\(|\brandom_state\s*=|default_rng\(\s*[^)\s]|set_?seed\(", re.IGNORECASE
)
_TIME = re.compile(
    r"\b(?:datetime|date|Timestamp)\.(?:now|utcnow|today)\(|\btime\.time\(|\bcurrent_(?:date|timestamp)\b",
    re.IGNORECASE,
)


def _changeable(runs: Iterable[Run]) -> Iterator[str]:
    """Tell of what may be another today: code in files, chance, the time."""
    seeded = any(_SEEDED.search(run.source or "") for run in runs)
    for run in runs:
        source = run.source or ""
        for _, name in _RUNS_FILE.findall(source):
            yield f"{run.cell} runs {name}, a file that the lake does not keep, as it is now."
        for name in dict.fromkeys(_IMPORTS.findall(source)):
            if _lies_beside(run, name):
                yield f"{run.cell} imports {name}, a module of its folder: it runs as it is now."
        if not seeded and _RANDOM.search(source):
            yield f"{run.cell} draws random numbers that no recorded cell seeds."
        if _TIME.search(source):
            yield f"{run.cell} asks what time it is."


def _lies_beside(run: Run, module: str) -> bool:
    folder = Path(run.notebook).parent
    try:
        return (folder / f"{module}.py").is_file() or (folder / module / "__init__.py").is_file()
    except OSError:
        return False


def plain_python(source: str) -> str:
    """Return a cell with its magics turned into calls."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return source
