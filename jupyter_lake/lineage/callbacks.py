"""Whose code runs when its cell is over: tasks, timers, callbacks of widgets.

What a cell schedules runs in a copy of the context that the cell ran in, where it left its mark.
IPython compiles each cell under a file name of its own, which the code that the cell left keeps: a
look at who is calling names the cell.
"""

from __future__ import annotations

import contextvars
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_lake.lineage.active import ActiveRun

__all__ = ["Callbacks"]

MOST_CELLS = 1_000
DEEPEST = 100


class Callbacks:
    """Knows the runs whose code may still be called.

    Parameters
    ----------
    shell
        The session that runs the cells.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._runs: dict[str, ActiveRun] = {}
        self._mark: contextvars.ContextVar[ActiveRun | None] = contextvars.ContextVar(
            "jupyter_lake_run", default=None
        )
        self.late: dict[str, ActiveRun] = {}

    def enter(self, run: ActiveRun, raw: str) -> None:
        """Mark what a cell will start, and remember under which names IPython may compile it."""
        self._mark.set(run)
        count = self._shell.execution_count  # counted up before or after, by version
        for number in (count - 1, count):
            name = self._shell.compile.get_code_name(raw, run.code, number)
            self._runs.pop(name, None)
            self._runs[name] = run
        while len(self._runs) > 2 * MOST_CELLS:
            del self._runs[next(iter(self._runs))]

    def leave(self) -> None:
        """Mark no more: the cell is over."""
        self._mark.set(None)

    def started(self) -> ActiveRun | None:
        """Return the run whose cell, or what that has started, is running now; None if unknown."""
        return self._mark.get()

    def running(self) -> ActiveRun | None:
        """Return the run whose cell the code comes from that is running now, None if no cell's."""
        frame = sys._getframe(1)
        for _ in range(DEEPEST):
            run = self._runs.get(frame.f_code.co_filename)
            if run is not None:
                return run
            if frame.f_back is None:
                return None
            frame = frame.f_back
        return None
