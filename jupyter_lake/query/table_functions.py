"""Table functions that take a query or the name of a table as text.

DuckDB reads ``query('FROM sales.orders')`` as the query that the text holds, so it is
written out before anything else is looked at. Functions that want a table's name keep
their call; what they are told, be it worked out first, is where names are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.query.parsing import closing, tokens_of

if TYPE_CHECKING:
    import duckdb
    from sqlglot.tokens import Token

__all__ = ["Told", "named_in_calls", "spelled_out"]

_QUERY = "query"
_NAMING = frozenset(
    {
        "histogram",
        "histogram_values",
        "pragma_show",
        "pragma_storage_info",
        "pragma_table_info",
        "query_table",
        "storage_info",
        "table_info",
    }
)
_CALL = re.compile(rf"\b(?:{'|'.join((_QUERY, *sorted(_NAMING)))})\s*\(", re.IGNORECASE)
_BEFORE = frozenset({"FROM", "JOIN", "CALL", "PRAGMA", "PIVOT", "UNPIVOT", "LATERAL"})
# A text may hold a call whose text holds a call; so deep, DuckDB may have the rest.
DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of one of these functions: its span, and its first argument's tokens.

    `sure` says that it stands where only a table can.
    """

    name: str
    start: int
    end: int
    argument: Sequence[Token]
    sure: bool

    @property
    def span(self) -> tuple[int, int]:
        """Where the first argument stands."""
        return self.argument[0].start, self.argument[-1].end + 1


def spelled_out(
    statement: str, connection: duckdb.DuckDBPyConnection, *, depth: int = DEPTH
) -> str:
    """Return a statement with the queries that texts hold written out, and names worked out.

    Texts that name no table of any schema are left as they are.

    Parameters
    ----------
    statement
        What the person wrote.
    connection
        What works out ``'FROM ' || ...`` and ``getvariable(...)``.
    """
    changes = []
    for call in _calls(statement) if depth else ():
        if call.name != _QUERY and _plain(statement, call.argument):
            continue
        texts = _worked_out(statement[slice(*call.span)], connection)
        if not any("." in text or "(" in text for text in texts):
            continue
        if call.name != _QUERY:
            listed = ", ".join(map(_literal, texts))
            changes.append((*call.span, listed if len(texts) == 1 else f"[{listed}]"))
        else:
            inner = spelled_out(texts[0], connection, depth=depth - 1)
            word = "FROM " if statement[call.start :].upper().startswith("CALL") else ""
            changes.append((call.start, call.end, f"{word}({_one(inner)}\n)"))
    for start, end, text in reversed(changes):
        statement = statement[:start] + text + statement[end:]
    return statement


@dataclass(frozen=True, slots=True)
class Told:
    """What a function that takes tables by name is told.

    Attributes
    ----------
    function
        Its name; empty for one that DuckDB itself has.
    tokens
        What it is told, at the places in the statement, be it inside a text.
    sure
        Whether that can only be a table.
    """

    function: str
    tokens: Sequence[Token]
    sure: bool


def named_in_calls(statement: str) -> Iterator[Told]:
    """Yield what is told to functions that take tables by name, and to what may be a macro."""
    for call in _calls(statement, macros=True):
        known = call.name in _NAMING
        if call.name == _QUERY or (known and not _plain(statement, call.argument)):
            continue
        function = "" if known else call.name
        for token in call.argument:
            if _is_text(statement, token):
                # A quote within a name is written twice in a text, which moves what follows it.
                text = statement[token.start + 1 : token.end].replace("''", "'")
                tokens = tokens_of(" " * (token.start + 1) + text)
                yield Told(function, tokens, sure=call.sure and known)
        bare = [token for token in call.argument if not _is_text(statement, token)]
        yield Told(function, bare, sure=call.sure and known)


def _calls(statement: str, *, macros: bool = False) -> list[_Call]:
    """Return the calls of these functions, but for those inside another."""
    if not macros and _CALL.search(statement) is None:
        return []
    tokens = tokens_of(statement)
    calls: list[_Call] = []
    within = 0
    for index, token in enumerate(tokens[:-2]):
        if tokens[index + 1].text != "(" or token.start < within:
            continue
        name, before = token.text.lower(), tokens[index - 1].text.upper() if index else ""
        known = name == _QUERY or name in _NAMING
        place = before in _BEFORE or before == ","
        close = closing(tokens, index + 1) if place and (known or macros) else None
        if close is None:
            continue
        arguments = tokens[index + 2 : close]
        start = index - (before == "CALL" and name == _QUERY)
        span = (tokens[start].start, tokens[close].end + 1)
        if known:
            arguments, within = _first(arguments), span[1]
        if arguments:
            calls.append(_Call(name, *span, arguments, before in _BEFORE))
    return calls


def _first(arguments: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens up to the first comma that isn't inside brackets."""
    depth = 0
    for index, token in enumerate(arguments):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "," and depth == 0:
            return arguments[:index]
    return arguments


def _plain(statement: str, argument: Sequence[Token]) -> bool:
    """Whether an argument is made of texts and names alone, or is a list of them."""
    marks = ("[", "]", ",", ".")
    return all(
        token.text in marks
        or token.text.isidentifier()
        or token.token_type.name == "IDENTIFIER"
        or _is_text(statement, token)
        for token in argument
    )


def _is_text(statement: str, token: Token) -> bool:
    return token.token_type.name == "STRING" and statement[token.start] == "'"


def _worked_out(expression: str, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the texts that an expression comes to; none where that takes more than constants."""
    import duckdb

    # A cursor, so that no mistake in it ends a transaction; but it has no variables of its own.
    asked = connection if "getvariable" in expression.lower() else connection.cursor()
    try:
        (((value,),),) = asked.execute(f"SELECT [{expression}]").fetchall()
    except duckdb.Error:
        return []
    texts = value if isinstance(value, list) else [value]
    return texts if all(isinstance(text, str) for text in texts) else []


def _one(query: str) -> str:
    """Return a query without the semicolon at its end."""
    tokens = tokens_of(query)
    while tokens and tokens[-1].text == ";":
        query, tokens = query[: tokens[-1].start], tokens[:-1]
    return query


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
