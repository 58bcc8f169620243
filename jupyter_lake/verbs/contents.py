"""What a notebook's variable is as files: a table, or bytes as they are."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TABLE_SUFFIXES", "as_bytes", "as_table", "encoded", "is_file_path"]

TABLE_SUFFIXES = (".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".arrow", ".feather")


def is_file_path(path: str) -> bool:
    """Whether a path names a file; a table without a suffix is a folder of files."""
    return bool(PurePosixPath(path).suffix)


def as_table(name: str, value: object) -> pa.Table:
    """Return a table in Arrow's form.

    A pandas index is kept as a column where it has a name, else it is dropped:
    it is the row number, or what was left of it by sorting and filtering.

    Parameters
    ----------
    name
        What the person calls the value, for the error.
    value
        pandas, polars, Arrow, a query's result, or a list of dictionaries.

    Raises
    ------
    InvalidInputError
        If the value is no table, or holds what no column can.
    """
    import pyarrow as pa

    try:
        table = _converted(value)
    except (pa.ArrowException, TypeError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        reason = str(error).partition("\n")[0].strip("()'\" .")
        raise InvalidInputError(
            f"{name!r} can't be a table: {reason}.",
            hint="Rename columns so that each has a name of its own."
            if "uplicate" in reason
            else "Each column must hold values of one kind; convert it with .astype(...) first.",
        ) from error
    if not table.column_names:
        raise InvalidInputError(
            f"{name!r} has no columns, so there is nothing to publish.",
            hint="Look at it: the cell that fills it may not have run.",
        )
    return table


def _converted(value: object) -> pa.Table:
    import pyarrow as pa

    if isinstance(value, pa.Table):
        return value
    if _is_pandas(value):
        frame: Any = value if hasattr(value, "columns") else value.to_frame()  # type: ignore[attr-defined]
        named = any(level is not None for level in frame.index.names)
        if any(not isinstance(column, str) for column in frame.columns):
            frame = frame.rename(columns=_column_name)
        return pa.Table.from_pandas(frame, preserve_index=named)
    if hasattr(value, "to_frame") and type(value).__module__.startswith("polars"):
        value = value.to_frame()
    if type(value).__module__.startswith("polars") and hasattr(value, "collect"):
        value = value.collect()
    if hasattr(value, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(value).read_all()
    if isinstance(value, Sequence) and value and all(isinstance(row, Mapping) for row in value):
        return pa.Table.from_pylist([dict(row) for row in value])
    if isinstance(value, Mapping) and value and all(map(_is_column, value.values())):
        return pa.table({str(column): list(items) for column, items in value.items()})
    raise InvalidInputError(
        f"What was named is no table but of type {type(value).__name__}.",
        hint="Publish a DataFrame, an Arrow table, a query's result or a list of dictionaries; "
        "other things go to a path with a suffix, like reports/chart.png.",
    )


def _is_pandas(value: object) -> bool:
    return type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "index")


def _column_name(column: object) -> str:
    """Name a column of several levels as a person would write it."""
    return "_".join(map(str, column)) if isinstance(column, tuple) else str(column)


def _is_column(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def as_bytes(name: str, value: object, path: str) -> bytes:
    """Return what is no table as a file: bytes, text, JSON, a matplotlib figure.

    Raises
    ------
    InvalidInputError
        If nothing is known to write it.
    """
    suffix = PurePosixPath(path).suffix
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    figure: Any = value if hasattr(value, "savefig") else getattr(value, "figure", None)
    if figure is not None and hasattr(figure, "savefig"):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=suffix.removeprefix(".") or "png")
        return buffer.getvalue()
    if suffix == ".json":
        return json.dumps(value, default=str, indent=2).encode()
    raise InvalidInputError(
        f"There is no way known to write {name!r}, a {type(value).__name__}, as {suffix}.",
        hint="Write it to a file, then: %lake put FILE A -m MSG",
    )


def is_table(value: object, path: str) -> bool:
    """Whether a value goes to `path` as a table rather than as bytes."""
    suffix = PurePosixPath(path).suffix
    if suffix and suffix not in TABLE_SUFFIXES:
        return False
    if isinstance(value, bytes | str):
        return not suffix
    return suffix != ".json" or hasattr(value, "__arrow_c_stream__") or _is_pandas(value)


def encoded(table: pa.Table, path: str) -> pa.Table | bytes:
    """Return a table as the suffix of `path` wants it; Parquet is the store's to write."""
    suffix = PurePosixPath(path).suffix
    if suffix in ("", ".parquet"):
        return table
    buffer = io.BytesIO()
    if suffix in (".csv", ".tsv"):
        from pyarrow import csv

        delimiter = "\t" if suffix == ".tsv" else ","
        csv.write_csv(table, buffer, csv.WriteOptions(delimiter=delimiter))
    elif suffix in (".arrow", ".feather"):
        import pyarrow as pa

        with pa.ipc.new_file(buffer, table.schema) as writer:
            writer.write_table(table)
    else:
        rows = table.to_pylist()
        lines = (json.dumps(row, default=str) for row in rows)
        text = f"[{','.join(lines)}]" if suffix == ".json" else "".join(f"{x}\n" for x in lines)
        buffer.write(text.encode())
    return buffer.getvalue()
