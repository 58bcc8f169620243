"""Parquet datasets as Spark reads them: the files where they lie, on its own workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_lake import access
from jupyter_lake.errors import InvalidInputError
from jupyter_lake.query.partitions import value_of

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset

__all__ = ["spark_frame"]

_NO_CONNECTOR = ("ClassNotFoundException", "No FileSystem for scheme", "UnsupportedFileSystem")
_FILE = "__jupyter_lake_file"
_TYPES = {"BIGINT": "bigint", "DATE": "date", "TIMESTAMP": "timestamp_ntz", "VARCHAR": "string"}


def spark_frame(dataset: Dataset) -> Any:
    """Return a Parquet dataset as a DataFrame of the active session, or of a new one.

    Spark opens the files itself: those of a lake in S3 through its ``s3a`` connector,
    which has to be there and to know the bucket.
    """
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    commit = dataset.commit
    frames = [_told(session, dataset, part) for part in _parts(dataset)]
    access.emit(
        access.Read(
            commit.repo.lake.url, commit.repo.name, commit.id, dataset.address_path, None, "spark"
        )
    )
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def _parts(dataset: Dataset) -> Iterator[list[int]]:
    """Yield the files, by their numbers, that Spark may read at one go.

    It reads a path once however often it is named, and a lake keeps equal files
    once; and it joins files of differing columns only if their types agree.
    """
    if not dataset.uniform:
        yield from ([index] for index in range(len(dataset.files)))
        return
    parts: list[dict[str, int]] = []
    for index, file in enumerate(dataset.files):
        name = _name(file.url)
        part = next((part for part in parts if name not in part), None)
        if part is None:
            parts.append(part := {})
        part[name] = index
    yield from (list(part.values()) for part in parts)


def _told(session: Any, dataset: Dataset, part: Sequence[int]) -> Any:
    try:
        return _read(session, dataset, part)
    except Exception as error:
        scheme = _place(dataset.files[part[0]].url).partition("://")[0]
        if not any(sign in str(error) for sign in _NO_CONNECTOR):
            raise
        raise InvalidInputError(
            f"This Spark session has no connector for {scheme}:// files.",
            hint="Start it with Hadoop's (for S3: org.apache.hadoop:hadoop-aws), "
            "or scan with engine='pyarrow'.",
        ) from error


def _read(session: Any, dataset: Dataset, part: Sequence[int]) -> Any:
    files = [dataset.files[index] for index in part]
    frame = session.read.parquet(*(_place(file.url) for file in files))
    keys = dataset.partition_keys
    if not keys:
        return frame
    rows = [
        (
            name,
            *(
                value_of(dataset.partitions[index][key], dataset.partition_types[key])
                for key in keys
            ),
        )
        for index, file in zip(part, files, strict=True)
        for name in {_name(file.url), quote(_name(file.url))}
    ]
    types = ", ".join(f"`{key}` {_TYPES[dataset.partition_types[key]]}" for key in keys)
    folders = session.createDataFrame(rows, f"`{_FILE}` string, {types}")
    # What a folder says of a column goes before what the file says.
    own = [name for name in frame.columns if name.casefold() not in map(str.casefold, keys)]
    named = frame.select(*(f"`{name}`" for name in own), frame["_metadata.file_name"].alias(_FILE))
    return named.join(folders.hint("broadcast"), _FILE).drop(_FILE)


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _place(url: str) -> str:
    """Return a file's place as Hadoop writes it."""
    if url.startswith("s3://"):
        return f"s3a://{url.removeprefix('s3://')}"
    return url if "://" in url else f"file://{url}"
