"""Completion of ``%lake`` and ``%%lake`` with Tab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from IPython.core.completer import SimpleCompletion, context_matcher

from jupyter_lake.verbs.completing import Candidate, Candidates

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleMatcherResult
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_lake.verbs import Workspace

__all__ = ["Completion"]

_LINE = re.compile(r"\s*(?:[^\W\d]\w*\s*=\s*)?%{1,2}lake\s(.*)")
_CELL = re.compile(r"\s*%%lake\s+sql\b")


class Completion:
    """A matcher for IPython's completer that knows the lake's words."""

    def __init__(self, workspace: Workspace) -> None:
        self._candidates = Candidates(workspace)

        @context_matcher(identifier="jupyter_lake")  # type: ignore[untyped-decorator]
        def match(context: CompletionContext) -> SimpleMatcherResult:
            return self.match(context)

        self._matcher = match

    def register(self, shell: InteractiveShell) -> None:
        """Ask this matcher from now on."""
        shell.Completer.custom_matchers.append(self._matcher)

    def unregister(self, shell: InteractiveShell) -> None:
        """Ask it no longer."""
        if self._matcher in shell.Completer.custom_matchers:
            shell.Completer.custom_matchers.remove(self._matcher)

    def match(self, context: CompletionContext) -> SimpleMatcherResult:
        """Return what could stand at the cursor; nothing outside of the lake's magics."""
        before = context.text_until_cursor
        if match := _LINE.fullmatch(before):
            fragment, found = self._candidates.in_line(match.group(1))
        elif context.cursor_line and _CELL.match(context.full_text):
            fragment, found = self._in_cell(context)
        else:
            return {"completions": [], "suppress": False}
        return {
            "completions": [SimpleCompletion(text=item.text, type=item.kind) for item in found],
            "matched_fragment": fragment,
            "ordered": True,
            "suppress": bool(found),
        }

    def _in_cell(self, context: CompletionContext) -> tuple[str, list[Candidate]]:
        """Complete the statement that the cell holds below its first line."""
        lines = context.full_text.split("\n")
        row, column = context.cursor_line, context.cursor_position
        before = "\n".join([*lines[1:row], lines[row][:column]])
        after = "\n".join([lines[row][column:], *lines[row + 1 :]])
        return self._candidates.in_statement(before, after=after)
