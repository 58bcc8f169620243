"""What is shown when a result goes into a variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, quantity
from jupyter_lake.verbs.output import Block, Line, Output

if TYPE_CHECKING:
    from jupyter_lake.verbs.registry import Shown

__all__ = ["Assigned", "assigned"]


@dataclass(frozen=True, slots=True, repr=False)
class Assigned(Output):
    """A variable that now holds a query's result."""

    variable: str
    rows: int
    columns: int
    commits: tuple[str, ...]

    def blocks(self) -> Sequence[Block]:
        """Return one line: the variable, its size, the commits that answered."""
        size = f"{quantity(self.rows, 'row')} × {quantity(self.columns, 'column')}"
        at = f"answered at {', '.join(self.commits)}" if self.commits else ""
        return [Line((Cell(self.variable, style="strong"), size, Cell(at, style="muted")))]

    def to_dict(self) -> dict[str, object]:
        """Return the variable's name, size and commits."""
        return {
            "variable": self.variable,
            "rows": self.rows,
            "columns": self.columns,
            "commits": list(self.commits),
        }


def assigned(name: str, result: Shown) -> Assigned | None:
    """Tell of a result that went into a variable; nothing of one that has no rows."""
    commits = getattr(result, "commits", None)
    if commits is None or not hasattr(result, "columns"):
        return None
    shown = tuple(f"{repo}@{commit[:8]}" for repo, commit in commits.items())
    return Assigned(name, len(result), len(result.columns), shown)  # type: ignore[arg-type]
