"""What a session knows of its variables: where they come from, for who asks and for commits."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jupyter_lake.errors import VariableNotFoundError, closest

if TYPE_CHECKING:
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_lake.lineage.active import ActiveRun
    from jupyter_lake.lineage.delivery import Delivery
    from jupyter_lake.lineage.provenance import Session
    from jupyter_lake.lineage.runs import Input, Run
    from jupyter_lake.lineage.whereabouts import Whereabouts

__all__ = ["Answers"]

log = logging.getLogger(__name__)


class Answers:
    """The part of a recorder that is asked.

    Attributes
    ----------
    shell
        The session.
    session
        Its runs, and the data flow between them.
    delivery
        The lakes that they go to.
    where
        Its notebook and user.
    paused
        True while nothing is recorded.
    """

    shell: InteractiveShell
    session: Session
    delivery: Delivery
    where: Whereabouts
    paused: bool

    def current(self) -> ActiveRun | None:
        """Return the run of the cell that is running now."""
        raise NotImplementedError

    @property
    def current_run(self) -> Run | None:
        """The run of the cell that is running now, as far as it has come."""
        active = self.current()
        return active.snapshot(self.lake_url) if active else None

    @property
    def notebook(self) -> str:
        """The path of this session's notebook, as far as it is known."""
        return self.where.notebook

    @property
    def lake_url(self) -> str:
        """The lake that is open, or an empty text."""
        return self.delivery.lake_url

    @property
    def problem(self) -> str:
        """Why runs wait to be uploaded, or an empty text."""
        return self.delivery.problem

    def spools(self) -> list[Path]:
        """Return the files in which this session's runs wait."""
        return self.delivery.spools()

    def waiting(self, lake_url: str) -> list[Run]:
        """Return the runs that a lake may not have yet, the running one included."""
        runs = self.delivery.waiting(lake_url)
        active = self.current()
        if active is not None and not self.paused:
            runs.append(self.session.snapshot(active, lake_url))
        return runs

    def inputs_of(self, variable: str) -> tuple[Input, ...]:
        """Return what a variable was made from, walking upstream from it.

        Raises
        ------
        VariableNotFoundError
        """
        self.check_variable(variable)
        return self.session.inputs(self.session.origins(variable, self.current()), self.lake_url)

    def runs_of(self, variable: str) -> tuple[tuple[str, str], ...]:
        """Return the runs that made a variable what it is, each with its certainty.

        Raises
        ------
        VariableNotFoundError
        """
        self.check_variable(variable)
        return tuple(self.session.origins(variable, self.current()).items())

    def check_variable(self, variable: str) -> None:
        """Raise `VariableNotFoundError` if the notebook has no such variable."""
        if variable not in self.shell.user_ns:
            names = [name for name in self.shell.user_ns if not name.startswith("_")]
            near = closest(variable, names)
            raise VariableNotFoundError(
                f"The notebook has no variable {variable!r}.",
                hint=f"Did you mean {' or '.join(near)}?" if near else "Run its cell first.",
            )

    def provenance_of(self, variable: str) -> dict[str, object]:
        """Return the provenance of a commit that publishes a variable.

        Raises
        ------
        VariableNotFoundError
        """
        self.check_variable(variable)
        return self._provenance(variable)

    def provenance(self) -> dict[str, object] | None:
        """Return the provenance of a commit made now; None outside a recorded cell."""
        try:
            if self.paused or self.current() is None:
                return None
            return self._provenance(None)
        except Exception:
            log.debug("no provenance", exc_info=True)
            return None

    def _provenance(self, variable: str | None) -> dict[str, object]:
        active = self.current()
        inputs = self.session.inputs(
            self.session.origins(variable, active), self.lake_url, active=active
        )
        found: dict[str, object] = {
            "run": active.run_id if active and not self.paused else None,
            "notebook": active.place.notebook if active else self.where.notebook,
            "cell": active.cell_id if active else None,
            "execution_count": active.execution_count if active else None,
            "inputs": [each.to_dict() for each in inputs],
            "user": self.where.user,
        }
        return found if variable is None else found | {"variable": variable}
