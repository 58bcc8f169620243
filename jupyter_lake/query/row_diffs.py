"""What differs between a table at two commits: its columns and its rows.

Only files that differ are read; of their rows, those that cancel out are gone
after one aggregation, so what is then compared is what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import DatasetNotFoundError, InvalidInputError, QueryError, closest
from jupyter_lake.query.column_summary import Column, shown
from jupyter_lake.query.datasets import Dataset, resolve_dataset
from jupyter_lake.query.differing import readings
from jupyter_lake.query.json_values import Json, json_value
from jupyter_lake.query.names import quoted
from jupyter_lake.query.remote import register_remote
from jupyter_lake.query.row_diff_report import ChangedRow, RowDiff
from jupyter_lake.query.running import Runner
from jupyter_lake.query.views import Views

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo

__all__ = ["RowDiff", "row_diff"]


def row_diff(
    repo: Repo,
    a: str,
    b: str,
    path: str,
    *,
    key: Sequence[str] | None = None,
    limit: int = 100,
) -> RowDiff:
    """Compare a table at two commits.

    Parameters
    ----------
    repo, a, b
        The refs of the older and the newer state.
    path
        The dataset; it may be missing at one of the two.
    key
        The columns that tell rows apart. With them, rows whose key is on both
        sides are changed ones; without, rows are counted as a multiset, in
        which a changed row is one removed and one added.
    limit
        How many rows of each kind the result shows; its counts are of all.

    Returns
    -------
    RowDiff

    Raises
    ------
    DatasetNotFoundError
        If neither commit has the table.
    InvalidInputError
        If a key isn't a column of both, or doesn't tell the rows apart.
    """
    comparison = _Comparison(repo.commit(a), repo.commit(b), path, limit)
    with closing(comparison):
        return comparison.result(tuple(key or ()))


def _found(commit: Commit, path: str) -> Dataset | None:
    try:
        return resolve_dataset(commit, path)
    except DatasetNotFoundError:
        if next(commit.entries(path), None) is not None:
            raise  # something is there, but no table
        return None


class _Comparison:
    """Two states of a table in one DuckDB connection."""

    def __init__(self, old: Commit, new: Commit, path: str, limit: int) -> None:
        import tempfile

        import duckdb

        self.old, self.new, self.path, self.limit = old, new, path, limit
        self.before, self.after = _found(old, path), _found(new, path)
        if self.before is None and self.after is None:
            resolve_dataset(new, path)  # says what is missing, and what is near
        self.connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
        self.runner = Runner(self.connection, register_remote(self.connection, new.repo.lake))
        self.views = Views(self.connection)

    def close(self) -> None:
        self.connection.close()

    def result(self, key: tuple[str, ...]) -> RowDiff:
        """Compare columns, then rows."""
        then, now = self._columns(self.before), self._columns(self.after)
        common = [column for column in now if column.name in {c.name for c in then}]
        if self.before is None or self.after is None:
            common = now or then
        self._check_key(key, common)
        self.side, self.now, self.was = _unused([c.name for c in common], "side", "now", "was")
        self._differences(then, common)
        counts = self._keyed(key, common) if key else self._counted()
        return RowDiff(
            repo=self.new.repo.name,
            old=self.old.id,
            new=self.new.id,
            path=self.path,
            key=key,
            columns=tuple(column.name for column in common),
            columns_added=_beyond(now, then),
            columns_removed=_beyond(then, now),
            columns_retyped=_retyped(then, now),
            old_rows=_rows(self.before),
            new_rows=_rows(self.after),
            **counts,
        )

    def _run(self, query: str) -> list[Any]:
        import duckdb

        try:
            return self.runner.run(lambda: self.connection.execute(query).fetchall())
        except duckdb.Error as error:
            raise QueryError(
                f"{self.path} can't be compared: {str(error).splitlines()[0]}",
                hint="Look at both states with `%lake sql` to see which file is at fault.",
            ) from error

    def _columns(self, dataset: Dataset | None) -> list[Column]:
        if dataset is None:
            return []
        found = self._run(f"DESCRIBE FROM {self._view(dataset)}")
        return [Column(row[0], str(row[1])) for row in found]

    def _view(self, dataset: Dataset) -> str:
        return f"{self.views.schema_for(dataset, 'rows')}.rows"

    def _check_key(self, key: Sequence[str], common: Sequence[Column]) -> None:
        names = [column.name for column in common]
        for name in key:
            if name not in names:
                near = closest(name, names)
                raise InvalidInputError(
                    f"{name!r} is no column that {self.path} has at both commits.",
                    hint=f"Did you mean {near[0]!r}?"
                    if near
                    else f"It has {', '.join(names[:10])}.",
                )

    def _differences(self, then: Sequence[Column], common: Sequence[Column]) -> None:
        """Make the table `differences`: distinct rows, and how many more of them there are now."""
        types = {column.name: column for column in then}
        cast = {c.name for c in common if types.get(c.name, c).family != c.family}
        columns = ", ".join(
            f"CAST({c.quoted} AS VARCHAR) AS {c.quoted}" if c.name in cast else c.quoted
            for c in common
        )
        read = readings(self.before, self.after, view=self._view, columns=self._columns)
        sides = [
            f"SELECT {columns}, {side} AS {self.side} FROM {rows}"
            for rows, side in zip(read, (-1, 1), strict=True)
            if rows is not None and common
        ]
        if not sides:
            nothing = ", ".join(f"NULL AS {c.quoted}" for c in common) or "NULL AS x"
            sides = [f"SELECT {nothing}, 0 AS {self.side}"]
        names = ", ".join(c.quoted for c in common) or "x"
        self._run(
            f"CREATE TEMP TABLE differences AS SELECT {names}, sum({self.side})::BIGINT "
            f"AS {self.side} FROM ({' UNION ALL '.join(sides)}) "
            f"GROUP BY ALL HAVING sum({self.side}) <> 0"
        )

    def _counted(self) -> dict[str, Any]:
        [(added, removed)] = self._run(
            f"SELECT coalesce(sum({self.side}) FILTER ({self.side} > 0), 0)::BIGINT, "
            f"coalesce(-sum({self.side}) FILTER ({self.side} < 0), 0)::BIGINT FROM differences"
        )
        return {
            "added": added,
            "removed": removed,
            "changed": None,
            "added_rows": self._shown(f"{self.side} > 0"),
            "removed_rows": self._shown(f"{self.side} < 0"),
        }

    def _keyed(self, key: Sequence[str], common: Sequence[Column]) -> dict[str, Any]:
        self._check_unique(key)
        names = ", ".join(map(quoted, key))
        self._run(
            f"CREATE TEMP TABLE keyed AS SELECT {names}, max({self.side}) > 0 AS {self.now}, "
            f"min({self.side}) < 0 AS {self.was} FROM differences GROUP BY {names}"
        )
        [(added, removed, changed)] = self._run(
            f"SELECT count(*) FILTER ({self.now} AND NOT {self.was}), "
            f"count(*) FILTER ({self.was} AND NOT {self.now}), "
            f"count(*) FILTER ({self.was} AND {self.now}) FROM keyed"
        )
        alone = _among(names, f"FROM keyed WHERE {self.now} <> {self.was}")
        rows = [column for column in common if column.name not in key]
        return {
            "added": added,
            "removed": removed,
            "changed": changed,
            "added_rows": self._shown(f"{self.side} > 0", alone),
            "removed_rows": self._shown(f"{self.side} < 0", alone),
            "changed_rows": self._changed_rows(key),
            "changed_columns": self._changed_columns(key, rows),
        }

    def _check_unique(self, key: Sequence[str]) -> None:
        names = ", ".join(map(quoted, key))
        found = self._run(
            f"SELECT {names} FROM differences GROUP BY {names}, {self.side} > 0 "
            f"HAVING sum(abs({self.side})) > 1 LIMIT 1"
        )
        if found:
            example = ", ".join(f"{k} = {v!r}" for k, v in zip(key, found[0], strict=True))
            raise InvalidInputError(
                f"{', '.join(key)} doesn't tell the rows of {self.path} apart: "
                f"several have {example}.",
                hint="Add a column to the key, or compare without one.",
            )

    def _shown(self, *conditions: str) -> tuple[tuple[Json, ...], ...]:
        columns = self._described("differences")
        rows = self._run(
            f"SELECT {shown(columns)} FROM differences WHERE {' AND '.join(conditions)} "
            f"ORDER BY ALL LIMIT {self.limit}"
        )
        return tuple(tuple(json_value(value) for value in row) for row in rows)

    def _described(self, table: str) -> list[Column]:
        found = self._run(f"DESCRIBE {table}")
        return [Column(row[0], str(row[1])) for row in found if row[0] != self.side]

    def _changed_rows(self, key: Sequence[str]) -> tuple[ChangedRow, ...]:
        columns = self._described("differences")
        both = f"SELECT {shown(columns)}, {self.side} > 0 AS {self.side} FROM differences"
        names = ", ".join(map(quoted, key))
        some = f"FROM keyed WHERE {self.now} AND {self.was} ORDER BY ALL LIMIT {self.limit}"
        rows = self._run(f"{both} WHERE {_among(names, some)} ORDER BY {names}, {self.side}")
        pairs = zip(rows[::2], rows[1::2], strict=True)
        return tuple(ChangedRow.between(key, [c.name for c in columns], *pair) for pair in pairs)

    def _changed_columns(self, key: Sequence[str], rest: Sequence[Column]) -> dict[str, int]:
        if not rest:
            return {}
        join = " AND ".join(f"o.{quoted(k)} IS NOT DISTINCT FROM n.{quoted(k)}" for k in key)
        counts = ", ".join(
            f"count(*) FILTER (o.{c.quoted} IS DISTINCT FROM n.{c.quoted})" for c in rest
        )
        [row] = self._run(
            f"SELECT {counts} FROM differences AS o JOIN differences AS n "
            f"ON {join} AND o.{self.side} < 0 AND n.{self.side} > 0"
        )
        return {c.name: count for c, count in zip(rest, row, strict=True) if count}


def _among(names: str, rows: str) -> str:
    """Return the condition that a key is among others, of which NULL is one as good as any."""
    # Only of several values together does one that is NULL equal itself.
    return f"({names}, true) IN (SELECT ({names}, true) {rows})"


def _unused(names: Sequence[str], *wanted: str) -> list[str]:
    """Return the wanted names so that no column has one of them."""
    mark = "__"
    while any(name.startswith(mark) for name in names):
        mark += "_"
    return [f"{mark}{name}" for name in wanted]


def _beyond(some: Sequence[Column], others: Sequence[Column]) -> tuple[tuple[str, str], ...]:
    known = {column.name for column in others}
    return tuple((column.name, column.type) for column in some if column.name not in known)


def _retyped(then: Sequence[Column], now: Sequence[Column]) -> tuple[tuple[str, str, str], ...]:
    types = {column.name: column.type for column in then}
    return tuple(
        (column.name, types[column.name], column.type)
        for column in now
        if types.get(column.name, column.type) != column.type
    )


def _rows(dataset: Dataset | None) -> int | None:
    if dataset is None:
        return 0
    counts = [file.rows for file in dataset.files]
    return sum(count for count in counts if count is not None) if None not in counts else None
