"""Previews of tables: first rows, and what each column is like, from a bounded part of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidInputError, QueryError, closest
from jupyter_lake.query.column_summary import Column, shown, summarize
from jupyter_lake.query.datasets import Dataset, resolve_dataset
from jupyter_lake.query.explaining import in_the_lake
from jupyter_lake.query.json_values import Json, json_value
from jupyter_lake.query.locked import Budget, locked_runner
from jupyter_lake.query.preview_file import Looked
from jupyter_lake.query.remote import names_of
from jupyter_lake.query.views import Views

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.store import Commit

__all__ = ["look"]

_SAMPLE_ROWS = 100_000
_SAMPLE_BYTES = 32 << 20
_SAMPLE_FILES = 4
_COLUMNS = 200


Order = tuple[str, bool]
"""A column's name, and whether the greatest comes first."""


def look(
    commit: Commit,
    path: str,
    *,
    where: str | None,
    order: Order | None,
    limit: int,
    seconds: float,
) -> Looked:
    """Return the preview of a dataset."""
    dataset = resolve_dataset(commit, path)
    table = _Table(dataset, _condition(where) if where and where.strip() else "", order, seconds)
    with closing(table.connection):
        content = table.content(limit)
    return Looked("table", len(dataset.files), sum(f.size for f in dataset.files), content)


