"""Which of the objects that a cell could reach it has changed."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.escape import may_write
from jupyter_lake.lineage.dataflow.looks import TAKES_FULL, look_for
from jupyter_lake.lineage.dataflow.shapes import Shape
from jupyter_lake.lineage.dataflow.texts import file_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.model import Certainty
    from jupyter_lake.lineage.dataflow.walk import Node

__all__ = ["Change", "Comparison"]


@dataclass(frozen=True, slots=True)
class Change:
    """An object that the cell changed, or possibly did; its shape is the new one."""

    value: object
    shape: Shape
    certainty: Certainty


class Comparison:
    """The objects that one cell can reach, before and after it ran."""

    def __init__(self, closure: Closure) -> None:
        self.closure = closure
        self._full: set[int] = set()
        self._writable: dict[str, bool] = {}
        self._look_fully()

    def _look_fully(self) -> None:
        """Look again, at all of it, at what the cell may write to and was seen in part."""
        for identity, value in self.closure.partial.items():
            node = self.closure.nodes[identity]
            if node.look in TAKES_FULL and self._may_write(node):
                self._full.add(identity)
                node.shape = self._look(node, value)

    def _look(self, node: Node, value: object) -> Shape:
        look: Callable[..., Shape] = node.look
        if id(value) in self._full:
            look = functools.partial(look, full=True)
        return look(value)

    def _may_write(self, node: Node) -> bool:
        links = self.closure.links
        names = {link for name in node.variables for link in (name, *links.get(name, ()))}
        return self.closure.runs_changes or any(map(self._may_write_to, names))

    def _may_write_to(self, name: str) -> bool:
        known = self._writable.get(name)
        if known is None:
            known = self._writable[name] = may_write(
                self.closure.trees(), name, self.closure.namespace
            )
        return known

    def changes(self, roots: Iterable[object]) -> dict[int, Change]:
        """Return what has changed of what can still be reached from some objects."""
        found: dict[int, Change] = {}
        for value, node, shape in self._again(roots):
            certainty = self._certainty(value, node, shape)
            if certainty is None:
                continue
            known = node.look(value) if id(value) in self._full else shape
            found[id(value)] = Change(value, known, certainty)
            if shape.root is not None:
                root = _shape_of(shape.root)
                found.setdefault(id(shape.root), Change(shape.root, root, certainty))
            self._note_file(value)
        return found

    def _again(self, roots: Iterable[object]) -> Iterator[tuple[object, Node, Shape]]:
        """Look once more at each object of before."""
        pending, seen = list(roots), set()
        while pending:
            value = pending.pop()
            node = self.closure.nodes.get(id(value))
            if node is None or id(value) in seen:
                continue
            seen.add(id(value))
            shape = self._look(node, value)
            yield value, node, shape
            pending.extend(shape.children)

    def _certainty(self, value: object, node: Node, shape: Shape) -> Certainty | None:
        if node.shape.opaque and self.closure.reading.asks_sql:
            return None
        if shape.state != node.shape.state:
            return "observed"
        seen = node.shape.whole and (not node.shape.opaque or id(value) in self._full)
        return "possible" if not seen and self._may_write(node) else None

    def _note_file(self, value: object) -> None:
        if isinstance(value, io.IOBase) or type(value).__name__ == "memmap":
            path = getattr(value, "name" if isinstance(value, io.IOBase) else "filename", None)
            names = file_names([str(path)] if isinstance(path, str | PurePath) else [])
            self.closure.reading.files_written.update(names)


def _shape_of(value: object) -> Shape:
    look = look_for(type(value))
    return look(value) if look is not None else Shape()
