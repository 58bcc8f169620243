"""Which cell of which notebook is running, in whose session."""

from __future__ import annotations

import dis
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_lake import identity
from jupyter_lake.lineage import places
from jupyter_lake.lineage.active import Place

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

__all__ = ["Whereabouts"]

LOOK_SECONDS = 1.0
"""How often cells are looked for in files, at most: a disk may be slow, and cells many."""


def _counts_on_early(shell_class: type[InteractiveShell]) -> bool:
    """Say whether this IPython counts on before it tells that a cell begins; older ones do after.

    It is read off the code: `run_cell_async` sets a result's count, then, perhaps, its own.
    """
    stores = 0
    for instruction in dis.get_instructions(shell_class.run_cell_async):
        if instruction.opname == "STORE_ATTR" and instruction.argval == "execution_count":
            stores += 1
        elif instruction.argval == "pre_run_cell":
            break
    return stores > 1


class Whereabouts:
    """Knows a session's notebook, and finds each cell's id and execution count.

    Parameters
    ----------
    shell
        The session.
    user
        Who runs the cells; the current user if None.
    notebook
        The notebook's path; found out if None.
    """

    def __init__(self, shell: InteractiveShell, *, user: str | None, notebook: str | None) -> None:
        self._shell = shell
        self._user = user
        self._notebook = notebook
        self._session = uuid4().hex
        self._offset: int | None = None
        self._homes: dict[str, tuple[str, bool]] = {}
        self._looked = self._searched = -LOOK_SECONDS
        self._found_by_source = False
        self._position = -1

    @property
    def notebook(self) -> str:
        """The path of this session's notebook, or an empty text."""
        if self._notebook is None:
            kernel = hasattr(self._shell, "kernel")
            told = places.notebook_path(self._shell.user_ns, kernel=kernel)
            if not kernel:
                return told or ""  # a script ends, and its session may go on
            self._notebook = told
        return self._notebook or ""

    @property
    def user(self) -> str:
        """Who runs the cells."""
        return self._user or identity.current_user()

    def place(self, notebook: str | None = None) -> Place:
        """Return what all runs of a notebook have in common, by default of this session's."""
        where = self.notebook if notebook is None else notebook
        return Place(where, self.user, self._session, identity.host())

    def find(self, info: ExecutionInfo) -> tuple[Place, str | None]:
        """Return where the cell stands that is about to run, and its id.

        Where nobody sends it, it is looked up in the notebook's file by the source.
        """
        sent = getattr(info, "cell_id", None)
        source = info.raw_cell or ""
        if not isinstance(sent, str) or not sent:
            cell_id = self._looked_up(source)
        elif (in_vs_code := places.vs_code_cell(sent)) is not None:
            cell_id = self._looked_up(source) or in_vs_code or None
        else:
            return self.place(self._home(sent)), sent
        return self.place(), cell_id

    def _home(self, cell_id: str) -> str:
        """Return the notebook that a cell lies in: looked for once, and anew when it is gone."""
        now = time.monotonic()
        home, was_there = self._homes.get(cell_id, ("", False))
        if home:
            if not was_there or now - self._looked < LOOK_SECONDS:
                return home
            self._looked = now
            if os.path.exists(home):
                return home
        elif now - self._searched < LOOK_SECONDS or not self.notebook.endswith(".ipynb"):
            return self.notebook
        self._searched = now
        home = places.home_of_cell(self.notebook, cell_id)
        self._homes[cell_id] = home, os.path.exists(home)
        if home != self.notebook and not os.path.exists(self.notebook):
            self._notebook = home  # it was renamed
        return home

    def _looked_up(self, source: str) -> str | None:
        if not self.notebook:
            self._notebook = places.notebook_by_source(Path.cwd(), source)
            self._found_by_source = bool(self._notebook)
        if not self.notebook.endswith(".ipynb"):
            return None
        cells = places.cells_with(self.notebook, source)
        if self._found_by_source:  # nobody is at the keyboard: cells run from top to bottom
            cells = tuple(cell for cell in cells if cell[0] > self._position)[:1] or cells
        if len(cells) != 1:
            return None
        self._position, cell_id = cells[0]
        return cell_id

    def execution_count(self, info: ExecutionInfo) -> int | None:
        """Return the count that will stand in the margin; None for a cell that has none."""
        if not info.store_history:
            return None
        if self._offset is None:
            self._offset = int(_counts_on_early(type(self._shell)))
        return int(self._shell.execution_count) - self._offset

    def counted(self, expected: int | None, actual: int | None) -> int | None:
        """Return the count that a cell really had, and remember if it was not the expected one."""
        if expected is None or actual is None:
            return expected
        self._offset = (self._offset or 0) + expected - actual
        return actual
