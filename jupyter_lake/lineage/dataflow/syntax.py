"""Statements in the order they run: what a cell surely stores, and what it loads before."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.control import Control
from jupyter_lake.lineage.dataflow.known import RUNS_AT_ONCE
from jupyter_lake.lineage.dataflow.reading import Level, Reading
from jupyter_lake.lineage.dataflow.scopes import Scope, calls_parameter
from jupyter_lake.lineage.dataflow.texts import called_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Reader", "parse"]

CALL, MENTION, RUN = Level.CALL, Level.MENTION, Level.RUN
_DEEPEST = 8


def parse(source: str) -> ast.Module | None:
    """Return the tree of a source, or None if it is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Reader(Control):
    """Reads one cell's transformed source against the live namespace."""

    def read(self, source: str) -> Reading:
        """Return the account of a source; an empty one if it is no Python."""
        tree = parse(source)
        if tree is None:
            return self.reading
        self.reading.tree = tree
        self._early_stores(tree.body)
        self.body(tree.body)
        self.run_methods()
        if self.reading.dynamic:
            self.load_dynamic()
            self.run_methods()
        self.reading.sure = frozenset(self.sure)
        return self.reading

    def source(self, text: str) -> bool:
        """Walk a source that runs here in the notebook's namespace; tell whether it parses."""
        if len(text) > self.LONGEST or self.parsing > _DEEPEST:
            return False
        tree = parse(text.strip("\n")) or parse(text.strip())
        if tree is None:
            tree = parse(self.peek.transform(text.replace("\0", " ")))
        if tree is None:
            return False
        self.kept.append(tree)
        self.parsing += 1
        scopes, self.scopes = self.scopes, ()
        self.body(tree.body)
        self.scopes = scopes
        self.parsing -= 1
        return True

    def _early_stores(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if not isinstance(statement, ast.Assign) or not isinstance(
                statement.value, ast.Constant | ast.Lambda
            ):
                break
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            self.reading.early.update(names)
            if len(names) != len(statement.targets):
                break

    # -- statements ------------------------------------------------------------------------

    def body(self, statements: Iterable[ast.stmt]) -> None:
        """Walk statements until one that surely leaves."""
        for statement in statements:
            if self.dead:
                return
            visitor: Callable[[ast.AST], None] | None
            visitor = getattr(self, f"_stmt_{type(statement).__name__}", None)
            if visitor is not None:
                visitor(statement)
            else:
                self.visit(statement)

    def _stmt_Expr(self, node: ast.Expr) -> None:  # noqa: N802
        kept = isinstance(node.value, ast.Call | ast.Lambda)
        self.visit(node.value, MENTION if kept else Level.SHOWN)

    def _stmt_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        self.visit(node.value, MENTION)
        for target in node.targets:
            self._bind_value(target, node.value)

    def _bind_value(self, target: ast.expr, value: ast.expr) -> None:
        pairs = isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List)
        if pairs and len(target.elts) == len(value.elts):  # type: ignore[attr-defined]
            for inner, part in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
                self._bind_value(inner, part)
        else:
            self.bind(target, value)

    def bind(self, target: ast.AST | None, value: ast.expr | None = None) -> None:
        """Bind a target of an assignment, a loop, a ``with``."""
        if target is None:
            return
        if isinstance(target, ast.Name):
            self.store(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for inner in target.elts:
                self.bind(inner, value)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value)
        elif isinstance(target, ast.Attribute):
            self.reading.patches.add(target.attr)
            if self.peek.is_library(target.value) or self._is_imported(target.value):
                self.reading.library_patches.add(target.attr)
            self.visit(target.value, Level.ATTRIBUTE)
        elif isinstance(target, ast.Subscript) and not self.special_subscript(target):
            self.visit(target.value, Level.ATTRIBUTE)
            self.visit(target.slice)

    def _is_imported(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.imported

    def _stmt_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        if isinstance(node.target, ast.Name):
            self.load(node.target.id, CALL)
        else:
            self.bind(node.target)
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.store(node.target.id)

    def _stmt_AnnAssign(self, node: ast.AnnAssign) -> None:  # noqa: N802
        self.visit(node.annotation, MENTION)
        if node.value is not None:
            self.visit(node.value, MENTION)
            self.bind(node.target, node.value)

    def _stmt_Delete(self, node: ast.Delete) -> None:  # noqa: N802
        for target in node.targets:
            if isinstance(target, ast.Name):
                if self.owner(target.id) is None:
                    self.let_go(target.id)
                    self.reading.stores.add(target.id)
                self.sure.discard(target.id)
            else:
                self.bind(target)

    def _stmt_Return(self, node: ast.Return) -> None:  # noqa: N802
        keeps = bool(self.scopes) and self.scopes[-1].keeps_result
        self.visit(node.value, MENTION if keeps else RUN)
        self.dead = True

    def _stmt_Raise(self, node: ast.Raise) -> None:  # noqa: N802
        self.visit(node.exc)
        self.visit(node.cause)
        self.dead = True

    def _stmt_Break(self, _node: ast.Break) -> None:  # noqa: N802
        if self.loops:
            self.loops[-1][0].append(set(self.sure))
        self.dead = True

    def _stmt_Continue(self, _node: ast.Continue) -> None:  # noqa: N802
        if self.loops:
            self.loops[-1][1].append(set(self.sure))
        self.dead = True

    def _stmt_Pass(self, _node: ast.Pass) -> None:  # noqa: N802
        """Nothing happens."""

    _stmt_Global = _stmt_Nonlocal = _stmt_Pass  # noqa: N815

    # -- definitions and imports -----------------------------------------------------------

    def _stmt_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:  # noqa: N802
        for decorator in node.decorator_list:
            self.visit(decorator, CALL)
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            self.visit(default, MENTION)
        parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for annotation in [parameter.annotation for parameter in parameters] + [node.returns]:
            self.visit(annotation, MENTION)
        self.store(node.name, node)
        if any(self._runs_at_once(decorator) for decorator in node.decorator_list):
            self.load(node.name, RUN)

    _stmt_AsyncFunctionDef = _stmt_FunctionDef  # noqa: N815

    def _runs_at_once(self, decorator: ast.expr) -> bool:
        if isinstance(decorator, ast.Call):
            return called_name(decorator) in RUNS_AT_ONCE
        if not isinstance(decorator, ast.Name):
            return isinstance(decorator, ast.Attribute) and decorator.attr in RUNS_AT_ONCE
        here = self.deferred.get(decorator.id)
        if here is not None:
            return isinstance(here[0], ast.FunctionDef) and calls_parameter(here[0])
        return decorator.id in RUNS_AT_ONCE or self.peek.calls_argument(
            self.peek_name(decorator.id)  # type: ignore[arg-type]
        )

    def _stmt_ClassDef(self, node: ast.ClassDef) -> None:  # noqa: N802
        for expression in [*node.decorator_list, *node.bases]:
            self.visit(expression, CALL)
        for keyword in node.keywords:
            self.visit(keyword.value, CALL)
        outer, self.scopes = self.scopes, (*self.scopes, Scope("class", set()))
        self.body(node.body)
        self.scopes = outer
        self.store(node.name, node)

    def _stmt_Import(self, node: ast.Import) -> None:  # noqa: N802
        for alias in node.names:
            self.reading.imports.add(alias.name)
            name = alias.asname or alias.name.split(".")[0]
            self.store(name)
            self.imported.add(name)

    def _stmt_ImportFrom(self, node: ast.ImportFrom) -> None:  # noqa: N802
        module = node.module or ""
        self.reading.imports.add(module)
        for alias in node.names:
            if alias.name == "*":
                self.reading.star_imports.add(module)
                self.sure.add(f"*{module}")
            else:
                self.reading.imports.add(f"{module}.{alias.name}")
                self.store(alias.asname or alias.name)
