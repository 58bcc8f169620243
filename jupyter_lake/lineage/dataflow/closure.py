"""Everything that a cell's names lead to: objects, functions that would run, their names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.figures import PYPLOT, current_figure
from jupyter_lake.lineage.dataflow.modules import Modules
from jupyter_lake.lineage.dataflow.peeking import Peek

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.reading import Level, Use
    from jupyter_lake.lineage.dataflow.syntax import Reader

__all__ = ["Closure"]


class Closure(Modules):
    """Follows what a reading of a cell uses through the live objects."""

    def __init__(self, reader: Reader, namespace: dict[str, object]) -> None:
        super().__init__(reader, namespace)
        self._done: dict[str, tuple[Level, bool, frozenset[str]]] = {}

    def follow(self) -> None:
        """Follow names to objects and functions to names until nothing new turns up."""
        grown = True
        while grown:
            before = self._extent()
            self.follow_imports()
            grown = False
            for name, use in list(self.reading.uses.items()):
                grown |= self._follow_name(name, use)
            self.follow_members()
            self.follow_modules()
            self.reader.run_methods()
            grown |= before != self._extent()

    def _extent(self) -> tuple[int, int, int]:
        """Return how much is known of what runs: it only ever grows."""
        return len(self.followed), len(self.reading.attributes), len(self.reading.strings)

    def _follow_name(self, name: str, use: Use) -> bool:
        """Visit what a name stands for; tell whether it was not yet, or used less."""
        mark = (use.level, use.certain, use.after)
        if self._done.get(name) == mark:
            return False
        self._done[name] = mark
        value = self.lookup(name)
        self.reads[name] = use
        if value is not Peek.MISSING:
            self.roots[name] = value
            self.visit(value, use, name)
        return True

    def lookup(self, variable: str) -> object:
        """Return the present object of a variable, or MISSING."""
        if variable == PYPLOT:
            return current_figure()
        space, name = self.slots.get(variable, (self.namespace, variable))
        return space.get(name, Peek.MISSING)

    def trees(self) -> list[ast.AST]:
        """Return the trees of the cell's source and of the sources inside it."""
        inner = [node for node in self.reader.kept if isinstance(node, ast.Module)]
        return [*([self.reading.tree] if self.reading.tree else []), *inner]
