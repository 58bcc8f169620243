"""What differs between two commits: files, and rows and columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, count, number, size
from jupyter_lake.verbs.output import Block, Line, Note, Table

if TYPE_CHECKING:
    from jupyter_lake.store import Change, Diff, Entry

__all__ = ["REPORTED", "FileChange", "change_blocks", "counts_cell", "file_changes"]

_SIGNS = {"added": "+", "removed": "−", "changed": "~"}
SHOWN = 200
REPORTED = 10  # of what a verb has just done, and nobody asked to see


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path that differs; `rows` and `bytes` are after minus before."""

    path: str
    kind: str
    size: int | None
    bytes: int
    rows: int | None

    def to_dict(self) -> dict[str, object]:
        """Return the change as JSON holds it."""
        return {
            "path": self.path,
            "kind": self.kind,
            "size": self.size,
            "bytes": self.bytes,
            "rows": self.rows,
        }

    def row(self) -> tuple[Cell | str, ...]:
        """Return the change as a row of a table."""
        sign = f"{_SIGNS[self.kind]} {self.kind}"
        rows = "" if self.rows is None else f"{self.rows:+,}" if self.rows else "0"
        style = self.kind if self.kind in ("added", "removed", "changed") else ""
        return (
            Cell(sign, style=style),  # type: ignore[arg-type]
            Cell(self.path, style="strong"),
            Cell(rows, style="number"),
            size(self.size) if self.size is not None else Cell("", style="number"),
        )


def counts_cell(counts: Mapping[str, int]) -> Cell:
    """Show how many files were added, changed and removed: ``+2 ~1``."""
    told = {kind: counts.get(kind, 0) for kind in ("added", "changed", "removed")}
    text = " ".join(f"{_SIGNS[kind]}{number:,}" for kind, number in told.items() if number)
    tip = ", ".join(f"{number:,} {kind}" for kind, number in told.items() if number)
    return Cell(text, tip=tip, style="muted")


def file_changes(diff: Diff) -> tuple[FileChange, ...]:
    """Take from a diff what is shown of it, by path."""
    return tuple(_file_change(change) for change in diff)


def _file_change(change: Change) -> FileChange:
    old, new = change.old, change.new
    return FileChange(
        change.path,
        change.kind,
        new.size if new else None,
        (new.size if new else 0) - (old.size if old else 0),
        _rows_between(old, new),
    )


def _rows_between(old: Entry | None, new: Entry | None) -> int | None:
    before = old.rows if old else 0
    after = new.rows if new else 0
    return None if before is None or after is None else after - before


def change_blocks(changes: Sequence[FileChange], *, most: int = SHOWN) -> list[Block]:
    """Return a count by kind, then a table of the first changes."""
    if not changes:
        return [Line(("No file differs.",))]
    kinds = [
        f"{number(sum(change.kind == kind for change in changes)).text} {kind}"
        for kind in ("added", "changed", "removed")
        if any(change.kind == kind for change in changes)
    ]
    table = Table(("", "path", "rows", "size"), tuple(change.row() for change in changes[:most]))
    hidden = len(changes) - most
    rest = [Note(f"... and {hidden:,} more.")] if hidden > 0 else []
    return [
        Line((Cell(f"{count(changes, 'file')}: {', '.join(kinds)}", style="muted"),)),
        table,
        *rest,
    ]
