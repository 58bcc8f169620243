"""Every reader gets the rows of one commit, through ``lake.scan`` and through ``lake://``."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pytest

from jupyter_lake import access
from jupyter_lake.errors import DatasetNotFoundError, InvalidInputError, ReadOnlyError
from jupyter_lake.query import scan
from jupyter_lake.query.filesystem import LakeFileSystem
from jupyter_lake.store import Lake

READERS = ("pandas", "polars", "pyarrow", "dask", "duckdb", "ray", "spark")
DATASETS = ("orders", "plain", "raw", "lines", "feather")
# dask uses what pandas 3 has come to warn of.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:pandas",
    "ignore:The inplace",
    # Ray warns of its own settings.
    "ignore::DeprecationWarning:ray",
    "ignore::FutureWarning:ray",
    "ignore::ResourceWarning",
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake in a folder that no test changes."""
    return _made(str(tmp_path_factory.mktemp("lakes") / "lake"))


@pytest.fixture
def lake(kept: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("JUPYTER_LAKE_URL", kept.url)
    return kept


@pytest.fixture
def any_lake(lake_url: str, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("JUPYTER_LAKE_URL", lake_url)
    return _made(lake_url)


def _made(url: str) -> Lake:
    lake = Lake.create(url)
    repo = lake.create_repo("sales")
    with repo.transaction("main", message="one") as tx:
        for month in (1, 2):
            tx.write(f"orders/year=2026/month={month}/part.parquet", _rows(month))
            tx.write(f"plain/{month}.parquet", _rows(month))
            tx.write(f"raw/{month}.csv", _csv(month))
            tx.write(f"lines/{month}.jsonl", _lines(month))
            tx.write(f"feather/{month}.arrow", _ipc(month))
    with repo.transaction("main", message="two") as tx:
        for day in (1, 2):
            tx.write(f"twins/kind=a%20b/day=2026-01-0{day}/part.parquet", _rows(1))
        tx.write("plain/3.parquet", _rows(3).append_column("extra", pa.array(["x", "y", "z"])))
    return lake


def _rows(month: int) -> pa.Table:
    return pa.table({"id": [month * 10 + i for i in range(3)], "amount": [month + 0.5] * 3})


def _csv(month: int) -> bytes:
    rows = _rows(month).to_pylist()
    return ("id,amount\n" + "".join(f"{r['id']},{r['amount']}\n" for r in rows)).encode()


def _lines(month: int) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in _rows(month).to_pylist()).encode()


def _ipc(month: int) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, _rows(month).schema) as writer:
        writer.write_table(_rows(month))
    return sink.getvalue().to_pybytes()


def _to_rows(reader: str, found: Any) -> list[dict[str, Any]]:
    """Return what a reader found, sorted by id."""
    if reader == "pandas":
        rows = found.to_dict("records")
    elif reader == "polars":
        rows = found.collect().to_dicts()
    elif reader == "pyarrow":
        rows = found.to_table().to_pylist()
    elif reader == "dask":
        rows = found.compute(scheduler="threads").to_dict("records")
    elif reader == "duckdb":
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    elif reader == "spark":
        rows = [row.asDict() for row in found.collect()]
    else:
        rows = found.take_all()
    return sorted(rows, key=lambda row: row["id"])


PACKAGES = {"spark": "pyspark"}


def _why_not(reader: str) -> str:
    """Return why a reader can't run here; empty if it can."""
    package = PACKAGES.get(reader, reader)
    if importlib.util.find_spec(package) is None:
        return f"{package} is not installed"
    if reader == "spark" and shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Spark needs Java, and there is none here"
    if reader == "ray" and int(duckdb.__version__.partition(".")[0]) < 2:
        return "Ray takes long to start, and is tried with the newest DuckDB"
    return ""


@pytest.fixture(scope="module")
def engines() -> Iterator[_Engines]:
    """What readers have started of their own, which ends with this file's tests."""
    with contextlib.ExitStack() as started:
        yield _Engines(started)


