"""Queries over a bucket (SeaweedFS): against s3fs, against httpfs, and a second time."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from tests.benchmarks.harness import Row
from tests.benchmarks.remote_queries import QUERIES, Task
from tests.servers import BUCKET, S3Server, shared_server

FILES = 64
ROWS_PER_FILE = 375_000
ROUNDS = 3
ROOT = Path(__file__).parents[2]
OTHER_DUCKDB = ROOT / "build" / "duckdb15"

Seconds = dict[str, float]


def rows() -> Iterator[Row]:
    """Yield the table's lines; the data are 1.5 GB in 64 Parquet files."""
    with tempfile.TemporaryDirectory(prefix="bench-remote-") as folder:
        task = _prepare(Path(folder))
        yield from _against("s3fs", "s3fs in DuckDB 2", task, bound=1 / 5)
        if _other_duckdb():
            yield from _against("s3fs", "s3fs in DuckDB 1.5", task, bound=1 / 5, other=True)
            yield from _against("httpfs", "httpfs in DuckDB 1.5", task, bound=1.0, other=True)
        yield from _again(task)


def _prepare(folder: Path) -> Task:
    data = folder / "data"
    data.mkdir()
    files = [_write(data, part) for part in range(FILES)]
    server = shared_server("seaweed", folder, watched=os.getpid())
    url = f"s3://{BUCKET}/bench"
    _make_lake(url, server, files)
    urls = _upload(server, files)
    return Task(url, {k: str(v) for k, v in server.storage_options.items()}, urls, urls[:1], files)


def _write(folder: Path, part: int) -> str:
    import duckdb

    path = folder / f"{part:02}.parquet"
    first = part * ROWS_PER_FILE
    duckdb.sql(
        f"COPY (SELECT {first} + r AS id, TIMESTAMP '2020-01-01' + INTERVAL (({first} + r) * 3) "
        "SECOND AS moment, (hash(r * 5) % 50)::INT AS category, "
        f"(hash(r * 7 + {part}) % 1000000) / 100.0 AS price, "
        "(hash(r * 3) % 100)::SMALLINT AS quantity, "
        f"'customer-' || (hash(r * 11 + {part}) % 500000) AS customer, "
        f"random() * 1e9 AS noise, md5((r * {part + 1})::VARCHAR) AS token "
        f"FROM range({ROWS_PER_FILE}) t(r)) TO '{path}' (FORMAT parquet)"
    )
    return str(path)


def _make_lake(url: str, server: S3Server, files: list[str]) -> None:
    from jupyter_lake.store import Lake

    lake = Lake.create(url, storage_options=server.storage_options)
    with lake.create_repo("bench").transaction("main", message="bench") as tx:
        for file in files:
            tx.write(f"trips/{Path(file).name}", Path(file))
        tx.write("small/0.parquet", Path(files[0]))


def _upload(server: S3Server, files: list[str]) -> list[str]:
    import s3fs

    filesystem = s3fs.S3FileSystem(**server.storage_options)
    urls = [f"s3://{BUCKET}/plain/{Path(file).name}" for file in files]
    for file, url in zip(files, urls, strict=True):
        filesystem.put_file(file, url)
    return urls


def _other_duckdb() -> bool:
    """Fetch DuckDB 1.5 and its httpfs beside the installed ones; False where that can't be."""
    if (OTHER_DUCKDB / "duckdb_extension_httpfs").exists():
        return True
    wanted = ["duckdb==1.5.5", "duckdb-extension-httpfs==1.5.5"]
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    done = subprocess.run([*command, str(OTHER_DUCKDB), *wanted], check=False)
    return done.returncode == 0


def _run(way: str, task: Task, cache: Path, *, other: bool = False) -> list[Seconds]:
    """Return the seconds that one process has measured."""
    environment = os.environ | {"JUPYTER_LAKE_CACHE_DIR": str(cache)}
    if other:
        environment["PYTHONPATH"] = str(OTHER_DUCKDB)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.remote_queries", way],
        input=json.dumps(asdict(task)),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[Seconds] = json.loads(done.stdout)
    return found


def _against(
    way: str, peer: str, task: Task, *, bound: float, other: bool = False
) -> Iterator[Row]:
    """Compare first runs, with nothing cached, process by process."""
    pairs = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="bench-cache-") as cache:
            [mine] = _run("lake", task, Path(cache), other=other)
        [theirs] = _run(way, task, Path(cache), other=other)
        pairs.append((mine, theirs))
    for name in QUERIES:
        yield _row(f"S3, first time: {name}", peer, [(m[name], t[name]) for m, t in pairs])
    totals = [(sum(mine.values()), sum(theirs.values())) for mine, theirs in pairs]
    yield _row("S3, first time: all five", peer, totals, bound=bound)


def _again(task: Task) -> Iterator[Row]:
    """Compare a second run with a local one: in the same session, and in a new process."""
    same, fresh = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="bench-cache-") as cache:
            # The first process leaves time for the background to complete the files.
            first = replace(task, settle=120, fill=True)
            same.append(_run("again", first, Path(cache)))
            fresh.append(_run("again", task, Path(cache)))
    for what, pairs in (("second time", same), ("in a new session", fresh)):
        for name in QUERIES:
            yield _row(f"S3, {what}: {name}", "local files", [(m[name], t[name]) for m, t in pairs])
        totals = [(sum(mine.values()), sum(theirs.values())) for mine, theirs in pairs]
        yield _row(f"S3, {what}: all five", "local files", totals, bound=1.3)


def _row(
    what: str, peer: str, pairs: list[tuple[float, float]], *, bound: float | None = None
) -> Row:
    return Row(
        what,
        statistics.median(mine for mine, _ in pairs),
        peer=peer,
        theirs=statistics.median(theirs for _, theirs in pairs),
        ratio=statistics.median(mine / theirs for mine, theirs in pairs),
        bound=bound,
    )
