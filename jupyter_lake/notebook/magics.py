"""``%lake`` and ``%%lake``: they parse, the verbs do."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from jupyter_lake.errors import LakeError
from jupyter_lake.notebook.expansion import expanded
from jupyter_lake.verbs import (
    HelpAsked,
    Text,
    UsageError,
    Verb,
    Workspace,
    parse_line,
    run,
)
from jupyter_lake.verbs.assigning import assigned

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["LakeMagics"]

_ASSIGNMENT = re.compile(r"\s*([^\W\d]\w*)\s*<<\s*(.*)", re.DOTALL)


@magics_class
class LakeMagics(Magics):
    """The magics of one session, over its workspace."""

    def __init__(self, shell: InteractiveShell, workspace: Workspace) -> None:
        super().__init__(shell)
        self.workspace = workspace
        self._variables = shell.user_ns

    @no_var_expand
    @line_cell_magic
    def lake(self, line: str, cell: str | None = None) -> object:
        """Work with the lake: %lake VERB ...; %lake -h lists the verbs."""
        try:
            verb, options = parse_line(expanded(line, self._variables), prefix="%lake")
            if cell is not None or verb.raw:
                return self._sql(verb, options, cell)
            return run(verb, self.workspace, options)
        except HelpAsked as asked:
            return Text(asked.page)
        except LakeError as error:
            # Two lines are all that is shown; the frames behind them would only keep
            # query results alive for as long as the session lasts.
            error.__cause__ = error.__context__ = None
            raise error.with_traceback(None)  # noqa: B904  the error itself goes on

    def _sql(self, verb: Verb, options: argparse.Namespace, cell: str | None) -> object:
        """Run the statement of a line or a cell; ``NAME <<`` puts the result into a variable."""
        if not verb.raw:
            raise UsageError(
                f"{verb.name!r} takes no cell, only a line.",
                hint=f"Write it with one %: %lake {verb.name} ...",
            )
        name, statement = _assignment(getattr(options, verb.raw), cell)
        setattr(options, verb.raw, statement)
        result = run(verb, self.workspace, options)
        if name is None:
            return result
        self._variables[name] = result
        return assigned(name, result)


def _assignment(line: str, cell: str | None) -> tuple[str | None, str]:
    """Take ``NAME <<`` off a statement; a cell's statement may start in the line."""
    match = _ASSIGNMENT.fullmatch(line)
    name, rest = (match.group(1), match.group(2)) if match else (None, line)
    return name, f"{rest}\n{cell}" if cell is not None else rest
