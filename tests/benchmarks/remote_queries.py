"""Five queries over a bucket by one way of reading, in a process of their own.

``python -m tests.benchmarks.remote_queries WAY`` reads a JSON object from its
standard input (see `Task`) and prints the seconds of each query.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUERIES = {
    "count": "SELECT count(*) FROM {t}",
    "range filter": (
        "SELECT count(*), sum(price) FROM {t} WHERE moment BETWEEN '2020-06-01' AND '2020-06-20'"
    ),
    "point look-up": "SELECT * FROM {t} WHERE customer = 'customer-4242' AND quantity = 7",
    "two columns": "SELECT category, sum(price) FROM {t} GROUP BY 1",
    "join": (
        "SELECT category, count(*) FROM {t} JOIN (SELECT i * 1000 AS id FROM range(24000) r(i)) "
        "USING (id) GROUP BY 1"
    ),
}


@dataclass(frozen=True)
class Task:
    """What to read and how often.

    Attributes
    ----------
    lake, options
        The lake and its storage options; its repo ``bench`` holds ``trips`` and ``small``.
    urls, small
        The same files for ways that know no lake.
    files
        Copies on the local disk.
    settle
        Seconds to wait at most, in the end, for files to be completed in the background.
    fill
        Whether the cache may complete files in the background.
    """

    lake: str
    options: dict[str, str]
    urls: list[str]
    small: list[str]
    files: list[str]
    settle: float = 0
    fill: bool = False


def lake_runner(task: Task) -> Callable[[str], object]:
    """Read by the lake's own session."""
    from jupyter_lake.query import Session, fetching
    from jupyter_lake.store import Lake

    if not task.fill:
        fetching._FILL_FROM = 2.0
    session = Session(Lake.open(task.lake, storage_options=task.options))
    session.sql("SELECT count(*) FROM bench.small").fetchall()
    return lambda query: session.sql(query.format(t="bench.trips")).fetchall()


def s3fs_runner(task: Task) -> Callable[[str], object]:
    """Read by s3fs as DuckDB's filesystem: on one thread, since more give wrong rows."""
    import duckdb
    import s3fs

    connection = duckdb.connect()
    connection.register_filesystem(s3fs.S3FileSystem(**task.options))
    if not duckdb.__version__.startswith("1."):
        connection.execute("SET threads = 1")
        connection.execute("SET async_threads = 1")
    return _with(connection, task.urls, task.small)


def httpfs_runner(task: Task) -> Callable[[str], object]:
    """Read by DuckDB's own httpfs."""
    import duckdb
    import duckdb_extension_httpfs

    connection = duckdb.connect()
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions"
    connection.execute(f"LOAD '{next(folder.rglob('httpfs.duckdb_extension'))}'")
    options = task.options
    endpoint = options["endpoint_url"].removeprefix("http://")
    connection.execute(
        f"CREATE SECRET (TYPE s3, KEY_ID '{options['key']}', SECRET '{options['secret']}', "
        f"ENDPOINT '{endpoint}', USE_SSL false, URL_STYLE 'path', REGION 'us-east-1')"
    )
    connection.execute("SET threads = 16")
    return _with(connection, task.urls, task.small)


def local_runner(task: Task) -> Callable[[str], object]:
    """Read local copies, natively."""
    import duckdb

    return _with(duckdb.connect(), task.files, task.files[:1])


def _with(connection: Any, names: list[str], warm: list[str]) -> Callable[[str], object]:
    connection.sql(f"SELECT count(*) FROM read_parquet({warm})").fetchall()
    table = f"read_parquet({names})"
    return lambda query: connection.sql(query.format(t=table)).fetchall()


def _settle(task: Task) -> None:
    """Wait until the cache holds all files as a whole."""
    from jupyter_lake.query.remote import physical
    from jupyter_lake.store import Lake

    deadline = time.monotonic() + task.settle
    while time.monotonic() < deadline:
        lake = Lake.open(task.lake, storage_options=task.options)
        files = lake.repo("bench").commit().files("trips")
        if all(physical(file).startswith("/") for file in files):
            return
        time.sleep(1)


RUNNERS = {
    "lake": lake_runner,
    "s3fs": s3fs_runner,
    "httpfs": httpfs_runner,
    "local": local_runner,
}


def first_run(run: Callable[[str], object]) -> dict[str, float]:
    """Return each query's seconds."""
    return {name: _seconds(run, query) for name, query in QUERIES.items()}


def side_by_side(task: Task) -> list[dict[str, float]]:
    """Return the seconds of later runs: through the lake, and of local files in between."""
    lake, local = lake_runner(task), local_runner(task)
    if task.fill:
        first_run(lake)
    pairs = {
        name: [(_seconds(lake, query), _seconds(local, query)) for _ in range(5)]
        for name, query in QUERIES.items()
    }
    _settle(task)
    return [
        {name: statistics.median(pair[side] for pair in found) for name, found in pairs.items()}
        for side in (0, 1)
    ]


def _seconds(run: Callable[[str], object], query: str) -> float:
    start = time.perf_counter()
    run(query)
    return time.perf_counter() - start


def main(way: str) -> None:
    """Run the task and print the seconds."""
    task = Task(**json.load(sys.stdin))
    found = side_by_side(task) if way == "again" else [first_run(RUNNERS[way](task))]
    print(json.dumps(found), flush=True)
    os._exit(0)  # nobody waits for background threads


if __name__ == "__main__":
    main(sys.argv[1])