class _Engines:
    """The readers that run; each starts when the first test needs it."""

    def __init__(self, started: contextlib.ExitStack) -> None:
        self._waiting = {"spark": _spark, "ray": _ray}
        self._started = started

    def need(self, reader: str) -> None:
        if why := _why_not(reader):
            pytest.skip(why)
        if start := self._waiting.pop(reader, None):
            self._started.enter_context(start())


@contextlib.contextmanager
def _spark() -> Iterator[None]:
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="spark-") as folder:
        started = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.warehouse.dir", folder)
            .getOrCreate()
        )
        yield
        started.stop()


@contextlib.contextmanager
def _ray() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray
        import ray.data

        # Its sockets lie in this folder, and their paths are to be short.
        with tempfile.TemporaryDirectory(prefix="ray-") as folder:
            ray.init(
                num_cpus=1,
                num_gpus=0,
                _node_ip_address="127.0.0.1",
                include_dashboard=False,
                log_to_driver=False,
                logging_level="error",
                object_store_memory=2**27,
                _temp_dir=folder,
            )
            ray.data.DataContext.get_current().enable_progress_bars = False
            yield
            ray.shutdown()


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_every_dataset(
    lake: Lake, engines: _Engines, reader: str, dataset: str
) -> None:
    engines.need(reader)
    rows = _to_rows(reader, scan(lake, f"sales@main~1/{dataset}", engine=reader))
    assert [(row["id"], row["amount"]) for row in rows] == [
        (10, 1.5), (11, 1.5), (12, 1.5), (20, 2.5), (21, 2.5), (22, 2.5),
    ]  # fmt: skip
    if dataset == "orders":
        assert [(int(row["year"]), int(row["month"])) for row in rows][::3] == [
            (2026, 1),
            (2026, 2),
        ]


def test_every_reader_reads_every_kind_of_store(any_lake: Lake, engines: _Engines) -> None:
    for reader in READERS:
        # Spark opens files itself, and Ray's workers are processes of their own, started
        # before these stores were there.
        if reader in ("spark", "ray") and "://" in any_lake.url:
            continue
        if not _why_not(reader):
            engines.need(reader)
            for dataset in ("plain", "raw"):
                found = scan(any_lake, f"sales@main~1/{dataset}", engine=reader)
                assert len(_to_rows(reader, found)) == 6


@pytest.mark.parametrize("reader", READERS)
def test_columns_that_only_some_files_have(lake: Lake, engines: _Engines, reader: str) -> None:
    engines.need(reader)
    rows = _to_rows(reader, scan(lake, "sales/plain", engine=reader))
    assert len(rows) == 9
    assert rows[-1]["extra"] == "z"
    assert rows[0]["extra"] is None or rows[0]["extra"] != rows[0]["extra"]


@pytest.mark.parametrize("reader", READERS)
def test_equal_files_in_several_folders(lake: Lake, engines: _Engines, reader: str) -> None:
    engines.need(reader)
    rows = _to_rows(reader, scan(lake, "sales/twins", engine=reader))
    found = [(row["id"], str(row["day"])[:10], str(row["kind"])) for row in rows]
    assert sorted(found) == [
        (id, f"2026-01-0{day}", "a b") for id in (10, 11, 12) for day in (1, 2)
    ]


def test_spark_reads_the_files_of_a_commit(
    lake: Lake, engines: _Engines, seen: list[access.Event]
) -> None:
    engines.need("spark")
    from pyspark.sql import SparkSession

    commit = lake.repo("sales").commit("main~1")
    places = [file.url for file in commit.files("plain")]
    frame = SparkSession.builder.getOrCreate().read.parquet(*places)
    assert sorted(row["id"] for row in frame.collect()) == [10, 11, 12, 20, 21, 22]
    scanned = scan(lake, "sales@main~1/plain", engine="spark")
    assert scanned.filter("id > 12").count() == 3
    assert scanned.inputFiles()
    assert seen == [access.Read(lake.url, "sales", commit.id, "plain", None, "spark")]


