"""SQL over any commits, from a magic or a terminal."""

from __future__ import annotations

import argparse
import io
import json
import sys
from typing import TYPE_CHECKING

from jupyter_lake.verbs.output import Text
from jupyter_lake.verbs.parsing import UsageError
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.query import Result
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["formatted", "sql"]


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
def sql(workspace: Workspace, options: argparse.Namespace) -> Result | Text:
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
    result.arrow()  # so that an error, a bar and the stop button are this cell's
    return formatted(result, options.format) if options.format else result


def formatted(result: Result, form: str) -> Text:
    """Return a result as text to hand on: ``csv``, ``json`` (lines), or a whole ``table``."""
    if form == "table":
        return Text(repr(result))
    table = result.arrow()
    if form == "csv":
        from pyarrow import csv

        buffer = io.BytesIO()
        csv.write_csv(table, buffer)
        return Text(buffer.getvalue().decode().rstrip("\n"))
    return Text("\n".join(json.dumps(row, default=str) for row in table.to_pylist()))
