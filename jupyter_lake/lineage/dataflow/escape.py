"""Whether a cell could write into what a variable holds, where looking at all of it costs much.

The analysis ignores the order of statements: a name that is ever bound to a part of the variable
counts as a part throughout. What it clears is surely not written by the cell's own text.
"""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.atoms import ATOMS
from jupyter_lake.lineage.dataflow.bytecode import code_facts
from jupyter_lake.lineage.dataflow.known import (
    FRESH_METHODS,
    PART_FUNCTIONS,
    PLAIN_ATTRIBUTES,
    READING_FUNCTIONS,
    VIEW_METHODS,
    WRITING_FUNCTIONS,
    wordset,
)
from jupyter_lake.lineage.dataflow.texts import called_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["may_write", "only_reads"]

_TABLE_LIBRARIES = wordset("np numpy pd pandas pl polars pa pyarrow pc")
_HARMLESS_ATTRIBUTES = FRESH_METHODS | VIEW_METHODS | PLAIN_ATTRIBUTES
_KEYED = frozenset(("sorted", "min", "max"))
_FRESH = FRESH_METHODS | {"DataFrame", "Series", "array", "where", "concatenate", "stack", "sqrt",
                          "exp", "log", "isnan", "histogram", "percentile", "linspace"}  # fmt: skip


def may_write(trees: Iterable[ast.AST], variable: str, namespace: Mapping[str, object]) -> bool:
    """Tell whether some sources could change what a variable holds."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return _Aliases(nodes, variable, namespace).written()


def only_reads(function: object, depth: int = 3) -> bool:
    """Tell whether a function of the user's surely changes none of its arguments."""
    if not isinstance(function, types.FunctionType) or not depth:
        return False
    facts = code_facts(function.__code__)
    handed_on = "key" in facts.strings and facts.loads & _KEYED
    if (
        facts.changes
        or facts.calls_locals
        or handed_on
        or not facts.attributes <= _HARMLESS_ATTRIBUTES
    ):
        return False
    names = facts.loads | facts.later
    return all(_harmless(name, function.__globals__, depth) for name in names)


def _harmless(name: str, space: Mapping[str, object], depth: int) -> bool:
    value = space.get(name)
    if value is None:
        return name in READING_FUNCTIONS | PART_FUNCTIONS
    return type(value) in ATOMS or name in _TABLE_LIBRARIES or only_reads(value, depth - 1)


class _Aliases:
    """The names that may hold a part of one variable."""

    def __init__(
        self, nodes: list[ast.AST], variable: str, namespace: Mapping[str, object]
    ) -> None:
        self.nodes = nodes
        self.namespace = namespace
        self.names = {variable}
        bindings = [pair for node in nodes for pair in _bindings(node)]
        count = 0
        while count != len(self.names):
            count = len(self.names)
            for target, value in bindings:
                if self.part(value):
                    self.names.update(_target_names(target))

    def part(self, node: ast.AST | None) -> bool:
        """Tell whether an expression may give the variable's object or a part of it."""
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.Attribute):
            return node.attr not in PLAIN_ATTRIBUTES and self.part(node.value)
        if isinstance(node, ast.Subscript | ast.Starred | ast.NamedExpr | ast.Await):
            return self.part(node.value)
        if isinstance(node, ast.Call):
            return self._call_part(node)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.part(node.elt)
        if isinstance(node, ast.DictComp):
            return self.part(node.value)
        if isinstance(node, ast.IfExp):
            return self.part(node.body) or self.part(node.orelse)
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.BoolOp):
            return any(self.part(child) for child in ast.iter_child_nodes(node))
        return False

    def _call_part(self, node: ast.Call) -> bool:
        name = called_name(node)
        if isinstance(node.func, ast.Attribute) and self.part(node.func.value):
            return name not in FRESH_METHODS
        if _is_table_function(node) and name in _FRESH:
            return False
        return name not in READING_FUNCTIONS and any(map(self.part, _arguments(node)))

    def written(self) -> bool:
        """Tell whether some node may write to a part."""
        return any(self._writes(node) for node in self.nodes)

    def _writes(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            return self.part(node.value)
        if isinstance(node, ast.AugAssign):
            return isinstance(node.target, ast.Name) and node.target.id in self.names
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom):
            return self.part(node.value)
        return isinstance(node, ast.Call) and self._call_writes(node)

    def _call_writes(self, node: ast.Call) -> bool:
        name = called_name(node)
        if any(keyword.arg == "out" and self.part(keyword.value) for keyword in node.keywords):
            return True
        if isinstance(node.func, ast.Attribute) and self.part(node.func.value):
            told = any(keyword.arg in ("inplace", "in_place") for keyword in node.keywords)
            if told or (name not in FRESH_METHODS and name not in VIEW_METHODS):
                return True
        if not any(map(self.part, _arguments(node))):
            return False
        if isinstance(node.func, ast.Name) and name in READING_FUNCTIONS | PART_FUNCTIONS:
            return False
        if isinstance(node.func, ast.Name) and only_reads(self.namespace.get(name)):
            return False
        third = node.args[2:3]
        return not _is_table_function(node) or any(map(self.part, third))


def _is_table_function(node: ast.Call) -> bool:
    """Tell a function of numpy, pandas or polars that writes to none of its arguments."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    while isinstance(base, ast.Attribute):
        base = base.value
    known = isinstance(base, ast.Name) and base.id in _TABLE_LIBRARIES
    return known and called_name(node) not in WRITING_FUNCTIONS


def _arguments(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield node.target, node.iter
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield case.pattern, node.subject


def _target_names(target: ast.AST) -> set[str]:
    found = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    captures = (node for node in ast.walk(target) if isinstance(node, ast.MatchAs | ast.MatchStar))
    return found | {node.name for node in captures if node.name}
