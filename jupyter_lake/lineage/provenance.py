"""Where the data of a session comes from: its runs, and walking upstream through them."""

from __future__ import annotations

import ast
import dis
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import CodeType
from typing import TYPE_CHECKING

from jupyter_lake.lineage.runs import Input, Run, Upstream, folded

if TYPE_CHECKING:
    from jupyter_lake.lineage.active import ActiveRun
    from jupyter_lake.lineage.dataflow import CellFlow, Certainty, Dataflow

__all__ = ["Session"]

Origins = dict[str, str]
"""Run ids, each with ``observed`` or ``possible``."""

_ASSIGNED_BY_MAGIC = re.compile(r"'lake', 'sql (\w+)\s*<<|'sql (\w+)\s*<<|'lake sql (\w+)\s*<<")


class Session:
    """The runs of one session, by id, and the data flow between them.

    Parameters
    ----------
    flow
        Knows which runs each variable comes from.
    """

    def __init__(self, flow: Dataflow) -> None:
        self._flow = flow
        self._runs: dict[str, ActiveRun] = {}

    def add(self, run: ActiveRun) -> None:
        """Remember a run that has ended."""
        self._runs[run.run_id] = run

    def upstream(self, flow: CellFlow) -> tuple[Upstream, ...]:
        """Return what the data flow found as edges to runs."""
        return tuple(
            Upstream(edge.upstream_key, tuple(edge.variables), edge.certainty)
            for edge in flow.edges
        )

    def origins(self, variable: str | None, active: ActiveRun | None) -> Origins:
        """Return the runs that made a variable what it is now.

        Parameters
        ----------
        variable
            Its name; None for whatever the running cell has at hand.
        active
            The cell that is running, which may have made it.
        """
        if active is None or (variable is not None and not self._touches(active, variable)):
            return dict(self._flow.writers(variable)) if variable else {}
        found: Origins = {active.run_id: "observed"}
        for edge in self._so_far(active):
            found.setdefault(edge.run_id, edge.certainty)
        return found

    def _touches(self, active: ActiveRun, variable: str) -> bool:
        """Say whether the running cell may have made or changed a variable."""
        value = self._flow.namespace.get(variable)
        known = active.pending.identities.get(variable) if active.pending else None
        return known != id(value) or any(
            variable in names for names in names_loaded_and_stored(active.code)
        )

    def snapshot(self, active: ActiveRun, lake_url: str) -> Run:
        """Return a run as a lake is to hold it; one that is not over, with its edges so far."""
        if active.pending is None:
            return active.snapshot(lake_url)
        return replace(active.snapshot(lake_url), upstream=tuple(self._so_far(active)))

    def _so_far(self, active: ActiveRun) -> Iterator[Upstream]:
        carried: dict[str, tuple[Certainty, list[str]]] = {}
        for name, writers in active.pending.sources.items() if active.pending else ():
            for run_id, certainty in writers:
                if run_id != active.run_id:
                    carried.setdefault(run_id, (certainty, []))[1].append(name)
        for run_id, (certainty, variables) in carried.items():
            yield Upstream(run_id, tuple(variables), certainty)

    def inputs(
        self, origins: Mapping[str, str], lake_url: str, *, active: ActiveRun | None = None
    ) -> tuple[Input, ...]:
        """Return what these runs and all upstream of them read of a lake, first read first."""
        chain = [self._runs[run_id] for run_id in self.ancestors(origins)]
        if active is not None and active.run_id in origins:
            chain.append(active)
        chain.sort(key=lambda run: (run.started, run.run_id))
        paths: dict[tuple[str, str], list[str]] = {}
        for run in chain:
            for each in run.inputs(lake_url):
                paths.setdefault((each.repo, each.commit), []).append(each.path)
        return tuple(
            Input(repo, commit, path)
            for (repo, commit), read in paths.items()
            for path in folded(read)
        )

    def ancestors(self, origins: Mapping[str, str]) -> list[str]:
        """Return the ids of these runs, and of all upstream of them, that this session knows."""
        seen: dict[str, None] = {}
        queue = deque(origins)
        while queue:
            run_id = queue.popleft()
            if run_id in seen or run_id not in self._runs:
                continue
            seen[run_id] = None
            queue.extend(edge.run_id for edge in self._runs[run_id].upstream)
        return list(seen)


def names_loaded_and_stored(code: str) -> tuple[set[str], set[str]]:
    """Return the global names that a cell loads, and those it stores, as far as its text says."""
    now, later, stored = names_of(code)
    return now | later, stored


def names_of(code: str) -> tuple[set[str], set[str], set[str]]:
    """Return the global names that a cell loads, those its functions load, and those it stores."""
    try:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        compiled = compile(code, "<cell>", "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return set(), set(), set()
    now: set[str] = set()
    later: set[str] = set()
    stored = {name for names in _ASSIGNED_BY_MAGIC.findall(code) for name in names if name}
    for block in _blocks(compiled):
        loaded = now if block is compiled else later
        for instruction in dis.get_instructions(block):
            if instruction.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                loaded.add(str(instruction.argval))
            elif instruction.opname in ("STORE_NAME", "STORE_GLOBAL"):
                stored.add(str(instruction.argval))
    return now, later, stored


def _blocks(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _blocks(constant)