def test_spark_without_a_connector_says_so(any_lake: Lake, engines: _Engines) -> None:
    engines.need("spark")
    if "://" not in any_lake.url:
        pytest.skip("files on the disk need no connector")
    with pytest.raises(InvalidInputError, match="no connector") as caught:
        scan(any_lake, "sales/plain", engine="spark")
    assert "pyarrow" in caught.value.hint


def test_a_reader_nobody_knows_is_named(lake: Lake) -> None:
    with pytest.raises(InvalidInputError, match="'panda'") as caught:
        scan(lake, "sales/plain", engine="panda")
    assert "'pandas'" in caught.value.hint
    with pytest.raises(DatasetNotFoundError):
        scan(lake, "sales/nothing", engine="pandas")


def test_pandas_reads_an_address(lake: Lake) -> None:
    import pandas as pd

    assert pd.read_parquet("lake://sales@main~1/plain/2.parquet")["id"].tolist() == [20, 21, 22]
    assert pd.read_parquet("lake://sales@main~1/plain").shape == (6, 2)
    assert pd.read_csv("lake://sales@main/raw/1.csv")["amount"].tolist() == [1.5] * 3
    assert pd.read_json("lake://sales/lines/1.jsonl", lines=True).shape == (3, 2)


def test_dask_reads_an_address(lake: Lake) -> None:
    import dask.dataframe as dd

    assert len(dd.read_parquet("lake://sales@main~1/plain").compute(scheduler="threads")) == 6
    assert len(dd.read_csv("lake://sales@main/raw/*.csv").compute(scheduler="threads")) == 6


def test_polars_reads_an_open_file(lake: Lake) -> None:
    import polars as pl

    filesystem = fsspec.filesystem("lake")
    with filesystem.open("sales@main/raw/1.csv") as file:
        assert pl.read_csv(file)["id"].to_list() == [10, 11, 12]
    with filesystem.open("sales@main/plain/1.parquet") as file:
        assert pl.read_parquet(file)["id"].to_list() == [10, 11, 12]


def test_pyarrow_reads_through_the_filesystem(lake: Lake) -> None:
    from pyarrow import csv
    from pyarrow import dataset as ds

    filesystem = fsspec.filesystem("lake")
    found = ds.dataset("sales@main/orders", filesystem=filesystem, partitioning="hive")
    assert found.to_table(filter=ds.field("month") == 2)["id"].to_pylist() == [20, 21, 22]
    with filesystem.open("sales/raw/2.csv") as file:
        assert csv.read_csv(file).num_rows == 3


def test_duckdb_reads_through_the_filesystem(lake: Lake) -> None:
    with duckdb.connect() as connection:
        connection.register_filesystem(fsspec.filesystem("lake"))
        query = "SELECT count(*), sum(id) FROM read_parquet('lake://sales@main~1/{}')"
        assert connection.sql(query.format("plain/*.parquet")).fetchall() == [(6, 96)]
        assert connection.sql(query.format("orders/**/*.parquet")).fetchall() == [(6, 96)]


def test_what_lies_where(lake: Lake) -> None:
    filesystem = fsspec.filesystem("lake")
    assert filesystem.ls("", detail=False) == ["sales"]
    assert filesystem.ls("lake://sales@main/raw", detail=False) == [
        "sales@main/raw/1.csv",
        "sales@main/raw/2.csv",
    ]
    assert filesystem.glob("sales@main/*/1.*") == [
        "sales@main/feather/1.arrow",
        "sales@main/lines/1.jsonl",
        "sales@main/plain/1.parquet",
        "sales@main/raw/1.csv",
    ]
    assert filesystem.find("sales/plain") == [f"sales/plain/{i}.parquet" for i in (1, 2, 3)]
    assert filesystem.isdir("sales/plain")
    assert filesystem.isfile("sales/raw/1.csv")
    assert not filesystem.exists("sales/raw/9.csv")
    assert not filesystem.exists("nothing/raw")
    info = filesystem.info("sales@main/raw/1.csv")
    commit = lake.repo("sales").commit()
    assert (info["type"], info["size"]) == ("file", len(_csv(1)))
    assert info["hash"] == commit.entry("raw/1.csv").hash
    assert filesystem.modified("sales/raw/1.csv") == commit.time
    assert filesystem.created("sales/raw/1.csv") == commit.time
    assert filesystem.info("sales@main~1/plain/1.parquet")["rows"] == 3
    with pytest.raises(FileNotFoundError, match=r"9\.csv"):
        filesystem.open("sales/raw/9.csv")


