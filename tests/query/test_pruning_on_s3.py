"""A selective filter over a thousand files in a bucket opens those that can match, and no other."""

from __future__ import annotations

import pyarrow as pa
import pytest

from jupyter_lake.query import Session
from jupyter_lake.store import Lake
from tests.query.remote_files import counted

pytestmark = pytest.mark.s3

FILES = 1000
ROWS = 20


def _table(part: int) -> pa.Table:
    ids = range(part * ROWS, (part + 1) * ROWS)
    return pa.table({"id": pa.array(ids, pa.int64()), "day": [f"2026-{part:04}"] * ROWS})


# condition, rows, files that may hold them (without any, one file tells the columns)
CASES = [
    ("id = 7777", 1, 1),
    ("id BETWEEN 100 AND 139", 40, 2),
    ("id IN (5, 19000)", 2, 2),
    ("day = '2026-0123' AND id > 0", ROWS, 1),
    ("id < 0", 0, 1),
]


def test_only_files_that_can_match_are_opened(
    s3_url: str, storage_options: dict[str, object]
) -> None:
    lake = Lake.create(s3_url, storage_options=storage_options)
    with lake.create_repo("sales").transaction("main", message="a thousand files") as tx:
        for part in range(FILES):
            tx.write(f"orders/{part:04}.parquet", _table(part))
    session = Session(lake)
    for condition, rows, files in CASES:
        with counted() as requests:
            query = f"SELECT count(*) FROM sales.orders WHERE {condition}"
            assert session.sql(query).fetchall() == [(rows,)], condition
        assert len(requests.objects) <= files, condition
    with counted() as requests:
        total = session.sql("SELECT sum(id) FROM sales.orders").fetchall()
    assert total == [(sum(range(FILES * ROWS)),)]
    # Each small file in one request; what the conditions have read is here already.
    assert FILES - 10 <= len(requests.objects) <= FILES
    assert len(requests.ranges) == len(requests.objects)
