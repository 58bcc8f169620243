"""SQL over any commits, from a magic or a terminal."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.verbs.output import Block, Code, Output, Text
from jupyter_lake.verbs.parsing import UsageError
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import csv

    from jupyter_lake.query import Result
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Rows", "sql"]


@verb(
    "sql",
    argument("--format", choices=("table", "csv", "json"), help="table, csv or json lines"),
    argument(
        "statement", metavar="STATEMENT", nargs="*", help="DuckDB's SQL; - reads it from stdin"
    ),
    group="ask",
    examples=(
        'sql "SELECT region, sum(amount) FROM sales.orders GROUP BY region"',
        "sql 'SELECT count(*) FROM \"sales@main~2\".orders'",
        "sql \"FROM sales.orders AT (VERSION => 'v1') LIMIT 5\" --format csv",
    ),
    raw="statement",
)
def sql(workspace: Workspace, options: argparse.Namespace) -> Result | Rows | Text:
    """Run SQL over tables at any commits: repo.table, "repo@ref".table.

    A repo without a ref is at its pin, else at the head of its default branch.
    In a notebook no quotes are needed round the statement, variables that hold
    tables may stand beside lake tables, and a cell may hold it:

      %%lake sql NAME <<
      SELECT ...

    puts the result into the variable NAME. A result has .df() .pl() .arrow().
    """
    statement = options.statement or ""
    piped = not statement and workspace.front == "terminal" and not sys.stdin.isatty()
    if statement == "-" or piped:
        statement = sys.stdin.read()
    if not statement.strip():
        raise UsageError(
            "There is no statement to run.",
            hint=f"Write: {workspace.command('sql')} SELECT ... FROM repo.table",
        )
    result = workspace.session.sql(statement, variables=workspace.variables())
    if options.format in ("csv", "json"):
        return Rows(result, options.format)
    result.arrow()  # so that an error, a bar and the stop button are this cell's
    return Text(repr(result)) if options.format else result


@dataclass(frozen=True, slots=True, repr=False)
class Rows(Output):
    """A result as lines for another program: CSV, or JSON with an object a line."""

    result: Result
    form: str

    def lines(self) -> Iterator[str]:
        """Yield the lines; no more than a batch of rows is held at a time."""
        return self._csv() if self.form == "csv" else self._json()

    def blocks(self) -> Sequence[Block]:
        """Return the lines as one block."""
        return (Code("\n".join(self.lines())),)

    def to_dict(self) -> dict[str, object]:
        """Return the rows."""
        return {"rows": self.result.arrow().to_pylist()}

    def _csv(self) -> Iterator[str]:
        import pyarrow as pa
        from pyarrow import csv

        empty = pa.table({name: pa.array([]) for name in self.result.columns})
        yield from self._written(empty)
        for batch in self.result.batches():
            yield from self._written(
                pa.Table.from_batches([batch]), csv.WriteOptions(include_header=False)
            )

    @staticmethod
    def _written(table: pa.Table, options: csv.WriteOptions | None = None) -> Iterator[str]:
        from pyarrow import csv

        buffer = io.BytesIO()
        csv.write_csv(table, buffer, options)
        if text := buffer.getvalue().decode().removesuffix("\n"):
            yield text

    def _json(self) -> Iterator[str]:
        for batch in self.result.batches():
            for row in batch.to_pylist():
                yield json.dumps(row, default=str)
