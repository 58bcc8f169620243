"""Datasets in the reader of one's choice, with each reader's quirks seen to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError, closest
from jupyter_lake.query.arrow_files import names_in, opened, schemas
from jupyter_lake.query.filesystem import LakeFileSystem

if TYPE_CHECKING:
    import pyarrow.dataset

    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.lakes import Lake

__all__ = ["ENGINES", "scan"]

_IN_PLACE = ("parquet", "arrow")


def scan(lake: Lake, address: str, *, engine: str = "pandas") -> Any:
    """Open a dataset with a reader.

    Parameters
    ----------
    lake, address
        Where it is: ``sales@main~2/orders``. The ref is looked up once.
    engine
        ``pandas`` gives a DataFrame, ``polars`` a LazyFrame, ``pyarrow`` a
        Dataset, ``dask`` a dask DataFrame, ``duckdb`` a relation, ``ray`` a
        Ray Dataset, ``spark`` a DataFrame of Spark 4's active session. Only
        the first holds all rows in memory, but for CSV and JSON, which only
        Dask reads in pieces.

    Raises
    ------
    InvalidInputError
        If there is no such reader, or it isn't installed.
    DatasetNotFoundError, RepoNotFoundError, RefNotFoundError
    """
    if engine not in ENGINES:
        near = closest(engine, ENGINES)
        raise InvalidInputError(
            f"{engine!r} is no reader that lakes know.",
            hint=f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(ENGINES)}.",
        )
    dataset = _Scanned(lake, Address.parse(address), engine)
    try:
        return ENGINES[engine](dataset)
    except ModuleNotFoundError as error:
        raise InvalidInputError(
            f"Reading with {engine} takes the package {error.name}, which isn't installed here.",
            hint=f"Install it (`%pip install {error.name}`), or choose another reader.",
        ) from error


class _Scanned:
    """A dataset at one commit, and the ways to get at it."""

    def __init__(self, lake: Lake, address: Address, engine: str) -> None:
        from jupyter_lake.query.datasets import resolve_dataset

        self.lake = lake
        self.commit: Commit = lake.repo(address.repo).commit(address.ref)
        self.path = address.path
        self.dataset = resolve_dataset(self.commit, address.path)
        self.filesystem = LakeFileSystem.of(lake, via=engine)

    @property
    def in_place(self) -> bool:
        """Whether Arrow reads the files themselves."""
        return self.dataset.format in _IN_PLACE

    @property
    def names(self) -> list[str]:
        """The files as the filesystem names them, with the commit pinned."""
        return names_in(self.dataset)

    def arrow_dataset(self) -> pyarrow.dataset.Dataset:
        """Return the files as one Arrow dataset whose schema has every file's columns."""
        import pyarrow.dataset as ds

        if not self.in_place:
            return ds.dataset(self.table())
        return opened(self.filesystem, self.names, self.dataset.format)

    def table(self) -> Any:
        """Return all rows as an Arrow table, read by DuckDB."""
        from jupyter_lake.query import Session

        return Session(self.lake).sql(f"FROM {self.sql_name}").arrow()

    @property
    def sql_names(self) -> list[str]:
        """The files' names in a statement, one by one."""
        from jupyter_lake.query import quoted_name

        commit = self.commit
        return [quoted_name(commit.repo.name, commit.id, file.path) for file in self.dataset.files]

    @property
    def sql_name(self) -> str:
        """The dataset's name in a statement, with the commit pinned."""
        from jupyter_lake.query import quoted_name

        return quoted_name(self.commit.repo.name, self.commit.id, self.path)


def _pandas(dataset: _Scanned) -> Any:
    table = dataset.arrow_dataset().to_table() if dataset.in_place else dataset.table()
    return table.to_pandas()


def _polars(dataset: _Scanned) -> Any:
    import polars as pl

    if dataset.in_place:
        return pl.scan_pyarrow_dataset(dataset.arrow_dataset())
    frame = pl.from_arrow(dataset.table())
    assert isinstance(frame, pl.DataFrame)
    return frame.lazy()


def _pyarrow(dataset: _Scanned) -> Any:
    return dataset.arrow_dataset()


def _duckdb(dataset: _Scanned) -> Any:
    from jupyter_lake.query import Session

    return Session(dataset.lake).sql(f"FROM {dataset.sql_name}").relation


def _dask(dataset: _Scanned) -> Any:
    import dask.dataframe

    dd: Any = dask.dataframe
    if not dataset.in_place:
        from dask.delayed import delayed

        parts = [delayed(_part)(dataset.filesystem, name) for name in dataset.sql_names]
        return dd.from_delayed(parts, verify_meta=False)
    found = dataset.arrow_dataset()
    kind = dataset.dataset.format
    if kind == "parquet" and len(set(map(str, schemas(found)))) == 1:
        return dd.read_parquet(dataset.names, filesystem=dataset.filesystem)
    # dask takes all files to have the columns of the first.
    return dd.from_map(
        _fragment,
        dataset.names,
        filesystem=dataset.filesystem,
        kind=kind,
        schema=found.schema,
        meta=found.schema.empty_table().to_pandas(),
        enforce_metadata=False,
    )


def _fragment(name: str, *, filesystem: LakeFileSystem, kind: str, schema: Any) -> Any:
    """Read one file in a worker, with the columns of all."""
    return opened(filesystem, [name], kind, schema=schema).to_table().to_pandas()


def _part(filesystem: LakeFileSystem, name: str) -> Any:
    """Read one file in a worker."""
    from jupyter_lake.query import Session

    return Session(filesystem.lake).sql(f"FROM {name}").df()


def _ray(dataset: _Scanned) -> Any:
    import ray.data

    if dataset.dataset.format == "parquet":
        return ray.data.read_parquet(dataset.names, filesystem=dataset.filesystem)
    return ray.data.from_arrow(dataset.arrow_dataset().to_table())


def _spark(dataset: _Scanned) -> Any:
    from jupyter_lake.query.spark import spark_frame

    if dataset.dataset.format != "parquet":
        from pyspark.sql import SparkSession

        return SparkSession.builder.getOrCreate().createDataFrame(dataset.table())
    return spark_frame(dataset.dataset)


ENGINES: dict[str, Callable[[_Scanned], Any]] = {
    "pandas": _pandas,
    "polars": _polars,
    "pyarrow": _pyarrow,
    "dask": _dask,
    "duckdb": _duckdb,
    "ray": _ray,
    "spark": _spark,
}
