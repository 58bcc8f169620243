"""How a result looks: the first rows, the true count, and the commits it was answered at."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Shown", "as_html", "as_text"]

SHOWN_TEXT = 80

_SMALL = "font-size:0.85em;color:var(--jp-ui-font-color2,#666)"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT")
_MORE_NUMBERS = ("UINTEGER", "UBIGINT", "UHUGEINT", "DOUBLE", "FLOAT", "DECIMAL", "BIGNUM")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a display shows of a result; values are DuckDB's texts, None for NULL."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    count: int
    answered_at: str
    notes: Sequence[str]

    @property
    def summary(self) -> str:
        """Return ``5,000 rows x 3 columns, 20 shown · answered at sales@3f9c2a41``."""
        rows, columns = self.count, len(self.columns)
        shown = f", {len(self.rows)} shown" if rows > len(self.rows) else ""
        counts = f"{rows:,} row{'s' * (rows != 1)} x {columns} column{'s' * (columns != 1)}{shown}"
        parts = (counts if self.columns else "Done", self.answered_at)
        return " · ".join(part for part in parts if part)


def as_text(shown: Shown) -> str:
    """Return a result as a terminal shows it."""
    lines = [_table(shown)] if shown.columns else []
    return "\n".join([*lines, shown.summary, *shown.notes])


def as_html(shown: Shown) -> str:
    """Return a result as a notebook shows it."""
    notes = "".join(
        f'<div style="{_SMALL}">{html.escape(note)}</div>' for note in [shown.summary, *shown.notes]
    )
    if not shown.columns:
        return notes
    sides = ["right" if _is_number(kind) else "left" for kind in shown.types]
    head = "".join(
        f'<th title="{html.escape(kind)}" style="text-align:{side}">{html.escape(name)}</th>'
        for name, kind, side in zip(shown.columns, shown.types, sides, strict=True)
    )
    body = "".join(f"<tr>{_html_row(row, sides)}</tr>" for row in shown.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _html_row(row: Sequence[str | None], sides: Sequence[str]) -> str:
    return "".join(
        f'<td style="text-align:{side}">{html.escape(_cell(value))}</td>'
        for value, side in zip(row, sides, strict=True)
    )


def _is_number(kind: str) -> bool:
    return kind.partition("(")[0] in (*_NUMBERS, *_MORE_NUMBERS)


def _cell(value: str | None) -> str:
    text = "" if value is None else value
    text = " ".join(text.splitlines()) if "\n" in text else text
    return text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 1] + "…"


def _table(shown: Shown) -> str:
    cells = [list(shown.columns), *([_cell(value) for value in row] for row in shown.rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(shown.columns))]
    numbers = [_is_number(kind) for kind in shown.types]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
