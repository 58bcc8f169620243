"""Datasets as DuckDB sees them: views in schemas that are named for a commit.

A commit never changes, so neither does what its views mean: a relation that is
read later, or twice, gives the same rows. The schema's name carries the commit
and, where the files were pruned or their paths are asked for, that too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_lake.query.names import quoted
from jupyter_lake.query.remote import physical

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.store import DataFile

__all__ = ["Views", "reading"]

_READERS = {
    "parquet": "read_parquet",
    "csv": "read_csv",
    "tsv": "read_csv",
    "json": "read_json",
    "jsonl": "read_json",
}


class Views:
    """The views of one connection, made when they are first needed.

    Parameters
    ----------
    connection
        Where they live.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._made: set[tuple[str, str]] = set()

    def schema_for(self, dataset: Dataset, table: str, *, filename: bool = False) -> str:
        """Return the schema in which `table` is a view of the dataset, and make both.

        Parameters
        ----------
        dataset
            What the view reads.
        table
            Its name, as the statement writes it.
        filename
            Whether it has the column ``filename``, the file's path in the commit.
        """
        schema = f"{dataset.commit.repo.name}@{dataset.commit.id[:12]}{_variant(dataset, filename)}"
        if (schema, table.casefold()) not in self._made:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
            source = self._arrow(dataset) if dataset.format == "arrow" else None
            query = f"FROM {source}" if source else select(dataset, filename=filename)
            self._connection.execute(
                f"CREATE OR REPLACE VIEW {quoted(schema)}.{quoted(table)} AS {query}"
            )
            self._made.add((schema, table.casefold()))
        return schema

    def add_table(self, schema: str, table: str, content: object) -> str:
        """Make an Arrow table readable as ``schema.table``; return the schema's own name."""
        name = f"{schema}#{len(self._made)}"
        registered = f"jupyter_lake_{schema}_{table}_{len(self._made)}"
        self._connection.register(registered, content)
        self._connection.execute(f"CREATE SCHEMA {quoted(name)}")
        self._connection.execute(
            f"CREATE VIEW {quoted(name)}.{quoted(table)} AS FROM {quoted(registered)}"
        )
        self._made.add((name, table.casefold()))
        return name

    def _arrow(self, dataset: Dataset) -> str:
        """Register an Arrow IPC dataset, which DuckDB can't read by itself."""
        from pyarrow import dataset as ds

        from jupyter_lake.query.filesystem import LakeFileSystem

        commit = dataset.commit
        root = f"{commit.repo.name}@{commit.id}"
        found = ds.dataset(
            [f"{root}/{file.path}" for file in dataset.files],
            filesystem=LakeFileSystem.of(commit.repo.lake),
            format="ipc",
            partitioning=ds.partitioning(flavor="hive"),
            partition_base_dir=root,
        )
        name = f"jupyter_lake_arrow_{len(self._made)}"
        self._connection.register(name, found)
        return quoted(name)


def _variant(dataset: Dataset, filename: bool) -> str:
    """Return what tells this choice of files from others of the same commit."""
    marks = "+filename" if filename else ""
    # By what DuckDB calls them: that changes when a remote file is on this machine, or no longer.
    digest = hashlib.sha256("\n".join(physical(file) for file in dataset.files).encode())
    return f"{marks}#{digest.hexdigest()[:8]}"


def select(dataset: Dataset, *, filename: bool = False) -> str:
    """Return the query that reads a dataset, with the columns its folders give."""
    if not dataset.partitions:
        return _part(dataset, dataset.files, {}, filename=filename)
    groups: dict[tuple[str | None, ...], list[DataFile]] = {}
    for file, values in zip(dataset.files, dataset.partitions, strict=True):
        groups.setdefault(tuple(values.values()), []).append(file)
    kinds = _partition_types(dataset)
    keys = dataset.partition_keys
    parts = [
        _part(dataset, files, _constants(keys, values, kinds), filename=filename)
        for values, files in groups.items()
    ]
    return " UNION ALL BY NAME ".join(parts)


def _part(
    dataset: Dataset,
    files: Sequence[DataFile],
    constants: Mapping[str, str],
    *,
    filename: bool,
) -> str:
    source = reading(dataset, files, options=", filename = true" if filename else "")
    added = "".join(f", {value} AS {quoted(key)}" for key, value in constants.items())
    if not filename:
        return f"SELECT *{added} FROM {source}" if added else f"FROM {source}"
    logical = ", ".join(f"({_text(physical(f))}, {_text(f.path)})" for f in files)
    return (
        f"SELECT r.* EXCLUDE (filename), m.logical AS filename{added} FROM {source} AS r "
        f"JOIN (VALUES {logical}) AS m(place, logical) ON r.filename = m.place"
    )


def _constants(
    keys: Sequence[str], values: Sequence[str | None], kinds: Mapping[str, str]
) -> dict[str, str]:
    return {
        key: f"CAST({_text(value) if value is not None else 'NULL'} AS {kinds[key]})"
        for key, value in zip(keys, values, strict=True)
    }


def _partition_types(dataset: Dataset) -> dict[str, str]:
    """Return the columns' types as DuckDB's hive_types_autocast would choose them."""
    kinds = {}
    for key in dataset.partition_keys:
        values = {pairs[key] for pairs in dataset.partitions} - {None}
        kinds[key] = _type_of([value for value in values if value is not None])
    return kinds


def _type_of(values: Sequence[str]) -> str:
    from datetime import date, datetime

    for kind, read in (("BIGINT", int), ("DATE", date.fromisoformat)):
        if values and all(_reads(read, value) for value in values):
            return kind
    if values and all(_reads(datetime.fromisoformat, value) for value in values):
        return "TIMESTAMP"
    return "VARCHAR"


def _reads(read: object, value: str) -> bool:
    try:
        read(value)  # type: ignore[operator]
    except ValueError:
        return False
    return "_" not in value and value == value.strip()


def reading(dataset: Dataset, files: Sequence[DataFile], *, options: str = "") -> str:
    """Return the call of DuckDB's reader over these files of a dataset."""
    names = ", ".join(_text(physical(file)) for file in files)
    given = options.lower()
    added = []
    if dataset.compression != "none" and "compression" not in given:
        added.append(f"compression = '{dataset.compression}'")
    if dataset.format == "tsv" and "delim" not in given and "sep" not in given:
        added.append("delim = '\\t'")
    if dataset.format == "jsonl" and "format" not in given:
        added.append("format = 'newline_delimited'")
    if len(files) > 1 and "union_by_name" not in given and not dataset.uniform:
        added.append("union_by_name = true")
    arguments = "".join(f", {option}" for option in added)
    return f"{_READERS[dataset.format]}([{names}]{arguments}{options})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
