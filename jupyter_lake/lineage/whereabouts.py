"""Which cell of which notebook is running, in whose session."""

from __future__ import annotations

import dis
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_lake import identity
from jupyter_lake.lineage import places
from jupyter_lake.lineage.active import Place

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

__all__ = ["Whereabouts"]


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

    @property
    def notebook(self) -> str:
        """The path of this session's notebook, or an empty text."""
        if self._notebook is None:
            kernel = hasattr(self._shell, "kernel")
            self._notebook = places.notebook_path(self._shell.user_ns, kernel=kernel)
        return self._notebook or ""

    @property
    def user(self) -> str:
        """Who runs the cells."""
        return self._user or identity.current_user()

    def place(self) -> Place:
        """Return what all runs of now have in common."""
        return Place(self.notebook, self.user, self._session, identity.host())

    def cell_id(self, info: ExecutionInfo) -> str | None:
        """Return the id of the cell that is about to run; this may find the notebook, too.

        Where nobody sends it, it is looked up in the notebook's file by the source.
        """
        if cell_id := places.clean_cell_id(getattr(info, "cell_id", None)):
            return cell_id
        source = info.raw_cell or ""
        if not self.notebook:
            if found := places.notebook_by_source(Path.cwd(), source):
                self._notebook = found[0]
                return found[1]
            return None
        if self.notebook.endswith(".ipynb"):
            return places.cell_in(self.notebook, source)[1]
        return None

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
