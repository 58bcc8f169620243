"""Datasets as DuckDB sees them: views in schemas that are named for a commit.

A commit never changes, so neither does what its views mean: a relation that is
read later, or twice, gives the same rows. The schema's name carries the commit
and, where the files were pruned or their paths are asked for, that too.

The views lie in a database in memory of their own and are made by a connection
of their own, so that they outlive a ROLLBACK of the person's, whose transaction
may write to one database only.
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

__all__ = ["CATALOG", "Views", "reading", "select"]

CATALOG = "lake_views"
MANY = 50

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
        Where they are to be seen.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._maker = connection.cursor()
        self._made: dict[tuple[str, str], str] = {}
        self._columns: dict[tuple[str, str], list[str]] = {}
        self._catalogs = 0
        self._arrows = 0
        self._catalog = ""
        self._attach()

    def schema_for(
        self, dataset: Dataset, table: str, *, filename: bool = False, fresh: bool = False
    ) -> str:
        """Return the schema, as SQL writes it, in which `table` is a view of the dataset.

        Parameters
        ----------
        dataset
            What the view reads.
        table
            Its name, as the statement writes it.
        filename
            Whether it has the column ``filename``, the file's path in the commit.
        fresh
            Whether the connection is inside a transaction, which sees only
            databases that it hasn't looked at before as they are now.
        """
        commit = dataset.commit
        schema = f"{commit.repo.name}@{commit.id[:12]}{_variant(dataset, table, filename)}"
        key = (schema, table)
        if key not in self._made:
            if fresh:
                self._attach()
            arrow = dataset.format == "arrow"
            query = self._arrow(dataset, filename) if arrow else self._select(dataset, filename)
            self._made[key] = self._create(schema, table, query, seen_by_person=arrow)
        return self._made[key]

    def columns(self, schema: str, table: str) -> list[str]:
        """Return the columns of a view, by its schema as SQL writes it."""
        if (schema, table) not in self._columns:
            found = self._connection.sql(f"FROM {schema}.{quoted(table)}").columns
            self._columns[schema, table] = list(found)
        return self._columns[schema, table]

    def add_table(self, schema: str, table: str, content: object) -> str:
        """Make an Arrow table readable as ``schema.table``; return the schema as SQL writes it."""
        name = f"{schema}#{len(self._made)}"
        registered = f"jupyter_lake_{schema}_{table}_{len(self._made)}"
        self._connection.register(registered, content)
        made = self._create(name, table, f"FROM {quoted(registered)}", seen_by_person=True)
        self._made[name, table] = made
        return made

    def _attach(self) -> None:
        self._catalogs += 1
        self._catalog = CATALOG if self._catalogs == 1 else f"{CATALOG}_{self._catalogs}"
        self._maker.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {self._catalog}")

    def _create(self, schema: str, table: str, query: str, *, seen_by_person: bool) -> str:
        """Make a view; only the person's own connection knows what was registered there."""
        place = f"{self._catalog}.{quoted(schema)}"
        connection = self._connection if seen_by_person else self._maker
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {place}")
        connection.execute(f"CREATE OR REPLACE VIEW {place}.{quoted(table)} AS {query}")
        return place

    def _select(self, dataset: Dataset, filename: bool) -> str:
        own: Sequence[str] = ()
        if filename or dataset.partitions:
            own = self._maker.sql(f"FROM {reading(dataset, dataset.files)}").columns
        return select(dataset, filename=filename, own=own)

    def _arrow(self, dataset: Dataset, filename: bool) -> str:
        """Register an Arrow IPC dataset, which DuckDB can't read by itself."""
        if not filename:
            return f"FROM {self._registered(dataset)}"
        parts = []
        for index, file in enumerate(dataset.files):
            part = self._registered(dataset.only([index]))
            own = "filename" in map(str.casefold, self._connection.sql(f"FROM {part}").columns)
            added = "" if own else f", {_text(file.path)} AS filename"
            parts.append(f"SELECT *{added} FROM {part}")
        return " UNION ALL BY NAME ".join(parts)

    def _registered(self, dataset: Dataset) -> str:
        """Make the person's connection know Arrow files; return by what name."""
        from jupyter_lake.query.arrow_files import names_in, opened, typed_partitions
        from jupyter_lake.query.filesystem import LakeFileSystem

        filesystem = LakeFileSystem.of(dataset.commit.repo.lake, via="")
        folders = typed_partitions(dataset)
        self._arrows += 1
        name = f"jupyter_lake_arrow_{self._arrows}"
        found = opened(filesystem, names_in(dataset), "arrow", folders=folders)
        self._connection.register(name, found)
        return quoted(name)