def test_bytes_by_range(lake: Lake) -> None:
    filesystem = fsspec.filesystem("lake")
    path, data = "sales@main/raw/1.csv", _csv(1)
    assert filesystem.cat(path) == data
    assert filesystem.cat_file(path, 3, 9) == data[3:9]
    assert filesystem.cat_file(path, -5) == data[-5:]
    assert filesystem.cat_ranges([path, path], [0, 3], [2, 9]) == [data[:2], data[3:9]]
    assert filesystem.head(path, 4) == data[:4]
    assert filesystem.tail(path, 4) == data[-4:]
    with filesystem.open(path, "rt") as file:
        assert file.readline() == "id,amount\n"
    with fsspec.open(f"lake://{path}", "r") as file:
        assert file.read().encode() == data


def test_a_ref_means_one_commit_also_after_pickling(any_lake: Lake) -> None:
    lake = any_lake
    filesystem = fsspec.filesystem("lake")
    before = filesystem.cat("sales@main/raw/1.csv")
    with lake.repo("sales").transaction("main", message="three") as tx:
        tx.write("raw/1.csv", b"id,amount\n")
    assert filesystem.cat("sales@main/raw/1.csv") == before
    copy = pickle.loads(pickle.dumps(filesystem))
    assert copy == filesystem
    assert copy.cat("sales@main/raw/1.csv") == before
    assert fsspec.filesystem("lake").cat("sales@main/raw/1.csv") == b"id,amount\n"
    assert (
        copy.pin("sales@main/raw/1.csv")
        == f"sales@{lake.repo('sales').resolve('main~1')}/raw/1.csv"
    )


def test_writing_is_refused_by_name(lake: Lake) -> None:
    filesystem = fsspec.filesystem("lake")
    for refused in (
        lambda: filesystem.open("sales@main/new.csv", "wb"),
        lambda: filesystem.rm("sales@main/raw/1.csv"),
        lambda: filesystem.pipe_file("sales@main/new.csv", b""),
    ):
        with pytest.raises(ReadOnlyError, match="read-only") as caught:
            refused()
        assert "publish" in caught.value.hint


@pytest.fixture
def seen() -> Iterator[list[access.Event]]:
    events: list[access.Event] = []
    unsubscribe = access.subscribe(events.append)
    yield events
    unsubscribe()


def test_each_read_is_told_once(lake: Lake, seen: list[access.Event]) -> None:
    import pandas as pd

    pd.read_csv("lake://sales@main/raw/1.csv")
    filesystem = fsspec.filesystem("lake")
    for _ in range(2):
        filesystem.cat("sales@main/raw/2.csv")
    commit = lake.repo("sales").resolve("main")
    expected = [
        access.Read(lake.url, "sales", commit, f"raw/{i}.csv", None, "lake://") for i in (1, 2)
    ]
    assert seen == expected


@pytest.mark.parametrize("reader", ["pandas", "polars", "pyarrow", "duckdb"])
def test_a_scan_is_told_as_a_read_of_the_dataset(
    lake: Lake, seen: list[access.Event], reader: str
) -> None:
    with warnings.catch_warnings():
        _to_rows(reader, scan(lake, "sales/plain", engine=reader))
    reads = {
        (event.repo, event.path.partition("/")[0])
        for event in seen
        if isinstance(event, access.Read)
    }
    assert reads == {("sales", "plain")}


def test_the_filesystem_of_an_open_lake_needs_no_configuration(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTER_LAKE_URL")
    assert LakeFileSystem.of(lake).cat("sales/raw/1.csv") == _csv(1)
