"""Names inside strings that some engine will resolve: SQL, ``df.query``, shell, templates."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.known import CODE_CALLS, SHELL_CALLS, SQL_CALLS, wordset

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "at_names",
    "bound_parameters",
    "changes_settings",
    "format_fields",
    "format_holes",
    "is_engine",
    "looks_like_sql",
    "shell_names",
    "sql_strings",
    "sql_tables",
    "template_fields",
    "words",
]

_SQL_START = re.compile(
    r"^[\s(]*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*"
    r"(select|with|from|insert|create|update|delete|copy|describe|summarize|explain|pivot|"
    r"unpivot|table|values|merge|replace|drop|alter|truncate|show|attach|set|call|show)\b",
    re.IGNORECASE | re.DOTALL,
)
_SQL_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$\$.*?\$\$|\"(?P<quoted>(?:[^\"]|\"\")+)\"|`(?P<tick>[^`]+)`"
    r"|(?P<word>[^\W\d]\w*)|(?P<mark>[(),.;])|\S",
    re.DOTALL,
)
_TABLE_FOLLOWS = wordset(
    "from join into update table describe desc summarize pivot unpivot pivot_wider "
    "pivot_longer view exists truncate only"
)
_TABLE_ENDS = wordset(
    "select where group order having on limit window qualify union except intersect set "
    "values returning offset fetch sample tablesample as by when then"
)
_WRITES_TABLE = frozenset(["into", "update", "table", "view", "truncate", "delete"])
_AT_NAME = re.compile(r"@\s*([^\W\d]\w*)")
_SHELL_NAME = re.compile(r"(?<![\\$])\$\{?([^\W\d]\w*)")
_BRACES = re.compile(r"\{\{?\s*([^{}]+?)\s*\}?\}")
_BOUND = re.compile(r"(?<![:\w]):([^\W\d]\w*)")
_TEMPLATE_NAME = re.compile(r"(?:%\(|\$\{?)([^\W\d]\w*)")
_SQL_SETTING = re.compile(r"(?:^|;)\s*(?:set|reset|pragma|use|attach|detach|load)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*")


def is_engine(name: str) -> bool:
    """Tell whether calls of this name make more of their strings than text."""
    return name in CODE_CALLS or name in SQL_CALLS or name in SHELL_CALLS or "sql" in name.lower()


def looks_like_sql(text: str) -> bool:
    """Tell whether a text begins as a SQL statement does."""
    return _SQL_START.match(text) is not None


def words(text: str) -> set[str]:
    """Return every identifier in a text."""
    return set(_WORD.findall(text))


def at_names(text: str) -> set[str]:
    """Return the names that ``df.query`` and ``df.eval`` take from outside (``@name``)."""
    return set(_AT_NAME.findall(text))


def shell_names(text: str) -> tuple[set[str], list[str]]:
    """Return the ``$names`` and the ``{expressions}`` that IPython puts into a command."""
    return set(_SHELL_NAME.findall(text)), _BRACES.findall(text)


def bound_parameters(text: str) -> set[str]:
    """Return the ``:name`` parameters of a SQL text."""
    return set(_BOUND.findall(text))


def format_holes(text: str) -> list[str]:
    """Return the ``{expressions}`` and ``{{expressions}}`` in a template."""
    return [hole for hole in re.findall(r"\{\{?\s*([^{}:]+?)\s*\}?\}", text) if hole]


def format_fields(text: str) -> Iterator[str]:
    """Yield the names that ``str.format`` would look up in a text."""
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field]
    except ValueError:
        return
    for field in fields:
        found = _WORD.match(field)
        if found:
            yield found.group()


def template_fields(text: str) -> set[str]:
    """Return the names that ``text % names`` and ``string.Template`` would look up in a text."""
    return set(_TEMPLATE_NAME.findall(text))


def sql_strings(text: str) -> list[str]:
    """Return the string constants of a SQL text."""
    tokens = (token.group() for token in _SQL_TOKEN.finditer(text))
    return [token[1:-1] for token in tokens if token.startswith("'") and token.endswith("'")]


def changes_settings(text: str) -> bool:
    """Tell whether a SQL text sets what holds for later statements."""
    return _SQL_SETTING.search(text) is not None


def sql_tables(text: str) -> tuple[set[str], set[str]]:
    """Find the unqualified table names of a SQL text.

    Returns
    -------
    tuple of set
        Names that stand where a table stands, less the statement's own CTEs; and those of them
        that the statement creates or changes.
    """
    return _TableScan().scan(text)


class _TableScan:
    """One pass over the tokens of a statement; a stack remembers the clause at each bracket."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.written: set[str] = set()
        self.ctes: set[str] = set()
        self.clauses: list[tuple[bool, bool]] = []
        self.table_next = False
        self.writes_next = False

    def scan(self, text: str) -> tuple[set[str], set[str]]:
        tokens = [token for token in _SQL_TOKEN.finditer(text) if token.lastgroup]
        for position, token in enumerate(tokens):
            follow = tokens[position + 1].group() if position + 1 < len(tokens) else ""
            before = tokens[position - 1].group() if position else ""
            if token.lastgroup == "mark":
                self._mark(token.group(), before.lower())
                continue
            self._word(token, before, follow, tokens, position)
        return self.tables - self.ctes, self.written

    def _mark(self, mark: str, before: str) -> None:
        if mark == "(":
            self.clauses.append((self.table_next, self.writes_next))
            self.table_next &= before in _TABLE_FOLLOWS or before in (",", "(")
        elif mark == ")" and self.clauses:
            self.table_next, self.writes_next = self.clauses.pop()
        elif mark == ";":
            self.clauses, self.table_next, self.writes_next = [], False, False

    def _word(
        self,
        token: re.Match[str],
        before: str,
        follow: str,
        tokens: list[re.Match[str]],
        position: int,
    ) -> None:
        word = token.group("quoted") or token.group("tick") or token.group()
        keyword = token.group("word").lower() if token.group("word") else ""
        if _begins_cte(before, follow, tokens, position):
            self.ctes.add(word)
        elif keyword in _TABLE_FOLLOWS and not (before == "." or follow == "."):
            self.table_next = True
            if keyword not in ("exists", "only"):
                self.writes_next = keyword in _WRITES_TABLE or before.lower() == "delete"
        elif keyword in ("if", "not"):
            return
        elif keyword in _TABLE_ENDS:
            self.table_next = keyword == "as" and self.table_next
        elif self._is_table(before, follow):
            self.tables.add(word)
            if self.writes_next:
                self.written.add(word)
                self.table_next = self.writes_next = False

    def _is_table(self, before: str, follow: str) -> bool:
        if not self.table_next or before == "." or follow in (".", "("):
            return follow == "(" and self.writes_next and before != "."
        return before in (",", "(") or before.lower() in _TABLE_FOLLOWS | {"not", "exists", "or"}


def _begins_cte(before: str, follow: str, tokens: list[re.Match[str]], position: int) -> bool:
    if before.lower() not in ("with", "recursive", ","):
        return False
    if follow.lower() == "as":
        after = tokens[position + 2].group().lower() if position + 2 < len(tokens) else ""
        return after in ("(", "materialized", "not")
    return before.lower() in ("with", "recursive") and follow == "("