class _Table:
    """One look at one dataset, at the rows for which a condition holds."""

    def __init__(self, dataset: Dataset, where: str, order: Order | None, seconds: float) -> None:
        self.dataset = dataset
        self.files = dataset.files
        self.where = where
        self.order = order
        self.total = _sum(file.rows for file in self.files)
        self.wanted = self._sample_rows()
        few = self.total is not None and self.total <= self.wanted
        count = len(self.files)
        self.whole = bool(where) or count <= _SAMPLE_FILES or few
        self.looked_at = (
            range(count)
            if self.whole
            else [index * count // _SAMPLE_FILES for index in range(_SAMPLE_FILES)]
        )
        reached = range(count) if order else self.looked_at
        reachable = [name for index in reached for name in names_of(self.files[index])]
        runner = locked_runner(dataset.commit.repo.lake, reachable)
        self.connection = runner.connection
        self.views = Views(self.connection)
        self.budget = Budget(runner, seconds)

    def content(self, limit: int) -> dict[str, Json]:
        """Return what a preview of a table says."""
        seen = self._take_sample()
        columns = self._columns() if seen is not None else []
        complete = seen is not None and self.whole and seen < self.wanted
        summarize(self.connection, "sample", columns[:_COLUMNS], self.budget.run)
        if not complete:
            self._use_manifest(columns)
        matching = self._count(seen, complete=complete) if self.where else None
        notes: list[Json] = []
        if len(columns) > _COLUMNS:
            notes.append(f"Only the first {_COLUMNS} columns are summed up.")
        rows = self._rows(columns, limit, complete=complete)
        if self.budget.spent:
            notes.append("There was no time to look at everything.")
        return {
            "format": self.dataset.format,
            "columns": [column.to_dict() for column in columns],
            "rows": rows,
            "total_rows": seen if complete and not self.where else self.total,
            "matching_rows": matching,
            "summary_rows": seen or 0,
            "summary_complete": complete,
            "notes": notes,
        }

    def _sample_rows(self) -> int:
        """Return how many rows are few enough to look at them all."""
        if not self.total:
            return _SAMPLE_ROWS
        width = sum(file.size for file in self.files) / self.total
        return int(max(1000, min(_SAMPLE_ROWS, _SAMPLE_BYTES / max(width, 1))))

    def _take_sample(self) -> int | None:
        """Make the table `sample`; return how many rows it has, or None if time ran out."""
        parts = [self.looked_at] if self.whole else [[index] for index in self.looked_at]
        share = "" if self.where else f" LIMIT {-(-self.wanted // len(parts))}"

        def take() -> int:
            sources = [f"(FROM {self._view(part)}{share})" for part in parts]
            self.connection.execute(
                f"CREATE TABLE sample AS FROM ({' UNION ALL BY NAME '.join(sources)})"
                f"{self.where} LIMIT {self.wanted}"
            )
            return _number(self.connection, "SELECT count(*) FROM sample")

        return self._run(take)

    def _run(self, query: Callable[[], int]) -> int | None:
        import duckdb

        try:
            return self.budget.run(query)
        except duckdb.Error as error:
            message = in_the_lake(str(error).splitlines()[0], self.files)
            if self.where and not isinstance(error, duckdb.IOException):
                raise _no_condition(self.where, message) from error
            raise QueryError(
                f"{self.dataset.path} can't be read as {self.dataset.format}: {message}",
                hint="Look at the file itself, or read it with other options in `%%lake sql`.",
            ) from error

    def _columns(self) -> list[Column]:
        found = self.connection.execute("DESCRIBE sample").fetchall()
        return [Column(row[0], str(row[1])) for row in found]

    def _rows(self, columns: Sequence[Column], limit: int, *, complete: bool) -> list[Json]:
        if not columns or not limit:
            return []
        order = _order(self.order, columns)
        rows = None
        if order and not complete:
            everything = f"FROM {self._view(range(len(self.files)))}{self.where}"
            rows = self.budget.run(lambda: self._first(columns, everything, order, limit))
        if rows is None:
            rows = self._first(columns, "FROM sample", order, limit)
        return [[json_value(value) for value in row] for row in rows]

    def _first(
        self, columns: Sequence[Column], source: str, order: str, limit: int
    ) -> list[tuple[object, ...]]:
        # Sorted within, by what values are and not by how they are shown.
        query = f"SELECT {shown(columns)} FROM ({source}{order} LIMIT {limit})"
        return self.connection.execute(query).fetchall()

    def _count(self, seen: int | None, *, complete: bool) -> int | None:
        if complete or seen is None:
            return seen
        query = f"SELECT count(*) FROM {self._view(self.looked_at)}{self.where}"
        return self._run(lambda: _number(self.connection, query))

    def _view(self, part: Sequence[int]) -> str:
        """Return the name of a view of some of the files, by their numbers."""
        some = self.dataset.only(part)
        return f"{self.views.schema_for(some, 'part')}.part"

    def _use_manifest(self, columns: Sequence[Column]) -> None:
        """Put what the commit knows of all rows in the place of what the sample says."""
        by_file = [] if self.where else [file.entry.stats or {} for file in self.files]
        for column in columns:
            column.min = column.max = None
            if self.where:
                continue
            known = [stats.get(column.name) for stats in by_file]
            stats = [each for each in known if each is not None]
            if len(stats) < len(known):
                continue
            nulls = _sum(each.nulls for each in stats)
            column.nulls = column.nulls if nulls is None else nulls
            # A text's bounds in a Parquet file may be cut short.
            if column.family in ("number", "moment"):
                column.min = json_value(
                    min((s.min for s in stats if s.min is not None), default=None)
                )
                column.max = json_value(
                    max((s.max for s in stats if s.max is not None), default=None)
                )


def _condition(where: str) -> str:
    """Return a WHERE clause of one expression, whatever else the text may try to say."""
    import duckdb

    try:
        expression = str(duckdb.SQLExpression(where))
    except duckdb.Error as error:
        raise _no_condition(where, str(error).splitlines()[0]) from error
    return f" WHERE (\n{expression}\n)"


def _order(order: Order | None, columns: Sequence[Column]) -> str:
    if order is None:
        return ""
    wanted, descending = order
    column = next((column for column in columns if column.name == wanted), None)
    if column is None:
        near = closest(wanted, [column.name for column in columns])
        raise InvalidInputError(
            f"{wanted!r} is no column of this table.",
            hint=f"Did you mean {near[0]!r}?" if near else "Sort by one of its columns.",
        )
    return f" ORDER BY {column.quoted} {'DESC' if descending else 'ASC'} NULLS LAST"


def _no_condition(where: str, message: str) -> QueryError:
    text = where.removeprefix(" WHERE (").removesuffix(")").strip()
    return QueryError(
        f"{text!r} is no condition on this table: {message}",
        hint="Write what would follow WHERE, for example: amount > 10 AND region = 'north'.",
    )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Return the sum, or None if one of them isn't known."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
