"""Variables that are looked up by strings, or all at once: ``globals()``, ``Out[3]``, templates."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.foresight import Foresight
from jupyter_lake.lineage.dataflow.known import NAMESPACE_CALLS
from jupyter_lake.lineage.dataflow.reading import Level
from jupyter_lake.lineage.dataflow.strings import format_fields, is_engine, template_fields
from jupyter_lake.lineage.dataflow.texts import HOLE, arguments_of, receiver_of

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["Namespaces"]

_OUTPUTS = ("Out", "_oh")
_NUMBERED = re.compile(r"_\d+")
_WALKS = frozenset(("dict", "list", "sorted", "items", "values"))


class Namespaces(Foresight):
    """The part of the reader that knows the namespace as a dictionary."""

    def __init__(self, peek: Peek) -> None:
        super().__init__(peek)
        self.hidden: frozenset[str] = frozenset()

    def load(self, name: str, level: Level, *, certain: bool = True) -> None:
        """Record that a name is looked up here."""
        raise NotImplementedError

    def visit(self, node: ast.AST | None, level: Level = Level.RUN) -> None:
        """Walk an expression."""
        raise NotImplementedError

    def load_names(self, names: set[str], *, certain: bool = True) -> None:
        """Load those of some names that are variables."""
        for name in sorted(names - self.hidden):
            if self.peek.value(name) is not self.peek.MISSING:
                self.load(name, Level.RUN, certain=certain)

    def load_everything(self) -> None:
        """Load every variable, for a cell that walks over the namespace."""
        for name in list(self.peek.namespace):
            if not name.startswith("_") and self.peek.is_data(name):
                self.load(name, Level.MENTION, certain=False)

    # -- calls -----------------------------------------------------------------------------

    def namespace_call(self, node: ast.Call, name: str) -> None:
        """Note what a call takes of the namespace."""
        arguments = arguments_of(node)
        if any(map(self._is_namespace, arguments)) and name != "format":
            self.reading.hands_namespace = not is_engine(name)
        if name in NAMESPACE_CALLS and not node.args:
            self.reading.dynamic = True
        walked = [*node.args[:1], *receiver_of(node)]
        if name in _WALKS and any(map(self._is_namespace, walked)):
            self.load_everything()
        if name in _WALKS and any(map(_is_outputs, walked)):
            self.load_names({each for each in self.peek.namespace if _NUMBERED.fullmatch(each)})

    def has_own_namespace(self, node: ast.Call, name: str) -> bool:
        """Tell whether ``exec`` or ``eval`` is handed another namespace than the notebook's."""
        if name not in ("exec", "eval") or not isinstance(node.func, ast.Name):
            return False
        spaces = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        return bool(spaces) and not any(self._is_notebooks(space) for space in spaces)

    def _is_notebooks(self, node: ast.expr) -> bool:
        """Tell whether an expression may be the notebook's namespace, and no copy of it."""
        if isinstance(node, ast.Name):
            assigned = self.assigned.get(node.id)
            if assigned is not None and not isinstance(assigned, ast.Name):
                return self._is_notebooks(assigned)
            known = self.peek_name(node.id)
            return known is self.peek.MISSING or known is self.peek.namespace
        return self._is_namespace(node)

    # -- subscripts ------------------------------------------------------------------------

    def special_subscript(self, node: ast.Subscript) -> bool:
        """Read ``Out[3]`` and ``globals()['x']``; tell whether it was one of these."""
        base = node.value
        if _is_outputs(base):
            index = self.constant(node.slice)
            if isinstance(index, int):
                self.load(f"_{index}", Level.RUN)
                self.visit(node.slice)
                return True
            self.reading.dynamic = True
        if self._is_namespace(base):
            return self._namespace_item(node)
        return False

    def _namespace_item(self, node: ast.Subscript) -> bool:
        texts = self.texts(node.slice)
        self.reading.dynamic = True
        self.visit(node.value)
        if isinstance(node.ctx, ast.Load):
            self.visit(node.slice)
            for pattern in texts:
                self.load_names(self._matching(pattern))
        return True

    def _matching(self, pattern: str) -> set[str]:
        if HOLE not in pattern:
            return {pattern}
        parts = re.compile(".*".join(re.escape(part) for part in pattern.split(HOLE)))
        return {name for name in self.peek.namespace if parts.fullmatch(name)}

    @staticmethod
    def _is_namespace(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr in ("user_ns", "user_global_ns")
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in NAMESPACE_CALLS
            and not node.args
        )

    # -- what is found at the end ----------------------------------------------------------

    def load_dynamic(self) -> None:
        """Load names that the constants of a cell spell, where it looks names up by string."""
        texts = set(self.reading.strings)
        for name in self.reading.uses:
            texts.update(self.peek.text(name))
        found = set(texts)
        for text in texts:
            found.update(format_fields(text))
            found.update(template_fields(text))
        for name in list(self.reading.uses):
            if self.reading.hands_namespace:
                found.update(self.peek.words_inside(name))
        self.load_names({name for name in found if name.isidentifier()}, certain=False)


def _is_outputs(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _OUTPUTS