def _variant(dataset: Dataset, table: str, filename: bool) -> str:
    """Return what tells this view from others of the same name at the same commit."""
    marks = ["+filename"] if filename else []
    marks += [f"#{dataset.part}"] if dataset.part else []
    marks += _places(dataset)
    # DuckDB takes names for the same that differ in case only, a lake doesn't.
    if (table, table) != (dataset.path, table.lower()):
        path = hashlib.sha256(f"{dataset.path}\n{table}".encode())
        marks.append(f"~{path.hexdigest()[:6]}")
    return "".join(marks)


def _places(dataset: Dataset) -> list[str]:
    """Return a mark of what DuckDB is to call the files just now, where that may change.

    A remote file comes to lie on this machine, and may be gone from it again;
    an imported one is seen to be what was imported.
    """
    if all("://" not in file.url and file.entry.location is None for file in dataset.files):
        return []
    names = hashlib.sha256("\n".join(map(physical, dataset.files)).encode())
    return [f"%{names.hexdigest()[:8]}"]


def select(
    dataset: Dataset, *, filename: bool = False, own: Sequence[str] = (), options: str = ""
) -> str:
    """Return the query that reads a dataset, with the columns its paths give.

    DuckDB says for each row which file of the list it is from (``file_index``),
    and looks no further than the files a condition on such a column leaves.

    Parameters
    ----------
    dataset
        What to read.
    filename
        Whether to add the column ``filename``, the file's path in the commit.
    own
        The columns that the files themselves hold, as far as known.
    options
        More arguments for DuckDB's reader: ``, name = value ...``.
    """
    folded = {name.casefold() for name in own}
    columns = {
        key: _looked_up([pairs[key] for pairs in dataset.partitions], dataset.partition_types[key])
        for key in dataset.partition_keys
    }
    if filename and "filename" not in folded:
        columns["filename"] = _looked_up([file.path for file in dataset.files], "VARCHAR")
    source = reading(dataset, dataset.files, options=options)
    if not columns:
        return f"FROM {source}"
    if "file_index" in folded:
        return _file_by_file(dataset, columns)
    # What a folder says of a column goes before what the file says, as in DuckDB.
    replaced = [f"{value} AS {quoted(k)}" for k, value in columns.items() if k.casefold() in folded]
    added = [
        f", {value} AS {quoted(k)}" for k, value in columns.items() if k.casefold() not in folded
    ]
    star = f"* REPLACE ({', '.join(replaced)})" if replaced else "*"
    return f"SELECT {star}{''.join(added)} FROM {source}"


def _looked_up(values: Sequence[str | None], kind: str) -> str:
    """Return the expression for a value that each file has one of."""
    if len(set(values)) == 1:
        return f"CAST({_text(values[0])} AS {kind})"
    return f"CAST({_list(values)} AS {kind}[])[CAST(file_index + 1 AS BIGINT)]"


def _file_by_file(dataset: Dataset, columns: Mapping[str, str]) -> str:
    """Return the query for files that have a column ``file_index`` of their own."""
    parts = []
    for index, file in enumerate(dataset.files):
        added = "".join(
            f", {value.replace('file_index', str(index))} AS {quoted(key)}"
            for key, value in columns.items()
        )
        parts.append(f"SELECT *{added} FROM {reading(dataset, [file])}")
    return " UNION ALL BY NAME ".join(parts)


def reading(dataset: Dataset, files: Sequence[DataFile], *, options: str = "") -> str:
    """Return the call of DuckDB's reader over these files of a dataset."""
    names = _list([physical(file) for file in files])
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
    # A path on the disk that holds `key=value` says nothing of the data.
    if "hive_partitioning" not in given:
        added.append("hive_partitioning = false")
    arguments = "".join(f", {option}" for option in added)
    return f"{_READERS[dataset.format]}({names}{arguments}{options})"


def _list(values: Sequence[str | None]) -> str:
    """Return a list of texts; a long one in one literal, which DuckDB parses six times as fast."""
    given = [value for value in values if value is not None]
    if len(given) < max(len(values), MANY) or any("\n" in value for value in given):
        return f"[{', '.join(_text(value) for value in values)}]"
    return f"string_split({_text(chr(10).join(given))}, chr(10))"


def _text(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
