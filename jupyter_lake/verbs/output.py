"""What a verb answers: an object that reads well as text, as HTML and as JSON.

A verb says *what* is shown as a few blocks; how blocks look is told once for
text (`text.py`) and once for HTML (`html.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_lake.verbs.cells import Cell

__all__ = ["Block", "Code", "Facts", "Line", "Note", "Output", "Table", "Text"]

Content = Cell | str


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of one line, such as a title with what belongs to it."""

    parts: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark under what was shown: what to do next, what to look out for."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers. Columns of numbers stand to the right."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one a line."""

    pairs: tuple[tuple[str, Content], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of source, folded away under a summary in HTML when it has one."""

    source: str
    summary: str = ""


Block = Line | Note | Table | Facts | Code


class Output:
    """The answer of a verb.

    A subclass is a frozen dataclass of plain facts. It says how they are laid
    out (`blocks`) and what they are for a program (`to_dict`).
    """

    __slots__ = ()

    exit_status: int = 0
    """What a terminal's command ends with: not 0 where the answer is bad news."""

    def blocks(self) -> Sequence[Block]:
        """Return what is shown, from the top."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, object]:
        """Return the answer as JSON holds it."""
        raise NotImplementedError

    def __repr__(self) -> str:
        from jupyter_lake.verbs.text import as_text

        return as_text(self.blocks())

    def _repr_html_(self) -> str:
        from jupyter_lake.verbs.html import as_html

        return as_html(self.blocks())


@dataclass(frozen=True, slots=True, repr=False)
class Text(Output):
    """An answer that is text as it stands: a help page, a CSV."""

    text: str

    def blocks(self) -> Sequence[Block]:
        """Return the text as one block."""
        return (Code(self.text),)

    def to_dict(self) -> dict[str, object]:
        """Return the text under ``text``."""
        return {"text": self.text}

    def __repr__(self) -> str:
        return self.text
