"""What a column of a table is like: nulls, distinct values, bounds, and how values are spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_lake.query.json_values import Json, json_value

if TYPE_CHECKING:
    import duckdb

__all__ = ["Column", "shown", "summarize"]

Run = Callable[[Callable[[], Any]], Any]

_BINS = 20
_TOP = 6
_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
)  # fmt: skip
_MOMENTS = ("DATE", "TIMESTAMP")
_NAMES = ("VARCHAR", "BOOLEAN", "ENUM", "UUID", "TIME")


@dataclass(slots=True)
class Column:
    """One column's line of a preview; None where something isn't known."""

    name: str
    type: str
    nulls: int | None = None
    distinct: int | None = None
    min: Json = None
    max: Json = None
    histogram: list[Json] | None = None
    top: list[Json] | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return the column as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def quoted(self) -> str:
        """The name as SQL has it."""
        return '"' + self.name.replace('"', '""') + '"'

    @property
    def family(self) -> str:
        """``number``, ``moment``, ``name``, or ``other``."""
        base, nested, _ = self.type.partition("(")
        if "[" in self.type or (nested and base not in ("DECIMAL", "ENUM")):
            return "other"
        if base in _NUMBERS:
            return "number"
        if base.startswith(_MOMENTS):
            return "moment"
        return "name" if base.startswith(_NAMES) else "other"


def shown(columns: Sequence[Column]) -> str:
    """Return the select list under which all values come out readable, times as text."""
    return ", ".join(
        f"CAST({column.quoted} AS VARCHAR) AS {column.quoted}"
        if column.family == "moment" or column.type.startswith(("TIME", "INTERVAL", "BIT"))
        else column.quoted
        for column in columns
    )


def summarize(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], run: Run
) -> None:
    """Fill in what a table's rows say of its columns.

    Parameters
    ----------
    connection, table
        Where the rows are; quick to read again and again.
    columns
        The table's columns, or some of them.
    run
        Runs a query within its budget; returns None when that is spent.
    """
    look = _Look(connection, table, run)
    for column in columns:
        if not look.at(column):
            return


class _Look:
    """Queries over one table, one column after the other."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, run: Run) -> None:
        self._connection = connection
        self._table = table
        self._run = run

    def at(self, column: Column) -> bool:
        """Fill in one column; return False if time ran out."""
        found = self._rows(f"SELECT {_measures(column)} FROM {self._table}")
        if found is None:
            return False
        column.nulls, column.distinct, least, greatest, low, high = found[0]
        column.min, column.max = json_value(least), json_value(greatest)
        if column.family == "name":
            column.top = self._top(column)
        elif low is not None and high is not None:
            column.histogram = self._histogram(column, float(low), float(high))
        return True

    def _rows(self, query: str) -> list[Any] | None:
        found: list[Any] | None = self._run(lambda: self._connection.execute(query).fetchall())
        return found

    def _histogram(self, column: Column, low: float, high: float) -> list[Json] | None:
        bins = _BINS if high > low else 1
        width = (high - low) / bins or 1.0
        number = _as_number(column)
        found = self._rows(
            f"SELECT CAST(least(floor(({number} - {low!r}) / {width!r}), {bins - 1}) AS INTEGER), "
            f"count(*) FROM {self._table} WHERE {number} IS NOT NULL GROUP BY 1"
        )
        if found is None:
            return None
        counts = dict(found)
        edges = [_edge(low + width * index, column) for index in range(bins)]
        edges.append(_edge(high, column))
        return [
            {"from": edges[index], "to": edges[index + 1], "count": counts.get(index, 0)}
            for index in range(bins)
        ]

    def _top(self, column: Column) -> list[Json] | None:
        found = self._rows(
            f"SELECT CAST({column.quoted} AS VARCHAR), count(*) FROM {self._table} "
            f"WHERE {column.quoted} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_TOP}"
        )
        if found is None:
            return None
        return [{"value": json_value(value), "count": count} for value, count in found]


def _measures(column: Column) -> str:
    """Return the select list: nulls, distinct values, least, greatest, both on a line."""
    name = column.quoted
    if column.family == "other":
        return f"count(*) - count({name}), NULL, NULL, NULL, NULL, NULL"
    bounds = [f"min({name})", f"max({name})"]
    if column.family == "moment":
        bounds = [f"CAST({bound} AS VARCHAR)" for bound in bounds]
    number = _as_number(column)
    ends = [f"min({number})", f"max({number})"] if number else ["NULL", "NULL"]
    measures = [f"count(*) - count({name})", f"approx_count_distinct({name})", *bounds, *ends]
    return ", ".join(measures)


def _as_number(column: Column) -> str | None:
    """Return the SQL that puts finite values on a line, null for others."""
    if column.family == "number":
        number = f"CAST({column.quoted} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    if column.family == "moment":
        finite = f"isfinite(CAST({column.quoted} AS TIMESTAMP))"
        return f"CASE WHEN {finite} THEN epoch({column.quoted}) END"
    return None


def _edge(value: float, column: Column) -> Json:
    if column.family == "number":
        return value
    try:
        moment = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return value
    return moment.isoformat(sep=" ", timespec="seconds")
