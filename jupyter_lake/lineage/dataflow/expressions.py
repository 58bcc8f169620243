"""Expressions in the order they are evaluated: what they load, run and hand to engines."""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.bytecode import code_facts
from jupyter_lake.lineage.dataflow.known import (
    ITERATING_CALLS,
    LAZY_CALLS,
    LOOKING_CALLS,
    NEVER_CALL,
    QUIET_CALLS,
    wordset,
)
from jupyter_lake.lineage.dataflow.magics import Magics
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.scopes import (
    Function,
    Scope,
    bound_names,
    function_scope,
    keeps_parameters,
)
from jupyter_lake.lineage.dataflow.texts import called_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["ONLY_CREATION", "RUN_BY_CREATION", "Deferred", "Expressions"]

CALL, MENTION, RUN, SHOWN = Level.CALL, Level.MENTION, Level.RUN, Level.SHOWN
ONLY_CREATION = wordset("__init__ __new__ __post_init__ __init_subclass__ __set_name__ __prepare__")
RUN_BY_CREATION = wordset(
    "__init__ __new__ __post_init__ __call__ __init_subclass__ __set_name__ __setattr__ "
    "__prepare__ __instancecheck__"
)
"""The methods that making an object, or a child class, may run."""
Deferred = tuple[ast.AST, tuple[Scope, ...]]


