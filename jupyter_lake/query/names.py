"""Where a statement names tables of a lake.

Only the names are replaced, at their places in the text; everything else
passes through untouched, so whatever DuckDB understands keeps working. sqlglot
says which names stand for tables. What it can't parse is scanned for
``repo.dataset`` by its tokens, and the catalog decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import InvalidInputError
from jupyter_lake.query.parsing import Place, places_of, tokens_of

if TYPE_CHECKING:
    from sqlglot.tokens import Token

__all__ = [
    "Call",
    "Reference",
    "find_calls",
    "find_references",
    "plainly",
    "quoted",
    "quoted_name",
    "says",
]

FUNCTION = "lake_read"


@dataclass(frozen=True, slots=True)
class Reference:
    """One place where a statement says ``schema.table``.

    Attributes
    ----------
    start, end
        The span of the schema's name in the text.
    schema, table
        Both names, without quotes. The schema is ``repo`` or ``repo@ref``.
    version, timestamp
        The expression in ``AT (VERSION => ...)`` or ``AT (TIMESTAMP => ...)``.
    at
        The span of that clause, which DuckDB is not to see.
    place
        What is known of it: a table, one that is written to, the front of a
        column (``sales.orders.amount``), or only that it may be a table.
    """

    start: int
    end: int
    schema: str
    table: str
    version: str | None = None
    timestamp: str | None = None
    at: tuple[int, int] | None = None
    place: Place = Place.TABLE

    @property
    def sure(self) -> bool:
        """Whether it is known to name a table of the lake, if the lake knows its schema."""
        return self.place is not Place.UNKNOWN or self.at is not None or "@" in self.schema


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


def plainly(name: str) -> str:
    """Return a name as DuckDB writes it: quoted only where it must be."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else quoted(name)


def quoted_name(repo: str, ref: str | None, dataset: str) -> str:
    """Return how SQL names a dataset at a ref: ``"sales@main".orders``.

    Examples
    --------
    >>> quoted_name("sales", "main~2", "2026/orders")
    '"sales@main~2"."2026/orders"'
    """
    return f"{quoted(f'{repo}@{ref}' if ref else repo)}.{quoted(dataset)}"


def says(statement: str, name: str) -> bool:
    """Whether a statement uses a name, other than to name an argument of a function."""
    tokens = tokens_of(statement)
    return any(
        token.text.casefold() == name.casefold()
        and not token.token_type.name.endswith(("STRING", "NUMBER"))
        and not (index + 1 < len(tokens) and tokens[index + 1].text in ("=>", ":="))
        for index, token in enumerate(tokens)
    )


def find_references(statement: str, known: Callable[[str], bool]) -> list[Reference]:
    """Return where a statement names tables whose schema the lake may know.

    Parameters
    ----------
    statement
        One or more SQL statements.
    known
        Tells whether a schema's name is the lake's.
    """
    tokens = tokens_of(statement)
    pairs = [pair for pair in _pairs(tokens) if known(pair[0].text)]
    if not pairs:
        return []
    places = places_of(statement)
    found = []
    for first, second, index in pairs:
        place = places.of(first.start)
        if place is None:
            continue
        span = (first.start, first.end + 1)
        reference = Reference(*span, first.text, second.text, place=place)
        found.append(_travelling(reference, statement, tokens, index + 3))
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
    tokens = tokens_of(statement)
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


def _travelling(
    reference: Reference, statement: str, tokens: Sequence[Token], index: int
) -> Reference:
    """Read ``AT (VERSION => ...)`` or ``AT (TIMESTAMP => ...)`` behind a table's name."""
    from dataclasses import replace

    words = [token.text.upper() for token in tokens[index : index + 4]]
    if words[:2] != ["AT", "("] or words[2:3] not in (["VERSION"], ["TIMESTAMP"]):
        return reference
    close = _closing(tokens, index + 1)
    if words[3:] != ["=>"] or close is None:
        return reference
    text = statement[tokens[index + 3].end + 1 : tokens[close].start].strip()
    span = (tokens[index].start, tokens[close].end + 1)
    if words[2] == "VERSION":
        return replace(reference, version=text, at=span)
    return replace(reference, timestamp=text, at=span)


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
