"""What ``AT (VERSION => ...)`` and ``AT (TIMESTAMP => ...)`` say: any expression of DuckDB's."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    import duckdb

__all__ = ["evaluated"]


def evaluated(connection: duckdb.DuckDBPyConnection, expression: str) -> object:
    """Return what an expression comes to: a text, or a time for a time.

    Raises
    ------
    InvalidInputError
        If that is NULL.
    """
    if re.fullmatch(r"'[^']*'", expression):
        return expression.strip("'")
    # As a text, since times with zones ask for a module that may not be there.
    query = f"SELECT x::VARCHAR, typeof(x) FROM (SELECT ({expression}) AS x)"
    # A cursor, so that no mistake in it ends a transaction; but it has no variables of its own.
    asked = connection if "getvariable" in expression.lower() else connection.cursor()
    ((text, kind),) = asked.execute(query).fetchall()
    if text is None:
        raise InvalidInputError(
            "AT (...) takes a ref or a time, not NULL.",
            hint="Write: AT (VERSION => 'main~2') or AT (TIMESTAMP => '2026-10-01')",
        )
    if kind.startswith(("TIMESTAMP", "DATE")):
        # DuckDB writes a zone as +00, ISO 8601 as +00:00.
        zoned = re.sub(r"([+-]\d{2})$", r"\1:00", text) if " " in text else text
        return datetime.fromisoformat(zoned)
    return text
