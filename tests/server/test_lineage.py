"""Lineage and activity as the panel asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.server.conftest import Api


def _publish(lake: Lake) -> None:
    sales = lake.repo("sales").resolve("main")
    made = {
        "run": "01900000-0000-7000-8000-000000000001",
        "notebook": "/elsewhere/totals.ipynb",
        "cell": "c1",
        "inputs": [{"repo": "sales", "commit": sales, "path": "orders"}],
    }
    repo = lake.create_repo("reports")
    with repo.transaction("main", message="Totals", provenance=made) as tx:
        tx.write("totals/part-0.parquet", pa.table({"n": [15]}))


def test_the_graph_leads_from_a_report_to_its_sources(api: Api, lake: Lake) -> None:
    _publish(lake)
    graph = api.get("lineage", address="reports/totals").json()
    labels = {node["label"] for node in graph["nodes"]}
    assert {"totals", "orders"} <= labels
    assert graph["subject"] in {node["id"] for node in graph["nodes"]}
    assert graph["dot"].startswith("digraph")


def test_inputs_say_how_far_behind_they_are(api: Api, lake: Lake) -> None:
    _publish(lake)
    (newest,) = api.get("inputs", address="reports").json()["inputs"]
    assert newest["behind"] == 0
    with lake.repo("sales").transaction("main", message="March") as tx:
        tx.write("orders/03.parquet", pa.table({"n": [1], "region": ["n"]}))
    (stale,) = api.get("inputs", address="reports").json()["inputs"]
    assert stale["behind"] == 1
    assert (stale["repo"], stale["path"]) == ("sales", "orders")


def test_activity_of_a_quiet_lake_is_empty(api: Api) -> None:
    assert api.get("activity").json() == {"runs": []}


def test_looking_leaves_no_trace(api: Api, lake: Lake) -> None:
    api.get("repos/sales/preview", path="orders")
    api.get("repos/sales/commits/main")
    assert api.get("activity").json() == {"runs": []}
