"""Where a statement names tables of a lake, and what it becomes for DuckDB.

Only the names are replaced, at their places in the text; everything else
passes through untouched, so whatever DuckDB understands keeps working. sqlglot
says which names stand for tables. What it can't parse is scanned for
``repo.dataset`` by its tokens, and the catalog decides.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    from sqlglot.tokens import Token

__all__ = ["Call", "Reference", "find_calls", "find_references", "parse", "quoted", "quoted_name"]

FUNCTION = "lake_read"

_EXPLAIN = re.compile(r"(?:^|(?<=;))\s*EXPLAIN\b(?:\s+ANALYZE\b)?(?:\s*\([^)]*\))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where a statement says ``schema.table``.

    Attributes
    ----------
    start, end
        The span of the schema's name in the text.
    schema, table
        Both names, without quotes. The schema is ``repo`` or ``repo@ref``.
    ref
        What ``AT (VERSION => ...)`` or ``AT (TIMESTAMP => ...)`` says, as a ref.
    at
        The span of that clause, which DuckDB is not to see.
    sure
        Whether it is known to name a table.
    column
        Whether it stands before a column: ``sales.orders.amount``.
    """

    start: int
    end: int
    schema: str
    table: str
    ref: str | None = None
    at: tuple[int, int] | None = None
    sure: bool = True
    column: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ``lake_read('address', option => value, ...)``; `options` is text."""

    start: int
    end: int
    address: str
    options: str


def quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(repo: str, ref: str | None, dataset: str) -> str:
    """Return how SQL names a dataset at a ref: ``"sales@main".orders``.

    Examples
    --------
    >>> quoted_name("sales", "main~2", "2026/orders")
    '"sales@main~2"."2026/orders"'
    """
    return f"{quoted(f'{repo}@{ref}' if ref else repo)}.{quoted(dataset)}"


def find_references(statement: str, known: Callable[[str], bool]) -> list[Reference]:
    """Return where a statement names tables whose schema the lake may know.

    Parameters
    ----------
    statement
        One or more SQL statements.
    known
        Tells whether a schema's name is the lake's.
    """
    tokens = _tokens(statement)
    pairs = [pair for pair in _pairs(tokens) if known(pair[0].text)]
    if not pairs:
        return []
    tables, columns = _parsed_places(statement)
    found = []
    for first, second, index in pairs:
        if tables is not None and first.start not in tables and first.start not in columns:
            continue
        ref, span = _time_travel(tokens, index + 3)
        sure = tables is not None or ref is not None or "@" in first.text
        place = (first.start, first.end + 1, first.text, second.text)
        found.append(Reference(*place, ref, span, sure, column=first.start in columns))
    return found


def find_calls(statement: str) -> list[Call]:
    """Return the calls of ``lake_read`` in a statement.

    Raises
    ------
    InvalidInputError
        If a call's first argument is no text.
    """
    from sqlglot.tokens import TokenType

    if FUNCTION not in statement.lower():
        return []
    tokens = _tokens(statement)
    calls = []
    for index, token in enumerate(tokens[:-2]):
        opens = tokens[index + 1].token_type == TokenType.L_PAREN
        if token.text.lower() != FUNCTION or not opens:
            continue
        close = _closing(tokens, index + 1)
        if tokens[index + 2].token_type != TokenType.STRING or close is None:
            raise InvalidInputError(
                "lake_read takes an address in quotes first.",
                hint="Write: lake_read('sales@main/raw/*.csv', header => false)",
            )
        options = statement[tokens[index + 2].end + 1 : tokens[close].start]
        address = tokens[index + 2].text
        calls.append(Call(token.start, tokens[close].end + 1, address, options))
    return calls


def parse(statement: str) -> list[Any] | None:
    """Return the parsed statements, or None if sqlglot doesn't know one of them."""
    return _parse(statement)


@lru_cache(maxsize=64)
def _parse(statement: str) -> list[Any] | None:
    import sqlglot
    from sqlglot import exp

    try:
        with _silenced():
            parsed = sqlglot.parse(_explained(statement), dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    if any(isinstance(expression, exp.Command) for expression in parsed):
        return None
    return [expression for expression in parsed if expression is not None]


def _explained(statement: str) -> str:
    """Return the statement with EXPLAIN blanked out: sqlglot takes what follows for one word."""
    return _EXPLAIN.sub(lambda match: " " * len(match.group()), statement)


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep sqlglot from telling the person that it doesn't know a statement."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


@lru_cache(maxsize=64)
def _tokens(statement: str) -> Sequence[Token]:
    import sqlglot

    try:
        return sqlglot.tokenize(_explained(statement), dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return ()  # DuckDB will say what is wrong with it


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, int]]:
    """Yield ``a . b`` where no further name stands before."""
    from sqlglot.tokens import TokenType

    literals = (TokenType.STRING, TokenType.NUMBER)
    for index in range(len(tokens) - 2):
        first, dot, second = tokens[index : index + 3]
        if dot.token_type != TokenType.DOT or first.token_type in literals:
            continue
        if index and tokens[index - 1].token_type == TokenType.DOT:
            continue
        yield first, second, index


def _parsed_places(statement: str) -> tuple[Collection[int] | None, Collection[int]]:
    """Return where schemas stand before tables, and before columns' tables; None if unknown."""
    from sqlglot import exp

    parsed = _parse(statement)
    if parsed is None:
        return None, ()
    tables: set[int] = set()
    columns: set[int] = set()
    for expression in parsed:
        for node in expression.find_all(exp.Table, exp.Column):
            schema = node.args.get("db")
            if isinstance(schema, exp.Identifier) and "start" in schema.meta:
                places = tables if isinstance(node, exp.Table) else columns
                places.add(schema.meta["start"])
    return tables, columns


def _time_travel(tokens: Sequence[Token], index: int) -> tuple[str | None, tuple[int, int] | None]:
    """Read ``AT (VERSION => 'x')`` or ``AT (TIMESTAMP => 'x')`` at a position."""
    from sqlglot.tokens import TokenType

    clause = tokens[index : index + 3]
    words = [token.text.upper() for token in clause]
    if len(words) < 3 or words[0] != "AT" or words[1] != "(":
        return None, None
    close = _closing(tokens, index + 1)
    if words[2] not in ("VERSION", "TIMESTAMP") or close is None:
        return None, None
    literals = [t for t in tokens[index + 3 : close] if t.token_type == TokenType.STRING]
    if len(literals) != 1:
        raise InvalidInputError(
            f"AT ({words[2]} => ...) takes one text in quotes.",
            hint="Write: AT (VERSION => 'main~2') or AT (TIMESTAMP => '2026-10-01')",
        )
    text = literals[0].text
    ref = text if words[2] == "VERSION" else f"@{{{text}}}"
    return ref, (clause[0].start, tokens[close].end + 1)


def _closing(tokens: Sequence[Token], opening: int) -> int | None:
    """Return where the parenthesis that opens at an index closes."""
    from sqlglot.tokens import TokenType

    depth = 0
    for index in range(opening, len(tokens)):
        kind: Any = tokens[index].token_type
        depth += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        if depth == 0:
            return index
    return None
