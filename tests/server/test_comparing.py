"""Two commits compared: files, a table's rows, and the columns of what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.server.conftest import Api


def test_two_refs_are_compared(api: Api) -> None:
    answer = api.get("repos/sales/compare", a="main~1", b="fix").json()
    assert [(change["kind"], change["path"]) for change in answer["changes"]] == [
        ("removed", "notes/read me.txt"),
        ("added", "orders/02.parquet"),
    ]


def test_rows_of_a_table_are_compared(api: Api, lake: Lake) -> None:
    with lake.repo("sales").transaction("main", message="Mended") as tx:
        tx.write("orders/02.parquet", pa.table({"n": [4, 6], "region": ["s", "n"]}))
    plain = api.get("repos/sales/rows", a="main~1", b="main", path="orders").json()
    assert (plain["added"], plain["removed"], plain["changed"]) == (2, 2, None)
    keyed = api.get("repos/sales/rows", a="main~1", b="main", path="orders", key="n").json()
    assert (keyed["added"], keyed["removed"], keyed["changed"]) == (1, 1, 1)
    (changed,) = keyed["changed_rows"]
    assert changed == {"key": [4], "values": {"region": ["n", "s"]}}


def test_a_key_that_is_no_column_is_refused(api: Api) -> None:
    answer = api.get("repos/sales/rows", a="main~1", b="main", path="orders", key="reg")
    assert answer.status_code == 400
    assert "region" in answer.json()["hint"]


def test_a_file_beside_others_keeps_their_columns(api: Api) -> None:
    found = api.get("repos/sales/schemas", b="main").json()["schemas"]
    assert found == {"orders/02.parquet": {"columns": 2, "changes": []}}


def test_a_first_file_has_nothing_to_be_held_against(api: Api) -> None:
    found = api.get("repos/sales/schemas", b="main~1").json()["schemas"]
    assert found == {"orders/01.parquet": {"columns": 2, "changes": None}}


def test_columns_that_differ_are_named(api: Api, lake: Lake) -> None:
    with lake.repo("sales").transaction("main", message="Otherwise") as tx:
        tx.write("orders/02.parquet", pa.table({"n": ["4"], "amount": [1.5]}))
        tx.write("orders/broken.parquet", b"no Parquet at all")
    found = api.get("repos/sales/schemas", a="main~1", b="main").json()["schemas"]
    assert found["orders/02.parquet"]["changes"] == [
        {"column": "n", "old": "BIGINT", "new": "VARCHAR"},
        {"column": "region", "old": "VARCHAR", "new": None},
        {"column": "amount", "old": None, "new": "DOUBLE"},
    ]
    assert "orders/broken.parquet" not in found
