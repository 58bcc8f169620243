"""What is misnamed gets one sentence that says so, and the names that come closest."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_lake.errors import (
    DatasetNotFoundError,
    InvalidInputError,
    LakeError,
    QueryError,
    RefNotFoundError,
    RepoNotFoundError,
)
from jupyter_lake.query import Session
from tests.query.lakes import count, sales_lake

CASES: list[tuple[str, type[LakeError], str, str]] = [
    ("FROM sales.ordrs", DatasetNotFoundError, "ordrs", "orders"),
    ("FROM sales.customer", DatasetNotFoundError, "customer", "customers.csv"),
    ("FROM sale.orders", RepoNotFoundError, "sale", "sales"),
    ('FROM "sale@main".orders', RepoNotFoundError, "sale", "sales"),
    ('FROM "sales@mian".orders', RefNotFoundError, "mian", "main"),
    ("FROM sales.orders AT (VERSION => 'mian')", RefNotFoundError, "mian", "main"),
    ("FROM sales.orders AT (VERSION => NULL)", InvalidInputError, "NULL", "main~2"),
    ("FROM sales.orders AT (TIMESTAMP => 'soon')", InvalidInputError, "soon", "2026-10-01"),
    ('FROM sales."nothing/*.csv"', DatasetNotFoundError, "nothing/*.csv", "%lake ls"),
    ("FROM lake_read('sales/ordrs')", DatasetNotFoundError, "ordrs", "orders"),
    ("FROM lake_read('sales')", InvalidInputError, "names no table", "lake_read("),
    ("FROM lake_read(sales)", InvalidInputError, "in quotes", "lake_read("),
    ("SELECT amont FROM sales.orders", QueryError, "amont", "amount"),
    ("SELECT o.amont FROM sales.orders o", QueryError, "amont", "amount"),
    ("SELECT sales.orders.amont FROM sales.orders", QueryError, "amont", "amount"),
    ("FROM ordrs", QueryError, "ordrs", "sales.orders"),
    ("FROM orders", QueryError, "orders", "sales.orders"),
    ("SELEC 1", QueryError, "SELEC", ""),
    ("SELECT * FROM sales.orders WHERE", QueryError, "syntax error", ""),
    ("SELECT 'open FROM sales.orders", QueryError, "", ""),
]  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(sales_lake(tmp_path))


@pytest.mark.parametrize(("statement", "kind", "message", "hint"), CASES, ids=str)
def test_a_misnamed_thing_is_named(
    session: Session, statement: str, kind: type[LakeError], message: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        session.sql(statement)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert all("\n" not in line for line in caught.value.lines())
    # Names of our making mean nothing to a person.
    assert "lake_views" not in " ".join(caught.value.lines())
    assert count(session, "sales.orders") == 6


def test_an_error_while_rows_are_made_is_told_as_well(session: Session) -> None:
    result = session.sql("SELECT error('no such luck ' || id) FROM sales.orders")
    with pytest.raises(QueryError, match="no such luck") as caught:
        result.fetchall()
    assert "lake_views" not in " ".join(caught.value.lines())


def test_several_formats_in_one_folder_are_told_apart(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="x") as transaction:
        transaction.write("orders/more.csv", b"id\n1\n")
    with pytest.raises(DatasetNotFoundError, match="csv, parquet") as caught:
        session.sql("FROM sales.orders")
    assert "*.csv" in caught.value.hint
    assert count(session, 'sales."orders/*.csv"') == 1


def test_a_folder_without_tables_says_what_a_table_is(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="x") as transaction:
        transaction.write("notes/README.md", b"# Notes")
    with pytest.raises(DatasetNotFoundError, match="holds no table") as caught:
        session.sql("FROM sales.notes")
    assert "Parquet" in caught.value.hint
