"""Arrow IPC and Parquet files of a commit as one Arrow dataset with the columns of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset

    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.query.filesystem import LakeFileSystem

__all__ = ["columns_of", "names_in", "opened", "schemas", "typed_partitions"]

_THREADS = 16


def names_in(dataset: Dataset) -> list[str]:
    """Return the files as the lake's filesystem names them, with the commit pinned."""
    root = f"{dataset.commit.repo.name}@{dataset.commit.id}"
    return [f"{root}/{file.path}" for file in dataset.files]


def opened(
    filesystem: LakeFileSystem,
    names: Sequence[str],
    kind: str,
    *,
    schema: pa.Schema | None = None,
    folders: pa.Schema | None = None,
) -> pyarrow.dataset.Dataset:
    """Open files as a dataset.

    Parameters
    ----------
    filesystem, names
        Where they are, all in one commit.
    kind
        ``parquet`` or ``arrow``.
    schema
        The columns to give; those of the first file if left out.
    folders
        The types of the columns that ``key=value`` folders give; guessed if left out.
    """
    import pyarrow.dataset as ds

    found = ds.dataset(
        list(names),
        filesystem=filesystem,
        format="parquet" if kind == "parquet" else "ipc",
        partitioning=ds.partitioning(folders, flavor="hive"),
        partition_base_dir=names[0].partition("/")[0],
        schema=schema,
    )
    return found if schema is not None or len(names) == 1 else found.replace_schema(_united(found))


def schemas(found: pyarrow.dataset.Dataset) -> list[pa.Schema]:
    """Return the columns of each file."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda fragment: fragment.physical_schema, found.get_fragments()))


def _united(found: pyarrow.dataset.Dataset) -> pa.Schema:
    """Return a schema with every file's columns, in the widest of their types."""
    import pyarrow as pa

    found_ones = [_without_views(schema) for schema in (*schemas(found), found.schema)]
    return pa.unify_schemas(found_ones, promote_options="permissive")


def _without_views(schema: pa.Schema) -> pa.Schema:
    """Return a schema with plain strings for polars' views, which Arrow unites with no others."""
    import pyarrow as pa

    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    fields = [field.with_type(plain.get(field.type, field.type)) for field in schema]
    return pa.schema(fields, metadata=schema.metadata)


def columns_of(dataset: Dataset) -> list[list[str]]:
    """Return the names of each file's columns."""
    from jupyter_lake.query.filesystem import LakeFileSystem

    filesystem = LakeFileSystem.of(dataset.commit.repo.lake, via="")
    found = opened(filesystem, names_in(dataset), "arrow")
    return [schema.names for schema in schemas(found)]


def typed_partitions(dataset: Dataset) -> pa.Schema:
    """Return the columns that a dataset's folders give, of the types they have in SQL."""
    import pyarrow as pa

    types = {"BIGINT": pa.int64(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us")}
    return pa.schema(
        [
            (key, types.get(dataset.partition_types[key], pa.string()))
            for key in dataset.partition_keys
        ]
    )
