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
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidInputError
from jupyter_lake.query.parsing import Place, closing, places_of, tokens_of
from jupyter_lake.query.table_functions import named_in_calls

if TYPE_CHECKING:
    from sqlglot.tokens import Token

__all__ = [
    "Call",
    "Reference",
    "dotted_names",
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


def find_references(
    statement: str, known: Callable[[str], bool], macro: Callable[[str], bool]
) -> list[Reference]:
    """Return where a statement names tables whose schema the lake may know.

    Parameters
    ----------
    statement
        One or more SQL statements.
    known
        Tells whether a schema's name is the lake's.
    macro
        Tells whether a function is the person's own, which may take tables by name.
    """
    tokens = tokens_of(statement)
    found = _told(statement, known, macro)
    told = {reference.start for reference in found}
    pairs = [p for p in _pairs(tokens) if p[0].start not in told and known(p[0].text)]
    places = places_of(statement) if pairs else None
    for first, second, index in pairs:
        assert places is not None
        place = places.of(first.start)
        longer = index + 3 < len(tokens) and tokens[index + 3].text == "."
        if place is Place.COLUMN and not longer and first.text.casefold() in places.aliases:
            continue
        reference = Reference(first.start, first.end + 1, first.text, second.text, place=place)
        found.append(_travelling(reference, statement, tokens, index + 3))
    return found


def _told(
    statement: str, known: Callable[[str], bool], macro: Callable[[str], bool]
) -> list[Reference]:
    """Return the names that functions are told, be it as text."""
    found = []
    for told in named_in_calls(statement):
        names = [pair for pair in _pairs(told.tokens) if known(pair[0].text)]
        if names and told.function and not macro(told.function):
            continue
        place = Place.TABLE if told.sure else Place.UNKNOWN
        for first, second, _ in names:
            span = (first.start, first.end + 1)
            found.append(Reference(*span, first.text, second.text, place=place))
    return found


def dotted_names(statement: str) -> list[tuple[Place, tuple[str, ...]]]:
    """Return the names of tables that have several parts, and whether they are written to."""
    told = [
        (Place.TABLE, (first.text, second.text))
        for each in named_in_calls(statement)
        if each.sure
        for first, second, _ in _pairs(each.tokens)
    ]
    return [*places_of(statement).dotted, *told]


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
        close = closing(tokens, index + 1)
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
    close = closing(tokens, index + 1)
    if words[3:] != ["=>"] or close is None:
        return reference
    text = statement[tokens[index + 3].end + 1 : tokens[close].start].strip()
    span = (tokens[index].start, tokens[close].end + 1)
    if words[2] == "VERSION":
        return replace(reference, version=text, at=span)
    return replace(reference, timestamp=text, at=span)
