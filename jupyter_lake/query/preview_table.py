"""Previews of tables: first rows, and what each column is like, from a bounded part of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_lake.errors import QueryError
from jupyter_lake.query.column_summary import Column, shown, summarize
from jupyter_lake.query.datasets import Dataset, resolve_dataset
from jupyter_lake.query.json_values import Json, json_value
from jupyter_lake.query.locked import Budget, locked_connection
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


def look(commit: Commit, path: str, *, where: str | None, limit: int, seconds: float) -> Looked:
    """Return the preview of a dataset."""
    dataset = resolve_dataset(commit, path)
    looked = _Table(commit, dataset, seconds)
    content = looked.content(where.strip() if where else "", limit)
    files = dataset.files
    return Looked("table", len(files), sum(file.size for file in files), content)


class _Table:
    """One look at one dataset."""

    def __init__(self, commit: Commit, dataset: Dataset, seconds: float) -> None:
        self.dataset = dataset
        self.files = dataset.files
        self.notes: list[str] = []
        reachable = [name for file in dataset.files for name in names_of(file)]
        self.connection = locked_connection(commit.repo.lake, reachable)
        self.views = Views(self.connection)
        self.budget = Budget(self.connection, seconds)

    def content(self, where: str, limit: int) -> dict[str, Json]:
        total = _sum(file.rows for file in self.files)
        wanted = self._sample_rows(total)
        whole = bool(where) or len(self.files) == 1 or (total is not None and total <= wanted)
        seen = self._take_sample(where, wanted, whole=whole)
        columns = self._columns() if seen is not None else []
        complete = seen is not None and whole and seen < wanted
        if complete and not where:
            total = seen
        summarize(self.connection, "sample", columns[:_COLUMNS], self.budget.run)
        if not complete:
            self._use_manifest(columns, filtered=bool(where))
        matching = self._count(where, seen, complete=complete) if where else None
        rows = self._rows(columns, limit)
        if self.budget.spent:
            self.notes.append("There was no time to look at everything.")
        self.connection.close()
        return {
            "format": self.dataset.format,
            "columns": [column.to_dict() for column in columns],
            "rows": rows,
            "total_rows": total,
            "matching_rows": matching,
            "summary_rows": seen or 0,
            "summary_complete": complete,
            "notes": [*self.notes],
        }

    def _sample_rows(self, total: int | None) -> int:
        """Return how many rows are few enough to look at them all."""
        if not total:
            return _SAMPLE_ROWS
        width = sum(file.size for file in self.files) / total
        return int(max(1000, min(_SAMPLE_ROWS, _SAMPLE_BYTES / max(width, 1))))

    def _take_sample(self, where: str, wanted: int, *, whole: bool) -> int | None:
        """Make the table `sample`; return how many rows it has, or None if time ran out."""
        count = len(self.files)
        spread = [index * count // _SAMPLE_FILES for index in range(_SAMPLE_FILES)]
        parts = [range(count)] if whole else [[index] for index in sorted(set(spread))]
        limit = "" if where else f" LIMIT {-(-wanted // len(parts))}"

        def take() -> int:
            sources = [f"(FROM {self._view(part)}{limit})" for part in parts]
            relation = self.connection.sql(" UNION ALL BY NAME ".join(sources))
            if where:
                relation = _filtered(relation, where).limit(wanted)
            relation.create("sample")
            return _number(self.connection, "SELECT count(*) FROM sample")

        return self.budget.run(take)

    def _columns(self) -> list[Column]:
        found = self.connection.execute("DESCRIBE sample").fetchall()
        return [Column(row[0], str(row[1])) for row in found]

    def _rows(self, columns: Sequence[Column], limit: int) -> list[Json]:
        if not columns or not limit:
            return []
        query = f"SELECT {shown(columns)} FROM sample LIMIT {limit}"
        rows = self.connection.execute(query).fetchall()
        return [[json_value(value) for value in row] for row in rows]

    def _count(self, where: str, seen: int | None, *, complete: bool) -> int | None:
        if complete or seen is None:
            return seen
        relation = self.connection.sql(f"FROM {self._view(range(len(self.files)))}")
        return self.budget.run(
            lambda: int(_filtered(relation, where).aggregate("count(*)").fetchall()[0][0])
        )

    def _view(self, part: Sequence[int]) -> str:
        """Return the name of a view of some of the files, by their numbers."""
        partitions = self.dataset.partitions
        some = replace(
            self.dataset,
            files=tuple(self.files[index] for index in part),
            partitions=tuple(partitions[index] for index in part) if partitions else (),
        )
        return f'"{self.views.schema_for(some, "part")}".part'

    def _use_manifest(self, columns: Sequence[Column], *, filtered: bool) -> None:
        """Put what the commit knows of all rows in the place of what the sample says."""
        for column in columns:
            column.min = column.max = None
            if filtered:
                continue
            known = [(file.entry.stats or {}).get(column.name) for file in self.files]
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


def _filtered(relation: duckdb.DuckDBPyRelation, where: str) -> duckdb.DuckDBPyRelation:
    import duckdb

    try:
        return relation.filter(where)
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        raise QueryError(
            f"{where!r} is no condition on this table: {message}",
            hint="Write what would follow WHERE, for example: amount > 10 AND region = 'north'.",
        ) from error


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
