"""Where a file lies may change under an open session; its answers do not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyter_lake.errors import ChangedError
from jupyter_lake.query import Session, preview, scan
from jupyter_lake.query.remote import physical
from jupyter_lake.store import Lake
from tests.query.remote_files import counted

QUERY = "SELECT sum(a) FROM sales.raw"


@pytest.mark.s3
def test_a_session_outlives_the_cache(
    s3_url: str, storage_options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("JUPYTER_LAKE_CACHE_DIR", str(cache))
    monkeypatch.setattr("jupyter_lake.query.background._IDLE_SECONDS", 0.01)
    lake = Lake.create(s3_url, storage_options=storage_options)
    with lake.create_repo("sales").transaction("main", message="one") as tx:
        tx.write("raw/1.parquet", pa.table({"a": range(100_000)}))
    [file] = lake.repo("sales").commit().files("raw")
    session = Session(lake)
    expected = session.sql(QUERY).fetchall()
    _wait_for(lambda: physical(file).startswith("/"))
    with counted() as requests:
        assert session.sql(QUERY).fetchall() == expected
        assert Session(lake).sql(QUERY).fetchall() == expected
    assert requests.ranges == []
    shutil.rmtree(cache)
    assert session.sql(QUERY).fetchall() == expected
    assert session.sql("SELECT max(a) FROM sales.raw").fetchall() == [(99_999,)]


def test_an_imported_file_that_changed_is_refused_by_every_way_in(tmp_path: Path) -> None:
    outside = tmp_path / "outside" / "1.parquet"
    outside.parent.mkdir()
    pq.write_table(pa.table({"a": range(10)}), outside)
    lake = Lake.create(str(tmp_path / "lake"))
    with lake.create_repo("sales").transaction("main", message="import") as tx:
        tx.import_from(str(outside.parent), "raw")
    session, commit = Session(lake), lake.repo("sales").commit()
    ways: list[Callable[[], object]] = [
        lambda: session.sql(QUERY).fetchall(),
        lambda: Session(lake).sql(QUERY).fetchall(),
        lambda: preview(commit, "raw"),
        lambda: scan(lake, "sales/raw", engine="pandas"),
        lambda: commit.read("raw/1.parquet"),
    ]
    for way in ways:
        way()
    then = outside.stat()
    pq.write_table(pa.table({"a": range(11)}), outside)
    for way in ways:
        with pytest.raises(ChangedError, match="changed since it was imported"):
            way()
    pq.write_table(pa.table({"a": range(10)}), outside)
    os.utime(outside, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert session.sql(QUERY).fetchall() == [(45,)]


def _wait_for(condition: Callable[[], bool]) -> None:
    import time

    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
