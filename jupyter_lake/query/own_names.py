"""The tables that a connection holds itself, which go before the lake's and before variables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_lake.query.parsing import places_of
from jupyter_lake.query.views import CATALOG

if TYPE_CHECKING:
    import duckdb

__all__ = ["OwnNames"]


class OwnNames:
    """What a connection holds as a statement begins; each list is asked for once.

    Parameters
    ----------
    connection
        The person's connection.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @cached_property
    def schemas(self) -> frozenset[str]:
        """The names of schemas and attached databases, in small letters."""
        # Asked at every statement, and half as dear without a condition.
        rows = self._connection.execute(
            "SELECT database_name, schema_name FROM duckdb_schemas()"
        ).fetchall()
        return frozenset(
            name.casefold() for row in rows if not row[0].startswith(CATALOG) for name in row
        )

    @cached_property
    def tables(self) -> frozenset[tuple[str, str]]:
        """The tables and views, DuckDB's own too, by schema and by database, in small letters."""
        rows = self._connection.execute(
            "SELECT database_name, schema_name, table_name FROM duckdb_tables()"
            f" WHERE NOT starts_with(database_name, '{CATALOG}')"
            " UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views()"
            f" WHERE NOT starts_with(database_name, '{CATALOG}')"
        ).fetchall()
        return frozenset(
            (place.casefold(), table.casefold())
            for database, schema, table in rows
            for place in (schema, database)
        )

    @cached_property
    def macros(self) -> frozenset[str]:
        """The person's own functions that return tables, in small letters."""
        rows = self._connection.execute(
            "SELECT function_name FROM duckdb_functions()"
            " WHERE NOT internal AND function_type = 'table_macro'"
        ).fetchall()
        return frozenset(name.casefold() for (name,) in rows)

    def hiding(self, statement: str, variables: Mapping[str, object]) -> list[str]:
        """Return a note for each variable that the statement names and a table hides."""
        names = {name for name in places_of(statement).names.values() if name in variables}
        own = self.tables if names else ()
        return [
            f"{name} is this session's own table here, not the variable {name}; "
            f"`DROP TABLE {name}` or another name for the variable uncovers it."
            for name in sorted(names)
            if ("main", name.casefold()) in own
        ]
