"""What can be known before a cell runs: conditions that hold, loops that surely turn."""

from __future__ import annotations

import ast

from jupyter_lake.lineage.dataflow.atoms import ATOMS
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.texts import Texts, called_name

__all__ = ["Foresight"]

_SAME_LENGTH = wordset(
    "enumerate sorted list tuple reversed items keys values iterrows itertuples copy"
)


class Foresight(Texts):
    """The part of the reader that judges conditions and iterables by what is there now."""

    disturbed = False
    """Whether some call may have changed what is there."""

    def truth(self, node: ast.expr) -> bool | None:
        """Return whether a condition holds, if constants and untouched plain values tell."""
        value = self._value(node)
        return None if value is Peek.MISSING else bool(value)

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            value = Peek.MISSING if self.disturbed else self.peek_name(node.id)
            return value if type(value) in ATOMS else Peek.MISSING
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            value = self._value(node.operand)
            return value if value is Peek.MISSING else not value
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node)
        return Peek.MISSING

    def _compared(self, node: ast.Compare) -> object:
        left, right = self._value(node.left), self._value(node.comparators[0])
        if left is Peek.MISSING or right is Peek.MISSING:
            return Peek.MISSING
        operation = node.ops[0]
        if isinstance(operation, ast.Eq | ast.NotEq):
            return (left == right) == isinstance(operation, ast.Eq)
        if isinstance(operation, ast.Is | ast.IsNot) and right is None:
            return (left is None) == isinstance(operation, ast.Is)
        try:
            if isinstance(operation, ast.Lt | ast.LtE):
                return left < right or (isinstance(operation, ast.LtE) and left == right)  # type: ignore[operator]
            if isinstance(operation, ast.Gt | ast.GtE):
                return left > right or (isinstance(operation, ast.GtE) and left == right)  # type: ignore[operator]
        except TypeError:
            return Peek.MISSING
        return Peek.MISSING

    def nonempty(self, node: ast.expr) -> bool:
        """Tell whether iterating surely gives something."""
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return any(not isinstance(item, ast.Starred) for item in node.elts)
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str | bytes) and bool(node.value)
        if isinstance(node, ast.Name):
            known = self.assigned.get(node.id)
            if node.id in self.reading.stores:
                return (
                    known is not None and not isinstance(known, ast.Name) and self.nonempty(known)
                )
            return not self.disturbed and self.peek.nonempty(node.id)
        return isinstance(node, ast.Call) and self._nonempty_call(node)

    def _nonempty_call(self, node: ast.Call) -> bool:
        name = called_name(node)
        if name == "range" and 1 <= len(node.args) <= 2:
            values = [self._value(argument) for argument in node.args]
            bounds = [value for value in values if isinstance(value, int)]
            return len(bounds) == len(values) and len(range(*bounds)) > 0
        if name in _SAME_LENGTH and isinstance(node.func, ast.Attribute):
            return self.nonempty(node.func.value)
        if name == "zip" and node.args:
            return all(self.nonempty(argument) for argument in node.args)
        return name in _SAME_LENGTH and bool(node.args) and self.nonempty(node.args[0])
