"""What a statement answered, in the shape that the next step wants."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from jupyter_lake.access import Read
    from jupyter_lake.query.running import Runner

__all__ = ["Result"]

SHOWN_ROWS = 20
SHOWN_TEXT = 80


class Result:
    """The rows of a statement, and the commits it was answered at.

    Nothing is fetched before it is asked for; then the rows are kept, so the
    next form costs no second query. `batches` streams without keeping them.

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
        self.commits = dict(commits)
        self.reads = list(reads)
        self.notes = list(notes)

    @property
    def relation(self) -> duckdb.DuckDBPyRelation | None:
        """The result as DuckDB's relation, to go on with; None if it has no rows to give."""
        return self._relation

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
        return int(self.arrow().num_rows)

    def arrow(self) -> pa.Table:
        """Return all rows as an Arrow table."""
        if self._table is None:
            self._table = self._fetch()
        return self._table

    def df(self) -> pd.DataFrame:
        """Return all rows as a pandas DataFrame."""
        return self._again().df()

    def pl(self) -> pl.DataFrame:
        """Return all rows as a polars DataFrame."""
        import polars as pl

        frame = pl.from_arrow(self.arrow())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows as tuples."""
        return self._again().fetchall() if self._relation is not None else []

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the first row, or None if there is none."""
        rows = self.fetchall()
        return rows[0] if rows else None

    def batches(self, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Yield the rows in Arrow batches of at most so many, without keeping them."""
        if self._table is not None:
            yield from self._table.to_batches(max_chunksize=rows)
        elif self._relation is not None:
            relation = self._relation
            reader = self._runner.run(lambda: relation.to_arrow_reader(rows))
            yield from reader

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.arrow().__arrow_c_stream__(requested_schema)

    def _fetch(self) -> pa.Table:
        import pyarrow as pa

        relation = self._relation
        if relation is None:
            return pa.table({})
        fetch = getattr(relation, "to_arrow_table", relation.arrow)
        try:
            return self._runner.run(fetch)
        except Exception as error:  # noqa: BLE001  told in the person's terms
            raise self._explain(error) from None

    def _again(self) -> duckdb.DuckDBPyRelation:
        """Return a relation over the fetched rows: DuckDB's own conversions, no second query."""
        table = self.arrow()
        return self._runner.connection.cursor().from_arrow(table)

    @property
    def answered_at(self) -> str:
        """The commits in words: ``answered at sales@3f9c2a41``."""
        places = {  # a dict keeps the order
            f"{name.partition('/')[0].partition('@')[0]}@{commit[:8]}": None
            for name, commit in self.commits.items()
        }
        return f"answered at {', '.join(places)}" if places else ""

    def __repr__(self) -> str:
        if self._relation is None:
            return "\n".join(["Done.", *self.notes])
        lines = [_text_table(self.columns, self._shown()), self._summary(), *self.notes]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        if self._relation is None:
            return "<div>Done.</div>" + self._html_notes()
        head = "".join(
            f'<th title="{html.escape(kind)}" style="text-align:{_side(kind)}">'
            f"{html.escape(name)}</th>"
            for name, kind in zip(self.columns, self.types, strict=True)
        )
        sides = [_side(kind) for kind in self.types]
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{side}">{html.escape(_cell(value))}</td>'
                for value, side in zip(row, sides, strict=True)
            )
            + "</tr>"
            for row in self._shown()
        )
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f'<div style="{_SMALL}">{html.escape(self._summary())}</div>{self._html_notes()}'
        )

    def _html_notes(self) -> str:
        return "".join(f'<div style="{_SMALL}">{html.escape(note)}</div>' for note in self.notes)

    def _shown(self) -> list[tuple[Any, ...]]:
        table = self.arrow().slice(0, SHOWN_ROWS)
        return self._runner.connection.cursor().from_arrow(table).fetchall()

    def _summary(self) -> str:
        rows, columns = self.shape
        shown = f", {SHOWN_ROWS} shown" if rows > SHOWN_ROWS else ""
        counts = f"{rows:,} row{'s' * (rows != 1)} x {columns} column{'s' * (columns != 1)}{shown}"
        return " · ".join(part for part in (counts, self.answered_at) if part)


_SMALL = "font-size:0.85em;color:var(--jp-ui-font-color2,#666)"


def _side(kind: str) -> str:
    numeric = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "HUGEINT", "UBIGINT")
    return "right" if kind.upper().startswith(numeric) or "INT" in kind.upper() else "left"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 1] + "…"


def _text_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [[*columns], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns))]
    numbers = [
        all(isinstance(row[index], int | float) or row[index] is None for row in rows)
        for index in range(len(columns))
    ]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
