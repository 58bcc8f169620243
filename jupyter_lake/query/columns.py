"""Which columns of each table a statement reads, as far as its text tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_lake.query.parsing import parse

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

    from jupyter_lake.query.names import Reference

__all__ = ["columns_read"]


def columns_read(
    statement: str, references: Sequence[Reference]
) -> Mapping[int, tuple[str, ...] | None]:
    """Return, for each reference by its place, the columns it reads; None for all or unknown.

    A column without a table in front is counted for every table in reach, so
    what is said to be read is never too little.
    """
    if not references:
        return {}
    from sqlglot.errors import SqlglotError

    found: dict[int, tuple[str, ...] | None] = {}
    for tree in parse(statement).values():
        try:
            found |= _of_statement(tree) if tree is not None else {}
        except (SqlglotError, KeyError, AttributeError, TypeError, RecursionError):
            continue
    return {reference.start: found.get(reference.start) for reference in references}


def _of_statement(expression: exp.Expression) -> dict[int, tuple[str, ...] | None]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    found: dict[int, tuple[str, ...] | None] = {}
    query = expression.find(exp.Query)
    if query is None or isinstance(expression, exp.Pivot):
        return found
    for scope in traverse_scope(query):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and (start := _start(source)) is not None:
                found[start] = _of_source(scope, name, source)
    return found


def _start(table: exp.Table) -> int | None:
    schema = table.args.get("db")
    return schema.meta.get("start") if schema is not None else None


def _of_source(scope: Scope, name: str, source: exp.Table) -> tuple[str, ...] | None:
    from sqlglot import exp

    select = scope.expression
    stars = [star for star in select.find_all(exp.Star) if not _counts(star)]
    if stars or source.args.get("pivots") or not isinstance(select, exp.Select):
        return None
    mine = {
        column.name
        for column in scope.columns
        if not column.table or column.table.casefold() == name.casefold()
    }
    for join in select.args.get("joins") or []:
        mine |= {identifier.name for identifier in join.args.get("using") or []}
    return tuple(sorted(mine))


def _counts(star: exp.Expression) -> bool:
    """Whether a star is that of ``count(*)``, which reads no column."""
    from sqlglot import exp

    return isinstance(star.parent, exp.Count)
