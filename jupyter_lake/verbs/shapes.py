"""A table's shape, its rows and columns, at a commit, and how two shapes differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.errors import LakeError
from jupyter_lake.verbs.cells import Cell, quantity

if TYPE_CHECKING:
    from jupyter_lake.query import Session
    from jupyter_lake.store import Commit

__all__ = ["ColumnChange", "Shape", "column_changes", "rows_told", "schema_told", "shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many rows a table has, and its columns with their types, in order."""

    rows: int
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that is new, gone (`new` is None), or of another type."""

    name: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"+ {self.name} {self.new}"
        if self.new is None:
            return f"− {self.name} {self.old}"
        return f"~ {self.name} {self.old} → {self.new}"

    def to_dict(self) -> dict[str, str | None]:
        """Return the change as JSON holds it."""
        return {"column": self.name, "old": self.old, "new": self.new}


def shape(session: Session, commit: Commit, path: str) -> Shape | None:
    """Return the shape of the table at a path, or None where there is none that can be read.

    Looking is not reading: lineage does not hear of it.
    """
    from jupyter_lake.query import quoted_name

    name = quoted_name(commit.repo.name, commit.id, path)
    with access.quiet():
        try:
            described = session.sql(f"DESCRIBE FROM {name}").fetchall()
            rows = session.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        except LakeError:
            return None
    return Shape(int(rows), tuple((str(row[0]), str(row[1])) for row in described))


def column_changes(old: Shape, new: Shape) -> tuple[ColumnChange, ...]:
    """Return the columns that differ: gone, new, then retyped."""
    before, after = dict(old.columns), dict(new.columns)
    gone = [ColumnChange(name, kind, None) for name, kind in before.items() if name not in after]
    made = [ColumnChange(name, None, kind) for name, kind in after.items() if name not in before]
    retyped = [
        ColumnChange(name, kind, after[name])
        for name, kind in before.items()
        if name in after and after[name] != kind
    ]
    return (*gone, *made, *retyped)


def rows_told(old: Shape | None, new: Shape) -> str:
    """Say how many rows there are, and how many there were."""
    if old is None:
        return f"{new.rows:,}"
    if new.rows == old.rows:
        return f"{new.rows:,}, as many as before"
    return f"{new.rows:,}, {new.rows - old.rows:+,} (before: {old.rows:,})"


def schema_told(old: Shape | None, new: Shape) -> Cell:
    """Say how the columns differ; all of them are in the tooltip."""
    every = "\n".join(f"{name} {kind}" for name, kind in new.columns)
    if old is None:
        return Cell(quantity(len(new.columns), "column"), tip=every)
    changes = column_changes(old, new)
    if not changes:
        return Cell(f"unchanged, {quantity(len(new.columns), 'column')}", tip=every)
    return Cell(", ".join(map(str, changes)), tip=every, style="changed")
