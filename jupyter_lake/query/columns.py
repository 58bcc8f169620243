"""Which columns of each table a statement reads, as far as its text tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from jupyter_lake.query.parsing import parse, silenced

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

__all__ = ["Known", "columns_read"]

Columns = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Known:
    """A table that a statement names: how it says it, and the columns it has."""

    schema: str
    table: str
    columns: tuple[str, ...]


def columns_read(statement: str, known: Mapping[int, Known]) -> Mapping[int, Columns]:
    """Return, for each known table by its place, the columns read; None for all or unknown.

    sqlglot expands stars and gives each column its table. Where it can't, a
    column without a table in front is counted for every table that has it, so
    what is said to be read is never too little.
    """
    return _columns_read(statement, tuple(known.items()))


@lru_cache(maxsize=64)
def _columns_read(statement: str, tables: tuple[tuple[int, Known], ...]) -> Mapping[int, Columns]:
    known = dict(tables)
    found: dict[int, Columns] = dict.fromkeys(known)
    if not known:
        return found
    from sqlglot import exp

    for tree in parse(statement).values():
        query = tree.find(exp.Query) if tree is not None else None
        if query is None or isinstance(tree, exp.Pivot):
            continue
        for way in (_qualified, _guessed):
            try:
                with silenced():
                    names = way(cast("exp.Expression", query), known)
            except Exception:  # noqa: BLE001  sqlglot fails in many ways; unknown is all columns
                continue
            found |= {
                start: _as_known(names[start], known[start]) for start in known if start in names
            }
            break
        found |= dict.fromkeys(_whole_rows(cast("exp.Expression", query), known))
    return found


def _whole_rows(query: exp.Expression, known: Mapping[int, Known]) -> Iterator[int]:
    """Yield the tables whose own names stand for a column: a row with all there is."""
    from sqlglot import exp

    mentioned = {column.name.casefold() for column in query.find_all(exp.Column)}
    for table in query.find_all(exp.Table):
        start, name = _start(table), table.alias_or_name.casefold()
        if start is None or start not in known or name not in mentioned:
            continue
        if name not in map(str.casefold, known[start].columns):
            yield start


def _as_known(names: Columns, table: Known) -> Columns:
    """Return names as the table spells them, without those it doesn't have."""
    if names is None:
        return None
    folded = {name.casefold() for name in names}
    return tuple(sorted(name for name in table.columns if name.casefold() in folded))


def _qualified(query: exp.Expression, known: Mapping[int, Known]) -> dict[int, Columns]:
    from sqlglot import exp
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import traverse_scope

    schema: dict[str, object] = {}
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for table in known.values():
        columns = {name.lower(): "TEXT" for name in table.columns}
        tables.setdefault(table.schema.lower(), {})[table.table.lower()] = columns
    schema.update(tables)
    qualified = qualify(
        query.copy(),
        schema=schema,
        dialect="duckdb",
        validate_qualify_columns=False,
        quote_identifiers=False,
    )
    found: dict[int, Columns] = {}
    for scope in traverse_scope(pushdown_projections(qualified)):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and (start := _start(source)) is not None:
                if source.args.get("pivots") or _stars(scope):
                    found[start] = None
                else:
                    found[start] = tuple(c.name for c in scope.columns if c.table == name)
    return found


def _guessed(query: exp.Expression, known: Mapping[int, Known]) -> dict[int, Columns]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    del known
    found: dict[int, Columns] = {}
    for scope in traverse_scope(query):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and (start := _start(source)) is not None:
                found[start] = _of_source(scope, name, source)
    return found


def _start(table: exp.Table) -> int | None:
    schema = table.args.get("db")
    return schema.meta.get("start") if schema is not None else None


def _of_source(scope: Scope, name: str, source: exp.Table) -> Columns:
    from sqlglot import exp

    select = scope.expression
    if _stars(scope) or source.args.get("pivots") or not isinstance(select, exp.Select):
        return None
    mine = {
        column.name
        for column in scope.columns
        if not column.table or column.table.casefold() == name.casefold()
    }
    for join in select.args.get("joins") or []:
        mine |= {identifier.name for identifier in join.args.get("using") or []}
    return tuple(sorted(mine))


def _stars(scope: Scope) -> bool:
    """Whether a star asks for all columns, which that of ``count(*)`` doesn't."""
    from sqlglot import exp

    return any(not isinstance(s.parent, exp.Count) for s in scope.expression.find_all(exp.Star))
