"""Names that belong to a function's own scope, from its syntax tree."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from jupyter_lake.lineage.dataflow.known import NEVER_CALL
from jupyter_lake.lineage.dataflow.texts import called_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Function",
    "Scope",
    "bound_names",
    "calls_parameter",
    "function_scope",
    "keeps_parameters",
]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Scope:
    """One scope below the notebook's namespace."""

    kind: Literal["function", "class", "comprehension"]
    names: set[str]
    globals: set[str] = field(default_factory=set)
    deferred: dict[str, tuple[ast.AST, tuple[Scope, ...]]] = field(default_factory=dict)
    keeps_result: bool = False


def function_scope(node: Function) -> Scope:
    """Return the scope of a function: its parameters and what its body binds."""
    arguments = node.args
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    declared: set[str] = set()
    names = {parameter.arg for parameter in parameters} | set(bound_names(body, declared))
    return Scope("function", names - declared, declared)


def bound_names(body: Iterable[ast.AST], declared: set[str] | None = None) -> Iterator[str]:
    """Yield the names that some statements bind in their own scope.

    ``global`` names are added to ``declared``; so are ``nonlocal`` ones left to the outer scope,
    which the scope chain finds by itself.
    """
    pending = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Global) and declared is not None:
            declared.update(node.names)
        yield from _bound_here(node)
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _COMPREHENSIONS):
            pending.extend(inner for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
            continue
        pending.extend(ast.iter_child_nodes(node))


def _bound_here(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        yield from [node.name] if node.name else []
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)


def keeps_parameters(node: Function) -> bool:
    """Tell whether a function surely runs nothing it was given: it only hands it on."""
    parameters = {each.arg for each in [*node.args.posonlyargs, *node.args.args]}
    pending: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    while pending:
        inner = pending.pop()
        if isinstance(inner, ast.Name) and inner.id in parameters:
            return False
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Name):
            continue
        if isinstance(inner, ast.Call) and called_name(inner) in NEVER_CALL:
            continue
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += inner.decorator_list
        elif not isinstance(inner, _SCOPES):
            pending += ast.iter_child_nodes(inner)
    return True


def calls_parameter(node: Function) -> bool:
    """Tell whether a function itself calls its first parameter (a decorator that runs at once)."""
    parameters = [*node.args.posonlyargs, *node.args.args]
    if not parameters or isinstance(node, ast.Lambda):
        return False
    pending: list[ast.AST] = list(node.body)
    while pending:
        inner = pending.pop()
        called = inner.func if isinstance(inner, ast.Call) else None
        if isinstance(called, ast.Name) and called.id == parameters[0].arg:
            return True
        if not isinstance(inner, _SCOPES):
            pending.extend(ast.iter_child_nodes(inner))
    return False
