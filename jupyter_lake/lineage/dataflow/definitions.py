"""Names that a cell binds, and what it only defines, which runs when it is used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.magics import Magics
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.scopes import Function, Scope, function_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_lake.lineage.dataflow.peeking import Peek

__all__ = ["Deferred", "Definitions"]

CALL, MENTION, RUN = Level.CALL, Level.MENTION, Level.RUN
_ONLY_CREATION = wordset(
    "__init__ __new__ __post_init__ __init_subclass__ __set_name__ __prepare__"
)
_RUN_BY_CREATION = wordset(
    "__init__ __new__ __post_init__ __call__ __init_subclass__ __set_name__ __setattr__ "
    "__prepare__ __instancecheck__"
)
"""The methods that making an object, or a child class, may run."""
Deferred = tuple[ast.AST, tuple[Scope, ...]]


class Definitions(Magics):
    """The part of the reader that knows scopes, and what their names were bound to.

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
            if level >= CALL and method.name in _RUN_BY_CREATION:
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
            return not (made and name in _ONLY_CREATION)
        if level == CALL and name in _RUN_BY_CREATION:
            return True
        if level == RUN and name in self.reading.patches:
            return True
        return name in self.reading.attributes or name in self.reading.strings

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
