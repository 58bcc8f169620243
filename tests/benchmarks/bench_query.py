"""A commit is queried at the speed of DuckDB over the same files: 1 GB in 64 Parquet files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jupyter_lake.query import Session
from jupyter_lake.query.plan import Plan
from jupyter_lake.store import Lake
from tests.benchmarks.harness import Row, against, median

FILES = 64
ROWS = 700_000
BOUND = 1.1

STATEMENTS = {
    "count, which the manifest knows": "SELECT count(*) FROM {facts}",
    "range filter": "SELECT count(*), sum(v) FROM {facts} WHERE id BETWEEN 10000000 AND 12000000",
    "point look-up": "SELECT * FROM {facts} WHERE id = 31415926",
    "two-column aggregate": "SELECT g, sum(v) FROM {facts} GROUP BY g",
    "join": "SELECT k.name, count(*) FROM {facts} f JOIN {keys} k ON f.g = k.g GROUP BY 1",
}


def rows() -> Iterator[Row]:
    """Yield local queries against native ones, then what finding the files costs."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _queries(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield _resolution(Path(folder), files=FILES, bound=0.015)
        yield _resolution(Path(folder), files=5000, bound=0.060)


def _queries(folder: Path) -> Iterator[Row]:
    _generate(folder)
    lake = Lake.create(str(folder / "lake"))
    with lake.create_repo("sales").transaction("main", message="all") as transaction:
        for path in sorted(folder.glob("*/*.parquet")):
            transaction.write(path.relative_to(folder).as_posix(), path)
    session, native = Session(lake), duckdb.connect()
    gigabytes = sum(path.stat().st_size for path in folder.glob("facts/*")) / 2**30
    plain = {
        "facts": f"read_parquet('{folder}/facts/*.parquet')",
        "keys": f"read_parquet('{folder}/keys/keys.parquet')",
    }
    names = {"facts": "sales.facts", "keys": "sales.keys"}
    for what, statement in STATEMENTS.items():
        yield against(
            f"{what}, {FILES} files, {gigabytes:.1f} GB",
            _asking(lambda text: session.sql(text).fetchall(), statement.format(**names)),
            "read_parquet",
            _asking(lambda text: native.sql(text).fetchall(), statement.format(**plain)),
            bound=BOUND,
            runs=9,
            warmup=2,
        )


def _asking(ask: Callable[[str], object], text: str) -> Callable[[], object]:
    return lambda: ask(text)


def _generate(folder: Path) -> None:
    (folder / "facts").mkdir()
    (folder / "keys").mkdir()
    connection = duckdb.connect()
    for part in range(FILES):
        connection.execute(
            f"COPY (SELECT {part} * {ROWS} + i AS id, (hash(i) % 1000)::INTEGER AS g,"
            f" random() AS v, random() AS w, 'word-' || (hash(i * 7) % 99999) AS s"
            f" FROM range({ROWS}) t(i)) TO '{folder}/facts/{part:02}.parquet'"
        )
    connection.execute(
        f"COPY (SELECT i::INTEGER AS g, 'name-' || i % 10 AS name FROM range(1000) t(i))"
        f" TO '{folder}/keys/keys.parquet'"
    )


def _resolution(folder: Path, *, files: int, bound: float) -> Row:
    """Measure from the statement's text to the text that DuckDB is given, views made."""
    lake = Lake.create(str(folder / f"lake-{files}"))
    with lake.create_repo("sales").transaction("main", message="many") as transaction:
        for part in range(files):
            transaction.write(f"facts/{part:05}.parquet", _small(part))
    statements = iter(range(1_000_000))

    def resolve() -> None:
        # Each time by another session, which has no view yet.
        Plan(sessions[next(statements)], "SELECT sum(v) FROM sales.facts").rewrite({})

    sessions = [Session(lake) for _ in range(8)]
    seconds = median(resolve, runs=7, warmup=1)
    return Row(f"finding the files of a name, {files:,} files", seconds, bound=bound)


def _small(part: int) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [part], "v": [part / 2]}), sink)
    return sink.getvalue().to_pybytes()
