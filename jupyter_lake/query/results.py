"""What a statement answered, in the shape that the next step wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_lake.query.displays import Shown, as_html, as_text
from jupyter_lake.query.names import quoted

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from jupyter_lake.access import Read
    from jupyter_lake.query.running import Runner

__all__ = ["Result"]

SHOWN_ROWS = 20

# A display keeps all rows up to here; of a larger result it keeps the first ones and a count.
KEPT_ROWS = 1_000_000
KEPT_BYTES = 256 * 2**20

# Types whose values Arrow and DuckDB make the same Python objects of.
_PLAIN = frozenset(
    ["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "FLOAT", "VARCHAR", "DATE"]
)


class Result:
    """The rows of a statement, and the commits it was answered at.

    Nothing is fetched before it is asked for; then the rows are kept, so the
    next form costs no second query. `batches` streams without keeping them, and
    a display keeps no more than a million.

    Attributes
    ----------
    commits
        For each lake table of the statement, by its address there, the commit's id.
    reads
        What was read, with the columns where the statement tells them.
    notes
        Sentences for the person: which of two things of one name was taken.
    """

    def __init__(
        self,
        relation: duckdb.DuckDBPyRelation | None,
        *,
        runner: Runner,
        commits: Mapping[str, str],
        reads: Sequence[Read],
        notes: Sequence[str] = (),
        explain: Callable[[Exception], Exception] = lambda error: error,
    ) -> None:
        self._relation = relation
        self._runner = runner
        self._explain = explain
        self._table: pa.Table | None = None
        self._peek: tuple[pa.Table, int] | None = None
        self.commits = dict(commits)
        self.reads = list(reads)
        self.notes = list(notes)

    @classmethod
    def last(cls, results: Sequence[Result]) -> Result:
        """Return the last of several statements' results, with what all of them read."""
        *before, result = results
        for other in before:
            result.commits = other.commits | result.commits
        result.reads = [read for each in results for read in each.reads]
        result.notes = [note for each in results for note in each.notes]
        return result

    @property
    def relation(self) -> duckdb.DuckDBPyRelation | None:
        """The result as DuckDB's relation, to go on with; None if it has no rows to give."""
        return self._relation

    def __getattr__(self, name: str) -> Any:
        # What a relation can do beyond this (filter, aggregate, fetchnumpy), it does itself.
        if name.startswith("_") or not hasattr(type(self._relation), name):
            raise AttributeError(f"A result has no attribute {name!r}.", name=name, obj=self)
        return getattr(self._relation, name)

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return list(self._relation.columns) if self._relation is not None else []

    @property
    def types(self) -> list[str]:
        """The columns' types, as DuckDB names them."""
        return [str(kind) for kind in self._relation.types] if self._relation is not None else []

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(self.columns)

    def __len__(self) -> int:
        return self._head()[1]

    def __bool__(self) -> bool:
        return True

    def arrow(self) -> pa.Table:
        """Return all rows as an Arrow table."""
        if self._table is None:
            self._table = self._fetched()
        return self._table

    def df(self) -> pd.DataFrame:
        """Return all rows as a pandas DataFrame."""
        return self._over(self.arrow()).df()

    def pl(self) -> pl.DataFrame:
        """Return all rows as a polars DataFrame."""
        import polars as pl

        frame = pl.from_arrow(self.arrow())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows as tuples."""
        if self._relation is None:
            return []
        table = self.arrow()
        if all(kind in _PLAIN for kind in self.types):
            return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        return self._over(table).fetchall()

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None if there is none."""
        if self._relation is None:
            return None
        rows = self._over(self._head()[0].slice(0, 1)).fetchall()
        return rows[0] if rows else None

    def batches(self, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows in Arrow batches of at most so many, without keeping them.

        DuckDB hands out one stream at a time: the next statement of the session
        ends this one.
        """
        if self._table is not None:
            yield from self._table.to_batches(max_chunksize=rows)
        elif self._relation is not None:
            yield from self._stream(rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.arrow().__arrow_c_stream__(requested_schema)

    def _run(self, work: Callable[[], Any]) -> Any:
        try:
            return self._runner.run(work)
        except Exception as error:  # noqa: BLE001  told in the person's terms
            raise self._explain(error) from None

    def _stream(self, rows: int) -> Iterator[pa.RecordBatch]:
        assert self._relation is not None
        try:
            yield from self._runner.stream(self._relation, rows)
        except Exception as error:  # noqa: BLE001  told in the person's terms
            raise self._explain(error) from None

    def _fetched(self) -> pa.Table:
        import pyarrow as pa

        relation = self._relation
        if relation is None:
            return pa.table({})
        return self._run(relation.to_arrow_table)

    def _head(self) -> tuple[pa.Table, int]:
        """Return the first rows at least, and how many there are."""
        if self._table is not None or self._relation is None:
            table = self.arrow()
            return table, table.num_rows
        if self._peek is None:
            self._peek = self._peeked()
        return self._peek

    def _peeked(self) -> tuple[pa.Table, int]:
        import pyarrow as pa

        relation = self._relation
        assert relation is not None
        kept: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in self._stream(100_000):
            kept.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if rows > KEPT_ROWS or size > KEPT_BYTES:
                count = self._run(lambda: relation.aggregate("count(*)").fetchall())
                return pa.Table.from_batches(kept[:1]), int(count[0][0])
        if not kept:
            self._table = self._fetched()
        else:
            self._table = pa.Table.from_batches(kept)
        return self._table, self._table.num_rows

    def _over(self, table: pa.Table) -> duckdb.DuckDBPyRelation:
        """Return a relation over fetched rows, with the types they had before Arrow."""
        # Names may be there twice, which Arrow's scanners don't all take.
        plain = table.rename_columns([f"c{index}" for index in range(table.num_columns)])
        relation = self._runner.connection.cursor().from_arrow(plain)
        columns = zip(self.columns, relation.types, self.types, strict=True)
        return relation.project(
            ", ".join(
                f"#{index}{'' if str(kind) == wanted else f'::{wanted}'} AS {quoted(name)}"
                for index, (name, kind, wanted) in enumerate(columns, 1)
            )
        )

    @property
    def answered_at(self) -> str:
        """The commits in words: ``answered at sales@3f9c2a41``."""
        places = {  # a dict keeps the order
            f"{name.partition('/')[0].partition('@')[0]}@{commit[:8]}": None
            for name, commit in self.commits.items()
        }
        return f"answered at {', '.join(places)}" if places else ""

    def __repr__(self) -> str:
        return as_text(self._shown())

    def _repr_html_(self) -> str:
        return as_html(self._shown())

    def _shown(self) -> Shown:
        if self._relation is None:
            return Shown([], [], [], 0, self.answered_at, self.notes)
        table, count = self._head()
        # DuckDB's own text for each value: it knows all its types, Python doesn't.
        some = self._over(table.slice(0, SHOWN_ROWS))
        texts = ", ".join(f"#{index}::VARCHAR" for index in range(1, len(self.columns) + 1))
        rows = some.project(texts).fetchall() if self.columns else []
        return Shown(self.columns, self.types, rows, count, self.answered_at, self.notes)
