"""Statements as sqlglot sees them: tokens, trees, and which places hold tables."""

from __future__ import annotations

import contextlib
import enum
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokens import Token

__all__ = [
    "Place",
    "Places",
    "closing",
    "parse",
    "places_of",
    "silenced",
    "statements_of",
    "tokens_of",
]


class Place(enum.Enum):
    """What stands at a place of a statement."""

    TABLE = "table"
    TARGET = "target"
    COLUMN = "column"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Places:
    """What stands where in a text.

    Attributes
    ----------
    known
        The tables of two names, by the start of the first.
    unparsed
        The spans of statements that nobody could parse.
    names
        The tables of one name only, by their places.
    aliases
        What a column's name may begin with that is no schema, in small letters.
    dotted
        The names of all other tables, part by part, and whether they are written to.
    """

    known: dict[int, Place] = field(default_factory=dict)
    unparsed: list[tuple[int, int]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    dotted: list[tuple[Place, tuple[str, ...]]] = field(default_factory=list)

    def of(self, start: int) -> Place:
        """Return what stands at a place: the front of a column, if it is no table."""
        if any(first <= start < last for first, last in self.unparsed):
            return Place.UNKNOWN
        return self.known.get(start, Place.COLUMN)


@lru_cache(maxsize=64)
def tokens_of(statement: str) -> Sequence[Token]:
    """Return the tokens of a text; none if it is broken, which DuckDB will say."""
    import sqlglot

    try:
        return _opened(statement, sqlglot.tokenize(statement, dialect="duckdb"))
    except sqlglot.errors.SqlglotError:
        return ()


# After these words sqlglot's tokenizer leaves the rest of the statement in one piece.
_COMMANDS = ("COMMAND", "EXECUTE", "FETCH", "SHOW", "RENAME")


def _opened(statement: str, tokens: Sequence[Token]) -> Sequence[Token]:
    """Take apart what the tokenizer leaves in one piece: the rest of a command such as PREPARE."""
    found: list[Token] = []
    for token in tokens:
        if found and found[-1].token_type.name in _COMMANDS and token.token_type.name == "STRING":
            start = found[-1].end + 1
            rest = statement[start:].partition(";")[0]
            if rest.strip() == token.text.strip():
                found += tokens_of(" " * start + rest)
                continue
        found.append(token)
    return found


def closing(tokens: Sequence[Token], opening: int) -> int | None:
    """Return where the parenthesis that opens at an index closes."""
    from sqlglot.tokens import TokenType

    depth = 0
    for index in range(opening, len(tokens)):
        kind: Any = tokens[index].token_type
        depth += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        if depth == 0:
            return index
    return None


def statements_of(text: str) -> list[tuple[int, int]]:
    """Return the spans of the statements that semicolons part."""
    from sqlglot.tokens import TokenType

    spans: list[tuple[int, int]] = []
    first: int | None = None
    for token in tokens_of(text):
        if token.token_type == TokenType.SEMICOLON:
            if first is not None:
                spans.append((first, token.start))
            first = None
        elif first is None:
            first = token.start
    if first is not None:
        spans.append((first, len(text)))
    return spans


def parse(text: str) -> Mapping[tuple[int, int], exp.Expression | None]:
    """Return the tree of each statement by its span; None for what sqlglot doesn't know.

    Places in the trees are places in the whole text.
    """
    return _parse(text)


@lru_cache(maxsize=64)
def _parse(text: str) -> Mapping[tuple[int, int], exp.Expression | None]:
    return {span: _parsed(text, *span) for span in statements_of(text)}


def _parsed(text: str, first: int, last: int) -> exp.Expression | None:
    import sqlglot
    from sqlglot import exp

    known = (
        exp.Query,
        exp.Insert,
        exp.Create,
        exp.Copy,
        exp.Delete,
        exp.Update,
        exp.Merge,
        exp.Describe,
        exp.Summarize,
        exp.Pivot,
        exp.Set,
        exp.Drop,
        exp.Alter,
        exp.TruncateTable,
        exp.Use,
        exp.Show,
        exp.Transaction,
        exp.Commit,
        exp.Rollback,
        exp.Values,
    )
    start = _behind_prefix(text, first, last)
    try:
        with silenced():
            tree = sqlglot.parse_one(" " * start + text[start:last], dialect="duckdb")
    except Exception:  # noqa: BLE001  it fails in many ways at what it doesn't know
        return None
    return cast("exp.Expression", tree) if isinstance(tree, known) else None


def _behind_prefix(text: str, first: int, last: int) -> int:
    """Return where the statement begins that an EXPLAIN or PREPARE is about."""
    tokens = [token for token in tokens_of(text) if first <= token.start < last][:6]
    words = [token.text.upper() for token in tokens]
    if words[:1] == ["PREPARE"] and words[2:3] == ["AS"]:
        return tokens[2].end + 1
    if words[:1] != ["EXPLAIN"]:
        return first
    if words[1:2] == ["ANALYZE"]:
        return tokens[1].end + 1
    return tokens[0].end + 1


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep sqlglot from telling the person that it doesn't know a statement."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


@lru_cache(maxsize=64)
def places_of(text: str) -> Places:
    """Return what stands where in a text of one or more statements."""
    places = Places()
    for span, tree in parse(text).items():
        if tree is None:
            places.unparsed.append(span)
        else:
            _collect(tree, places)
    return places


def _collect(tree: exp.Expression, places: Places) -> None:
    from sqlglot import exp

    target = _target(tree)
    places.aliases |= {alias.name.casefold() for alias in tree.find_all(exp.TableAlias)}
    for node in tree.find_all(exp.Table):
        parts = [part for part in node.parts if isinstance(part, exp.Identifier)]
        start = parts[0].meta.get("start") if parts else None
        if start is None:
            continue
        if len(parts) == 1:
            places.names[start] = parts[0].name
            places.aliases.add(parts[0].name.casefold())
            continue
        place = Place.TARGET if node is target else Place.TABLE
        places.dotted.append((place, tuple(part.name for part in parts)))
        if len(parts) == 2:
            places.known[start] = place


def _target(tree: exp.Expression) -> exp.Expression | None:
    """Return the table that a statement writes to, if any."""
    from sqlglot import exp

    writing = (
        exp.Insert,
        exp.Create,
        exp.Delete,
        exp.Update,
        exp.Merge,
        exp.Drop,
        exp.Alter,
        exp.TruncateTable,
    )
    reads_in = isinstance(tree, exp.Copy) and bool(tree.args.get("kind"))
    if not isinstance(tree, writing) and not reads_in:
        return None
    target = tree.this or tree.find(exp.Table)
    while isinstance(target, exp.Schema | exp.UserDefinedFunction):
        target = target.this
    return target if isinstance(target, exp.Table) else None
