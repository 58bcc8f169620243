"""What a statement reads is told: repo, commit, path, and the columns where its text says them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_lake import access
from jupyter_lake.query import Session
from tests.query.lakes import sales_lake

Columns = tuple[str, ...] | None

ALL = ("amount", "customer", "id")

CASES: list[tuple[str, dict[str, Columns]]] = [
    ("SELECT id FROM sales.orders", {"orders": ("id",)}),
    ("SELECT sum(amount) FROM sales.orders WHERE id > 2", {"orders": ("amount", "id")}),
    ("SELECT ID FROM sales.orders", {"orders": ("id",)}),
    ("SELECT count(*) FROM sales.orders", {"orders": ()}),
    ("FROM sales.orders", {"orders": ALL}),
    ("SELECT * EXCLUDE (id) FROM sales.orders", {"orders": ("amount", "customer")}),
    ("FROM sales.orders SELECT id", {"orders": ("id",)}),
    ("SELECT o.id FROM sales.orders o", {"orders": ("id",)}),
    ("SELECT sales.orders.id FROM sales.orders", {"orders": ("id",)}),
    (
        "SELECT name, amount FROM sales.orders o JOIN sales.customers c ON o.customer = c.id",
        {"orders": ("amount", "customer"), "customers.csv": ("id", "name")},
    ),
    (
        "SELECT amount FROM sales.orders JOIN sales.customers USING (id)",
        {"orders": ("amount", "id"), "customers.csv": ("id",)},
    ),
    ("SELECT id FROM (SELECT * FROM sales.orders)", {"orders": ("id",)}),
    ("WITH o AS (FROM sales.orders) SELECT max(amount) FROM o", {"orders": ("amount",)}),
    (
        "SELECT id FROM sales.orders WHERE customer IN (SELECT id FROM sales.customers)",
        {"orders": ("customer", "id"), "customers.csv": ("id",)},
    ),
    ("SELECT id FROM sales.orders UNION ALL SELECT id FROM sales.customers",
     {"orders": ("id",), "customers.csv": ("id",)}),
    ("CREATE TABLE t AS SELECT amount FROM sales.orders", {"orders": ("amount",)}),
    ("COPY (SELECT amount FROM sales.orders) TO '{out}'", {"orders": ("amount",)}),
    ("EXPLAIN SELECT amount FROM sales.orders", {"orders": ("amount",)}),
    ("SELECT f.x, o.id FROM frame f JOIN sales.orders o ON f.x = o.customer",
     {"orders": ("customer", "id")}),
    ("PIVOT sales.orders ON customer USING sum(amount)", {"orders": None}),
    ("SUMMARIZE sales.orders", {"orders": None}),
    ("SELECT name FROM lake_read('sales/customers.csv')", {"customers.csv": None}),
    ("SELECT o FROM sales.orders o", {"orders": None}),
    ("SELECT sales.orders FROM sales.orders", {"orders": None}),
    ("SELECT max(c) FROM sales.orders, sales.customers c",
     {"orders": (), "customers.csv": None}),
    ("FROM query('SELECT amount FROM sales.orders')", {"orders": ("amount",)}),
    ("SELECT id FROM query_table('sales.orders')", {"orders": None}),
    ("SELECT name FROM (SHOW TABLES FROM sales)", {}),
    ("SELECT 1", {}),
]  # fmt: skip


@pytest.fixture
def told() -> Iterator[list[access.Read]]:
    events: list[access.Read] = []
    end = access.subscribe(events.append)  # type: ignore[arg-type]
    yield events
    end()


@pytest.mark.parametrize(("statement", "expected"), CASES, ids=lambda case: str(case)[:70])
def test_reads_are_told_with_their_columns(
    tmp_path: Path, told: list[access.Read], statement: str, expected: dict[str, Columns]
) -> None:
    session = Session(sales_lake(tmp_path))
    told.clear()
    variables = {"frame": __import__("pyarrow").table({"x": [1]})}
    result = session.sql(statement.replace("{out}", str(tmp_path / "o.csv")), variables=variables)
    assert {read.path: read.columns for read in told} == expected
    assert told == result.reads
    commit = session.lake.repo("sales").commit()
    for read in told:
        assert (read.lake_url, read.repo, read.commit) == (session.lake.url, "sales", commit.id)
        assert read.via == "sql"


def test_one_dataset_read_twice_is_told_once(tmp_path: Path, told: list[access.Read]) -> None:
    session = Session(sales_lake(tmp_path))
    told.clear()
    session.sql("SELECT (SELECT max(id) FROM sales.orders), (SELECT sum(amount) FROM sales.orders)")
    assert [(read.path, read.columns) for read in told] == [("orders", ("amount", "id"))]


def test_two_commits_are_two_reads(tmp_path: Path, told: list[access.Read]) -> None:
    session = Session(sales_lake(tmp_path))
    told.clear()
    session.sql('SELECT a.id FROM sales.orders a JOIN "sales@main~1".orders b USING (id)')
    assert len({read.commit for read in told}) == 2


def test_looking_is_not_reading(tmp_path: Path, told: list[access.Read]) -> None:
    session = Session(sales_lake(tmp_path))
    told.clear()
    with access.quiet():
        session.sql("FROM sales.orders")
    assert told == []
