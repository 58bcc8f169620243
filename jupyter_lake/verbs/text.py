"""Blocks as plain text, for terminals and for whoever has no HTML."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from jupyter_lake.verbs.cells import Cell
from jupyter_lake.verbs.output import Block, Code, Content, Facts, Line, Note, Table

__all__ = ["as_text", "printable", "width"]

_GAP = "  "
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # categories that move the cursor or break a line
_TURNS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")  # reorder what follows


def as_text(blocks: Sequence[Block]) -> str:
    """Lay blocks out in a fixed-width font; a blank line goes before a note after a table."""
    return "\n".join(line.rstrip() for block in blocks for line in _lines(block))


def _lines(block: Block) -> list[str]:
    match block:
        case Line(parts):
            return [" ".join(text for part in parts if (text := _text(part)))]
        case Note(text):
            return [text]
        case Code(source):
            return source.splitlines()
        case Facts(pairs):
            return _columns([(name, value) for name, value in pairs], numeric=set())
        case Table():
            return _table(block)


def _table(table: Table) -> list[str]:
    """Lay out the rows under their headers, numbers to the right."""
    caption = [table.caption] if table.caption else []
    if not table.rows:
        return caption
    numeric = {
        index
        for index, cell in enumerate(table.rows[0])
        if isinstance(cell, Cell) and cell.style == "number"
    }
    named = any(table.headers)
    return caption + _columns([table.headers, *table.rows] if named else table.rows, numeric)


def _columns(rows: Sequence[tuple[Content, ...]], numeric: set[int]) -> list[str]:
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    return [
        _GAP.join(
            _padded(text, widths[index], right=index in numeric) for index, text in enumerate(row)
        )
        for row in texts
    ]


def _padded(text: str, to: int, *, right: bool) -> str:
    space = " " * (to - width(text))
    return space + text if right else text + space


def _text(content: Content) -> str:
    return printable(content.text if isinstance(content, Cell) else content)


def printable(text: str) -> str:
    """Keep a text to one line and harmless in a terminal: control characters become '�'."""
    text = text.split("\n", 1)[0] if "\n" in text else text
    if text.isprintable():
        return text
    return "".join(
        char if unicodedata.category(char) not in _UNSAFE and char not in _TURNS else "\ufffd"
        for char in text
    )


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
