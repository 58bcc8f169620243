"""A preview of a file or table as HTML, for the explorer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import LakeError
from jupyter_lake.verbs.cells import Cell, quantity, size
from jupyter_lake.verbs.html import as_html, page
from jupyter_lake.verbs.output import Block, Code, Line, Table

if TYPE_CHECKING:
    from jupyter_lake.store import Commit

__all__ = ["preview_html"]

ROWS = 20


def preview_html(commit: Commit, path: str) -> str:
    """Return what lies at a path for a person to see; the commit itself for no path."""
    if not path:
        return _commit(commit)
    from jupyter_lake.query import preview

    try:
        shown = preview(commit, path, limit=ROWS, seconds=3.0).to_dict()
    except LakeError as error:
        return as_html([Line((Cell(line, style="muted"),)) for line in error.lines()])
    kind = shown["kind"]
    if kind == "table":
        return as_html(_table(shown))
    if kind == "image" and shown.get("data"):
        source = f"data:{shown['mime']};base64,{shown['data']}"
        return page(f'<img alt="{escape(path)}" src="{escape(source)}" style="max-width:100%">')
    return as_html([Line((_size(shown),)), Code(_text(shown))])


def _commit(commit: Commit) -> str:
    from jupyter_lake.verbs.shown import shown_commit

    return shown_commit(commit)._repr_html_()


def _table(shown: dict[str, Any]) -> list[Block]:
    columns, rows, total = shown["columns"], shown["rows"], shown["total_rows"]
    of = "" if total is None else f" of {quantity(total, 'row')}"
    title = Line((f"First {len(rows):,}{of}, {quantity(len(columns), 'column')}", _size(shown)))
    headers = tuple(column["name"] for column in columns)
    types = tuple(Cell(column["type"].lower(), style="muted") for column in columns)
    cells = tuple(tuple(_cell(value) for value in row) for row in rows)
    return [title, Table(headers, (types, *cells))]


def _cell(value: object) -> Cell:
    if value is None:
        return Cell("null", style="muted")
    text = str(value)
    return Cell(text if len(text) <= 80 else f"{text[:79]}…", tip=text if len(text) > 80 else "")


def _size(shown: dict[str, Any]) -> Cell:
    return Cell(size(shown["bytes"]).text, style="muted")


def _text(shown: dict[str, Any]) -> str:
    if shown["kind"] == "notebook":
        return "\n\n".join(str(cell["source"]) for cell in shown["cells"])
    return str(shown.get("text") or shown.get("hex") or "")[:20_000]
