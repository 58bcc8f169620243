"""The whole line of a lake on the stores that come by fsspec and HDFS's own client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import fsspec
import pyarrow as pa
import pytest

from jupyter_lake.errors import ConflictError, LakeNotFoundError
from jupyter_lake.lake import Lake
from jupyter_lake.store import fsck, gc
from tests.hdfs import has_hdfs
from tests.servers import BUCKET

KINDS = ["gcs", *(["hdfs"] if has_hdfs() else [])]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> tuple[str, Mapping[str, object]]:
    """Where a lake can be made, and the options that open it."""
    if request.param == "hdfs":
        return f"{request.getfixturevalue('hdfs')}/{uuid4().hex}", {}
    return f"gs://{BUCKET}/{uuid4().hex}", request.getfixturevalue("gcs_options")


def test_a_lake_is_made_written_merged_queried_collected_and_checked(
    place: tuple[str, Mapping[str, object]],
) -> None:
    url, options = place
    with pytest.raises(LakeNotFoundError):
        Lake.open(url, storage_options=options)
    lake = Lake.open(url, create=True, storage_options=options)
    repo = lake.create_repo("sales")
    with repo.transaction(message="orders") as tx:
        tx.write("orders/1.parquet", pa.table({"amount": [1, 2, 3]}))
        tx.write("notes.txt", b"first")
    repo.create_branch("fix")
    with repo.transaction("fix", message="more") as tx:
        tx.write("orders/2.parquet", pa.table({"amount": [4]}))
    with repo.transaction(message="notes") as tx:
        tx.write("notes.txt", b"second")
    repo.merge("fix", into="main")
    assert lake.sql("SELECT sum(amount) FROM sales.orders").fetchall() == [(10,)]
    assert lake.sql('SELECT sum(amount) FROM "sales@main~1".orders').fetchall() == [(6,)]
    with repo.transaction("fix", message="clash") as tx:
        tx.write("notes.txt", b"third")
    with pytest.raises(ConflictError):
        repo.merge("fix", into="main")
    repo.delete_branch("fix")
    again = Lake.open(url, storage_options=options)
    assert [repo.name for repo in again.repos()] == ["sales"]
    assert len(again.repo("sales").log()) == 4
    gc(again, retention=timedelta(0), grace=timedelta(0))
    assert not fsck(again).damages
    assert again.repo("sales").commit().read("notes.txt") == b"second"


def test_other_readers_read_it(
    place: tuple[str, Mapping[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    url, options = place
    repo = Lake.open(url, create=True, storage_options=options).create_repo("sales")
    with repo.transaction(message="orders") as tx:
        tx.write("orders.csv", b"amount\n1\n2\n")
    monkeypatch.setenv("JUPYTER_LAKE_URL", url)
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(dict(options)))
    with fsspec.open("lake://sales@main/orders.csv", "rt") as file:
        assert file.read() == "amount\n1\n2\n"
