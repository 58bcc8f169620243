"""What is shown when a result goes into a variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_lake.verbs.cells import Cell, quantity
from jupyter_lake.verbs.output import Block, Line, Output

__all__ = ["Assigned", "assigned"]


@dataclass(frozen=True, slots=True, repr=False)
class Assigned(Output):
    """A variable that now holds a query's result."""

    variable: str
    rows: int
    columns: int
    answered_at: str
    commits: Mapping[str, str]

    def blocks(self) -> Sequence[Block]:
        """Return one line: the variable, its size, the commits that answered."""
        size = f"{quantity(self.rows, 'row')} × {quantity(self.columns, 'column')}"
        at = Cell(f"· {self.answered_at}" if self.answered_at else "", style="muted")
        return [Line((Cell(self.variable, style="strong"), size, at))]

    def to_dict(self) -> dict[str, object]:
        """Return the variable's name, size and commits."""
        return {
            "variable": self.variable,
            "rows": self.rows,
            "columns": self.columns,
            "commits": dict(self.commits),
        }


def assigned(name: str, result: object) -> Assigned | None:
    """Tell of a result that went into a variable; nothing of one that has no rows."""
    from jupyter_lake.query import Result

    if not isinstance(result, Result) or result.relation is None:
        return None
    rows, columns = result.shape
    return Assigned(name, rows, columns, result.answered_at, result.commits)
