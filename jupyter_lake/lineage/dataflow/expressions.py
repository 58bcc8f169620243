"""Expressions in the order they are evaluated: what they load, run and hand to engines."""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.bytecode import code_facts
from jupyter_lake.lineage.dataflow.definitions import Definitions
from jupyter_lake.lineage.dataflow.known import (
    ITERATING_CALLS,
    LAZY_CALLS,
    LOOKING_CALLS,
    NEVER_CALL,
    QUIET_CALLS,
)
from jupyter_lake.lineage.dataflow.reading import Level
from jupyter_lake.lineage.dataflow.scopes import Scope, bound_names, keeps_parameters
from jupyter_lake.lineage.dataflow.texts import called_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_lake.lineage.dataflow.definitions import Deferred

__all__ = ["Expressions"]

CALL, MENTION, RUN, SHOWN = Level.CALL, Level.MENTION, Level.RUN, Level.SHOWN


class Expressions(Definitions):
    """Walks expressions; statements are its child's."""

    def visit(self, node: ast.AST | None, level: Level = RUN) -> None:
        """Walk an expression whose value is used up to a level."""
        if node is None:
            return
        visitor: Callable[[ast.AST, Level], None] | None
        visitor = getattr(self, f"_visit_{type(node).__name__}", None)
        if visitor is not None:
            visitor(node, level)
            return
        for child in ast.iter_child_nodes(node):
            self.visit(child, RUN)

    def _visit_Name(self, node: ast.Name, level: Level) -> None:  # noqa: N802
        if isinstance(node.ctx, ast.Load):
            self.load(node.id, level)

    def _visit_Constant(self, node: ast.Constant, _level: Level) -> None:  # noqa: N802
        if isinstance(node.value, str) and len(node.value) <= self.LONGEST:
            self.reading.strings.add(node.value)

    def _visit_JoinedStr(self, node: ast.JoinedStr, _level: Level) -> None:  # noqa: N802
        self.reading.strings.update(self.texts(node))
        for child in node.values:
            self.visit(child, RUN)

    def _visit_display(self, node: ast.AST, level: Level) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child, level)

    _visit_Tuple = _visit_List = _visit_Dict = _visit_Starred = _visit_display  # noqa: N815

    def _visit_Set(self, node: ast.Set, level: Level) -> None:  # noqa: N802
        self._visit_display(node, max(level, SHOWN))  # its items are hashed and compared

    def _visit_Attribute(self, node: ast.Attribute, level: Level) -> None:  # noqa: N802
        self.reading.attributes.add(node.attr)
        if node.attr in ("user_ns", "user_global_ns"):
            self.reading.dynamic = True
        self.visit(node.value, Level.ATTRIBUTE if isinstance(node.value, ast.Name) else RUN)
        del level

    def _visit_Subscript(self, node: ast.Subscript, level: Level) -> None:  # noqa: N802
        if not self.special_subscript(node):
            self.visit(node.value, RUN if level else CALL)
            self.visit(node.slice, RUN)

    def _visit_Call(self, node: ast.Call, level: Level) -> None:  # noqa: N802
        name = called_name(node)
        if self.magic_call(node, name):
            return
        if isinstance(node.func, ast.Attribute):
            self.reading.called.add(name)
        lazy = level == MENTION and name in LAZY_CALLS
        self.visit(node.func, MENTION if lazy else (RUN if level else CALL))
        argument_level = MENTION if lazy else self._argument_level(node, name, level)
        for argument in node.args:
            self.visit(argument, argument_level)
        for keyword in node.keywords:
            self.visit(keyword.value, RUN if argument_level > MENTION else MENTION)
        self.engine_call(node, name)
        self.disturbed |= name not in QUIET_CALLS

    def _argument_level(self, node: ast.Call, name: str, level: Level) -> Level:
        """Return how far a call uses what it is given."""
        if name in NEVER_CALL:
            return MENTION
        if not isinstance(node.func, ast.Name) or self.owner(name) is not None:
            return RUN
        own, known = self.deferred.get(name), self.peek_name(name)
        if own is not None or known is not self.peek.MISSING:
            return MENTION if level <= SHOWN and _keeps_arguments(own, known) else RUN
        if name in LOOKING_CALLS:
            return SHOWN
        return Level.ITERATED if level <= SHOWN and name in ITERATING_CALLS else RUN

    def _visit_Lambda(self, node: ast.Lambda, level: Level) -> None:  # noqa: N802
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            self.visit(default, MENTION)
        if level >= CALL:
            sure = set(self.sure)
            self.inside(node, level)
            self.sure = sure

    def _visit_GeneratorExp(self, node: ast.GeneratorExp, level: Level) -> None:  # noqa: N802
        if level == MENTION:
            self.visit(node.generators[0].iter, SHOWN)
        else:
            self._comprehension([node.elt], node.generators, RUN)

    def _visit_ListComp(self, node: ast.ListComp | ast.SetComp, level: Level) -> None:  # noqa: N802
        self._comprehension([node.elt], node.generators, level)

    _visit_SetComp = _visit_ListComp  # noqa: N815

    def _visit_DictComp(self, node: ast.DictComp, level: Level) -> None:  # noqa: N802
        self._comprehension([node.key, node.value], node.generators, level)

    def _comprehension(
        self, elements: list[ast.expr], generators: list[ast.comprehension], level: Level
    ) -> None:
        called = any(
            isinstance(part, ast.Call) for element in elements for part in ast.walk(element)
        )
        called |= any(generator.ifs for generator in generators) or len(generators) > 1
        self.visit(generators[0].iter, RUN if called else Level.ITERATED)
        targets = set(bound_names(generator.target for generator in generators))
        outer, self.scopes = self.scopes, (*self.scopes, Scope("comprehension", targets))
        sure = set(self.sure)
        for position, generator in enumerate(generators):
            if position:
                self.visit(generator.iter, RUN)
            for condition in generator.ifs:
                self.visit(condition, RUN)
        for element in elements:
            self.visit(element, level)
        stored_by_walrus = self.sure - sure
        self.scopes, self.sure = outer, sure
        self.sure |= stored_by_walrus if self.nonempty(generators[0].iter) else set()

    def _visit_NamedExpr(self, node: ast.NamedExpr, level: Level) -> None:  # noqa: N802
        self.visit(node.value, level)
        outer = self.scopes
        while self.scopes and self.scopes[-1].kind == "comprehension":
            self.scopes = self.scopes[:-1]
        self.store(node.target.id, node.value)
        self.scopes = outer

    def _visit_BoolOp(self, node: ast.BoolOp, level: Level) -> None:  # noqa: N802
        self.visit(node.values[0], max(level, SHOWN))
        for value in node.values[1:]:
            self.branches(lambda value=value: self.visit(value, level), lambda: None)  # type: ignore[misc]

    def _visit_Compare(self, node: ast.Compare, _level: Level) -> None:  # noqa: N802
        for operand in [node.left, *node.comparators]:
            self.visit(operand, SHOWN)

    def _visit_IfExp(self, node: ast.IfExp, level: Level) -> None:  # noqa: N802
        truth = self.truth(node.test)
        self.visit(node.test, SHOWN)
        if truth is not None:
            self.visit(node.body if truth else node.orelse, level)
            return
        self.branches(lambda: self.visit(node.body, level), lambda: self.visit(node.orelse, level))


def _keeps_arguments(own: Deferred | None, known: object) -> bool:
    """Tell whether a function, of this cell or a live one, runs nothing that it is given."""
    if own is not None:
        node = own[0]
        return isinstance(node, ast.FunctionDef | ast.Lambda) and keeps_parameters(node)
    return isinstance(known, types.FunctionType) and code_facts(known.__code__).keeps_arguments
