"""Previews of tables: first rows, and what each column is like, from a bounded part of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_lake.errors import QueryError
from jupyter_lake.query.column_summary import Column, shown, summarize
from jupyter_lake.query.json_values import Json, json_value
from jupyter_lake.query.locked import Budget, locked_connection
from jupyter_lake.query.preview_file import Looked
from jupyter_lake.query.remote import physical

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.store import Commit, DataFile

__all__ = ["look"]

_SAMPLE_ROWS = 100_000
_SAMPLE_BYTES = 32 << 20
_SAMPLE_FILES = 4
_COLUMNS = 200


def look(commit: Commit, path: str, *, where: str | None, limit: int, seconds: float) -> Looked:
    """Return the preview of a dataset."""
    dataset = Dataset(commit.files(path))
    looked = _Table(commit, dataset, seconds)
    content = looked.content(where.strip() if where else "", limit)
    files = dataset.files
    return Looked("table", len(files), sum(file.size for file in files), content)


class Dataset:
    """Files of one format, and how DuckDB reads them."""

    def __init__(self, files: list[DataFile]) -> None:
        self.files = files
        self.names = {file.path: physical(file) for file in files}
        name = files[0].path.rpartition("/")[2].lower()
        self.format = next((f for e, f in _FORMATS.items() if f".{e}" in name), "csv")
        self.compression = {"gz": "gzip", "zst": "zstd"}.get(name.rpartition(".")[2], "none")

    def physical_paths(self) -> list[str]:
        """Return what the files are called in DuckDB."""
        return list(self.names.values())

    def scan_sql(self, files: Sequence[DataFile]) -> str:
        """Return the table function that reads some of the files."""
        names = ", ".join("'" + self.names[f.path].replace("'", "''") + "'" for f in files)
        if self.format == "parquet":
            return f"read_parquet([{names}], union_by_name = true)"
        function = "read_json" if self.format == "json" else "read_csv"
        return f"{function}([{names}], union_by_name = true, compression = '{self.compression}')"


_FORMATS = {"parquet": "parquet", "jsonl": "json", "ndjson": "json", "json": "json"}


class _Table:
    """One look at one dataset."""

    def __init__(self, commit: Commit, dataset: Dataset, seconds: float) -> None:
        self.dataset = dataset
        self.files = dataset.files
        self.notes: list[str] = []
        self.connection = locked_connection(commit.repo.lake, dataset.physical_paths())
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
        files = self.files if whole else _spread(self.files, _SAMPLE_FILES)
        share = wanted if whole else -(-wanted // len(files))
        parts = [self.files] if whole else [[file] for file in files]
        sql = " UNION ALL BY NAME ".join(
            f"(FROM {self.dataset.scan_sql(part)} LIMIT {share})"
            if not where
            else f"FROM {self.dataset.scan_sql(part)}"
            for part in parts
        )

        def take() -> int:
            relation = self.connection.sql(sql)
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
        relation = self.connection.sql(f"FROM {self.dataset.scan_sql(self.files)}")
        return self.budget.run(
            lambda: int(_filtered(relation, where).aggregate("count(*)").fetchall()[0][0])
        )

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


def _spread(files: Sequence[DataFile], count: int) -> list[DataFile]:
    """Return the first file and some more, evenly over the rest."""
    count = min(count, len(files))
    return [files[index * len(files) // count] for index in range(count)]
