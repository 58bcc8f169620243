"""What texts an expression may stand for, as far as constants and live strings tell."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = [
    "HOLE",
    "Texts",
    "arguments_of",
    "called_name",
    "file_names",
    "last_part",
    "receiver_of",
]

HOLE = "\0"
"""Stands for an unknown part of a text."""

_FILE_NAME = re.compile(r"[^\s.][^.\s]*(?:\.\w{1,8})+")


class Texts:
    """The part of the reader that knows strings.

    Parameters
    ----------
    peek
        Looks at live objects without running anything of theirs.
    """

    LONGEST = 100_000
    MOST_TEXTS = 50

    def __init__(self, peek: Peek) -> None:
        self.peek = peek
        self.reading = Reading()
        self.assigned: dict[str, ast.expr | None] = {}

    def peek_name(self, name: str) -> object:
        """Return the live object of a name that this cell has not touched yet, or MISSING."""
        raise NotImplementedError

    def texts(self, node: ast.AST | None, depth: int = 6) -> list[str]:
        """Return what texts an expression may stand for; a NUL stands for an unknown part."""
        if node is None or not depth:
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            return ["".join(self._piece(part) for part in node.values)]
        if isinstance(node, ast.Name):
            return self._text_of_name(node.id, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self.texts(node.left, depth - 1) or [HOLE]
            right = self.texts(node.right, depth - 1) or [HOLE]
            return [left[0] + right[0]]
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return self._text_of_item(node, depth)
        found: list[str] = []
        for child in ast.iter_child_nodes(node):
            found += self.texts(child, depth - 1)
        return found[: self.MOST_TEXTS]

    def _piece(self, part: ast.expr) -> str:
        if isinstance(part, ast.FormattedValue):
            texts = self.texts(part.value, 2) if isinstance(part.value, ast.Name) else []
            return texts[0] if texts else HOLE
        return str(part.value) if isinstance(part, ast.Constant) else HOLE

    def _text_of_name(self, name: str, depth: int) -> list[str]:
        assigned = self.assigned.get(name)
        if assigned is not None:
            return self.texts(assigned, depth - 1)
        return [] if name in self.reading.stores else self.peek.text(name)

    def _text_of_item(self, node: ast.Subscript, depth: int) -> list[str]:
        inputs = isinstance(node.value, ast.Name) and node.value.id in ("In", "_ih")
        index = self.constant(node.slice)
        if inputs and isinstance(index, int) and isinstance(node.value, ast.Name):
            history = self.peek.value(node.value.id)
            if isinstance(history, list) and -len(history) <= index < len(history):
                return [self.peek.transform(str(history[index]))]
        return self.texts(node.value, depth - 1)

    def constant(self, node: ast.expr) -> object:
        """Return the value of a constant, or the live value of an untouched name."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.peek_name(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.constant(node.operand)
            return -value if type(value) is int else None
        return None


def file_names(texts: Iterable[str]) -> set[str]:
    """Return the last parts of those texts that may be paths of files."""
    likely = (text for text in texts if 2 < len(text) < 1000 and "\n" not in text)
    return {name for text in likely if _FILE_NAME.fullmatch(name := last_part(text))}


def last_part(path: str) -> str:
    """Return the last part of a path."""
    return re.split(r"[/\\]", path)[-1]


def called_name(node: ast.Call) -> str:
    """Return the last name of what a call calls, or an empty string."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def arguments_of(node: ast.Call) -> list[ast.expr]:
    """Return what a call hands over, by position and by name."""
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def receiver_of(node: ast.Call) -> list[ast.expr]:
    """Return what a call's method belongs to, if it calls one."""
    return [node.func.value] if isinstance(node.func, ast.Attribute) else []
