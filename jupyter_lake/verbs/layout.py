"""Which files a published table becomes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_lake.errors import InvalidInputError, closest
from jupyter_lake.verbs.contents import encoded, is_file_path

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_columns", "files_of"]

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
MOST_PARTITIONS = 10_000


def files_of(
    table: pa.Table, path: str, *, append: bool, partition_by: Sequence[str]
) -> Iterator[tuple[str, pa.Table | bytes]]:
    """Yield the files, each with its path, that `table` is written as.

    A path with a suffix is one file. Any other is a folder: ``part-0.parquet``
    in it, or in hive-style folders (``year=2026/``) below it. An appended file
    has a name of its own, so that two people can append at the same time.
    """
    if is_file_path(path):
        yield path, encoded(table, path)
        return
    name = f"part-{secrets.token_hex(6)}.parquet" if append else "part-0.parquet"
    if not partition_by:
        yield f"{path}/{name}", table
        return
    for folder, part in _partitions(table, partition_by):
        yield f"{path}/{folder}/{name}", part


def _partitions(table: pa.Table, columns: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Split a table by the values of some columns, which the folder's name then holds."""
    import pyarrow as pa

    kept = table.drop_columns(list(columns))
    number = pa.array(range(table.num_rows), pa.int64())
    groups = table.select(list(columns)).append_column("__row", number)
    grouped = groups.group_by(list(columns), use_threads=False).aggregate([("__row", "list")])
    if grouped.num_rows > MOST_PARTITIONS:
        raise InvalidInputError(
            f"--partition-by {','.join(columns)} would make {grouped.num_rows:,} folders.",
            hint="Partition by a column with few values, such as a year or a region.",
        )
    for row in grouped.to_pylist():
        folder = "/".join(f"{column}={_value(row[column])}" for column in columns)
        rows = pa.array(row["__row_list"], pa.int64())
        yield folder, kept.take(rows)


def _value(value: object) -> str:
    """Write a partition's value as Hive does."""
    return NULL_PARTITION if value is None else quote(str(value), safe=" -_.:+@,")


def check_columns(table: pa.Table, columns: Sequence[str], *, flag: str) -> None:
    """Refuse columns that the table has not.

    Raises
    ------
    InvalidInputError
    """
    import pyarrow as pa

    for column in columns:
        if column not in table.column_names:
            near = closest(column, table.column_names) or table.column_names[:8]
            raise InvalidInputError(
                f"{flag} names {column!r}, and the table has no such column.",
                hint=f"It has: {', '.join(near)}",
            )
        if pa.types.is_nested(table.schema.field(column).type):
            raise InvalidInputError(
                f"{flag} names {column!r}, which holds lists or structs.",
                hint="Choose a column of plain values.",
            )
    if len(columns) == len(table.column_names) and flag == "--partition-by":
        raise InvalidInputError(
            "--partition-by names every column, so no data would be left in the files.",
            hint="Partition by one or two columns with few values.",
        )
