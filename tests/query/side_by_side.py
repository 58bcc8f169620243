"""The same files read by plain DuckDB and through a lake: both have to find the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from jupyter_lake.errors import QueryError
from jupyter_lake.query import Session
from jupyter_lake.store import Lake

__all__ = ["compare", "made"]

File = TypeVar("File")
REFUSED, OVER_A_VALUE = "refused", "refused over a value"
# What DuckDB says of a value that it meets, not of the statement.
_VALUES = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)


def made(
    folder: Path,
    files: Sequence[File],
    write: Callable[[File, Path], None],
    *,
    parts: Sequence[str] | None = None,
    by_name: bool = False,
) -> tuple[Session, duckdb.DuckDBPyConnection]:
    """Return a session and a plain connection over the same files, as `r.t`.

    Parameters
    ----------
    folder
        Where there is room.
    files, write
        What makes each file.
    parts
        The values of the column `part`, as the files' folders write them; else they are counted.
    by_name
        Whether the files differ, so that plain DuckDB is to join them by name.
    """
    lake = Lake.create(str(folder / "lake"))
    paths = []
    with lake.create_repo("r").transaction("main", message="x") as transaction:
        for number, file in enumerate(files):
            part = parts[number] if parts else number
            path = folder / f"t/part={part}/{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write(file, path)
            transaction.write(path.relative_to(folder).as_posix(), path)
            paths.append(str(path))
    plain = duckdb.connect()
    plain.execute("CREATE SCHEMA r")
    names = ", ".join("'" + path.replace("'", "''") + "'" for path in sorted(paths))
    plain.execute(
        f"CREATE VIEW r.t AS FROM read_parquet([{names}], hive_partitioning = true, "
        f"union_by_name = {by_name})"
    )
    return Session(lake), plain


def compare(
    session: Session, plain: duckdb.DuckDBPyConnection, setting: str, asked: Iterable[str]
) -> None:
    """See that both answer statements alike under a setting; then let go of both."""
    session.sql(f"SET {setting}")
    plain.execute(f"SET {setting}")
    for statement in asked:
        expected = _plain_answer(plain, statement)
        # The value may lie in a file that the lake need not read.
        if expected != OVER_A_VALUE:
            assert _lake_answer(session, statement) == expected, statement
    plain.close()
    session.connection.close()


def _lake_answer(session: Session, statement: str) -> object:
    try:
        return _answer(session.sql(statement).relation)
    except (QueryError, duckdb.Error):
        return REFUSED


def _plain_answer(plain: duckdb.DuckDBPyConnection, statement: str) -> object:
    try:
        return _answer(plain.sql(statement))
    except _VALUES:
        return OVER_A_VALUE
    except duckdb.Error:
        return REFUSED


def _answer(relation: duckdb.DuckDBPyRelation | None) -> object:
    """Return the columns, and the rows as DuckDB writes them: NaN is not itself in Python."""
    assert relation is not None
    texts = relation.project("COLUMNS(*)::VARCHAR")
    types = [str(kind) for kind in relation.types]
    return relation.columns, types, sorted(texts.fetchall(), key=repr)