class Expressions(Magics):
    """Walks expressions; statements are its child's.

    Parameters
    ----------
    peek
        Looks at live objects without running anything of theirs.
    """

    def __init__(self, peek: Peek) -> None:
        super().__init__(peek)
        self.sure: set[str] = set()
        self.scopes: tuple[Scope, ...] = ()
        self.deferred: dict[str, Deferred] = {}
        self.conditional = 0
        self.dead = False
        self.loops: list[tuple[list[set[str]], list[set[str]]]] = []
        self.ran: set[tuple[int, Level]] = set()
        self.classes: list[tuple[ast.ClassDef, tuple[Scope, ...], frozenset[str], Level]] = []
        self.kept: list[ast.AST] = []
        self.imported: set[str] = set()

    # -- names -----------------------------------------------------------------------------

    def owner(self, name: str) -> Scope | None:
        """Return the scope that a name belongs to, or None for the notebook's namespace."""
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.globals:
                return None
            if name in scope.names and (scope.kind != "class" or depth == 0):
                return scope
        return None

    def load(self, name: str, level: Level, *, certain: bool = True) -> None:
        """Record that a name is looked up here."""
        scope = self.owner(name)
        deferred = scope.deferred if scope else self.deferred
        if level and name in deferred:
            self.run(deferred[name], level)
        if scope is None and self.scopes:
            self.reading.inner.add(name)
        if scope is None and name not in self.sure:
            use = Use(level, certain and not self.conditional, frozenset(self.sure))
            known = self.reading.uses.setdefault(name, use)
            known.merge(use)

    def store(self, name: str, value: ast.AST | None = None) -> None:
        """Record that a name is bound here, and to what, if that may run later."""
        scope = self.owner(name)
        if scope is None and self.scopes and self.scopes[-1].kind == "class":
            scope = self.scopes[-1]
            scope.names.add(name)
        deferred = scope.deferred if scope else self.deferred
        deferred.pop(name, None)
        if value is not None and not isinstance(value, ast.Constant):
            deferred[name] = (value, self.scopes)
        if scope is None:
            self.let_go(name)
            self.sure.add(name)
            self.reading.stores.add(name)
        self.assigned[name] = value if isinstance(value, ast.expr) else None

    def let_go(self, name: str) -> None:
        """Record that a variable's object may go: its class may have a last word."""
        if name not in self.sure and self.peek.has_finalizer(name):
            self.load(name, Level.ATTRIBUTE)

    def peek_name(self, name: str) -> object:
        """Return the live object of a name that this cell has not touched yet, or MISSING."""
        if self.owner(name) is not None or name in self.reading.stores:
            return self.peek.MISSING
        return self.peek.value(name)

    # -- running what was only defined -----------------------------------------------------

    def run(self, deferred: Deferred, level: Level) -> None:
        """Walk the body of something that was bound earlier, now that it is used."""
        node, scopes = deferred
        if (id(node), RUN) in self.ran or (id(node), level) in self.ran:
            return
        self.ran.add((id(node), level))
        self.kept.append(node)
        saved = (self.scopes, self.dead, self.loops, set(self.sure))
        self.scopes, self.dead, self.loops = scopes, False, []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._run_function(node, level)
        elif isinstance(node, ast.ClassDef):
            self._run_class(node, level)
        elif isinstance(node, ast.expr):
            self.visit(node, level)
        self.scopes, self.dead, self.loops, self.sure = saved

    def _run_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, level: Level) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator, RUN)
        if level < CALL:
            return
        if level == CALL and (isinstance(node, ast.AsyncFunctionDef) or _is_generator(node)):
            return
        self.inside(node, level)

    def inside(self, node: Function, level: Level) -> None:
        """Walk a function's body in a scope of its own."""
        scope = function_scope(node)
        scope.keeps_result = level == CALL
        outer, self.scopes = self.scopes, (*self.scopes, scope)
        if isinstance(node, ast.Lambda):
            self.visit(node.body, MENTION if level == CALL else RUN)
        else:
            self.body(node.body)
        self.scopes = outer

    def body(self, statements: Iterable[ast.stmt]) -> None:
        """Walk statements; the child class knows how."""
        raise NotImplementedError

    def _run_class(self, node: ast.ClassDef, level: Level) -> None:
        for base in node.bases:
            self.visit(base, max(level, CALL))
        self.classes.append((node, self.scopes, frozenset(self.sure), level))
        for method in _methods(node):
            if level >= CALL and method.name in RUN_BY_CREATION:
                self.run((method, self.scopes), RUN)

    def run_methods(self) -> None:
        """Walk the methods of used classes whose names occur in what runs, until none is new."""
        count = -1
        while count != len(self.ran):
            count = len(self.ran)
            for node, scopes, sure, level in list(self.classes):
                for method in _methods(node):
                    if self.names_method(method.name, level):
                        current, self.sure = self.sure, set(sure)
                        self.run((method, scopes), RUN)
                        self.sure = current

    def names_method(self, name: str, level: Level, *, made: bool = False) -> bool:
        """Tell whether a method of this name may be called by what uses a class up to a level.

        Of an object that is made and only kept, just what makes it runs; of one that was `made`
        before, all but that.
        """
        if level == RUN and name.startswith("__") and name.endswith("__"):
            return not (made and name in ONLY_CREATION)
        if level == CALL and name in RUN_BY_CREATION:
            return True
        if level == RUN and name in self.reading.patches:
            return True
        return name in self.reading.attributes or name in self.reading.strings

    # -- expressions -----------------------------------------------------------------------

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

    def branches(self, *choices: Callable[[], None]) -> None:
        """Walk alternatives: only what all of them store is surely stored after."""
        start, ends = set(self.sure), []
        self.conditional += 1
        for choice in choices:
            self.sure, self.dead = set(start), False
            choice()
            if not self.dead:
                ends.append(self.sure)
        self.conditional -= 1
        self.dead = not ends
        self.sure = set.intersection(*ends) if ends else start


def _keeps_arguments(own: Deferred | None, known: object) -> bool:
    """Tell whether a function, of this cell or a live one, runs nothing that it is given."""
    if own is not None:
        node = own[0]
        return isinstance(node, ast.FunctionDef | ast.Lambda) and keeps_parameters(node)
    return isinstance(known, types.FunctionType) and code_facts(known.__code__).keeps_arguments


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        inner for inner in ast.walk(node)
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
    ]  # fmt: skip


def _is_generator(node: ast.FunctionDef) -> bool:
    pending: list[ast.AST] = list(node.body)
    while pending:
        inner = pending.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(inner))
    return False
