"""What is misnamed gets one sentence that says so, and the names that come closest."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
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
    ("FROM sales.customer", DatasetNotFoundError, "customer", "'customers'?"),
    ("FROM customer", QueryError, "customer", "sales.customers?"),
    ("FROM query_table('sales.customer')", DatasetNotFoundError, "customer", "'customers'?"),
    ("FROM query('FROM sales.customer')", DatasetNotFoundError, "customer", "'customers'?"),
    ("FROM query('FROM slaes.orders')", RepoNotFoundError, "slaes", "sales"),
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


def test_the_shortest_name_that_works_is_offered(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="x") as transaction:
        for path in ("twins.csv", "twins.parquet", "old/shops.csv", "shops.csv.gz"):
            transaction.write(path, b"id\n1\n")
    for asked, near in (
        ("shop", "'shops'?"),
        ("twins", "'twins.csv' or 'twins.parquet'?"),
        ("old/shop", "'old/shops'?"),
    ):
        with pytest.raises(DatasetNotFoundError) as caught:
            session.sql(f'FROM sales."{asked}"')
        assert caught.value.hint == f"Did you mean {near}"


def test_a_folder_without_tables_says_what_a_table_is(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="x") as transaction:
        transaction.write("notes/README.md", b"# Notes")
    with pytest.raises(DatasetNotFoundError, match="holds no table") as caught:
        session.sql("FROM sales.notes")
    assert "Parquet" in caught.value.hint


STRAYS = [
    ("FROM slaes.orders", RepoNotFoundError, "slaes", "sales"),
    ("SELECT * FROM sales.customers JOIN slaes.orders USING (id)", RepoNotFoundError, "slaes", ""),
    ("SUMMARIZE slaes.orders", RepoNotFoundError, "slaes", "sales"),
    ("COPY slaes.orders TO 'x.csv'", RepoNotFoundError, "slaes", "sales"),
    ("CREATE TABLE kept AS FROM slaes.orders", RepoNotFoundError, "slaes", "sales"),
    ("FROM sales.main.orders", QueryError, "two parts", '"sales@BRANCH".orders'),
    ("FROM memory.slaes.orders", RepoNotFoundError, "memory.slaes", ""),
]


@pytest.mark.parametrize(("statement", "kind", "message", "hint"), STRAYS, ids=str)
def test_a_variable_never_stands_in_for_a_misnamed_table(
    session: Session, statement: str, kind: type[LakeError], message: str, hint: str
) -> None:
    variables = {"orders": pa.table({"id": [-1]})}
    with pytest.raises(kind) as caught:
        session.sql(statement, variables=variables)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert session.sql("FROM orders", variables=variables).fetchall() == [(-1,)]


def test_a_variable_stands_beside_tables_of_its_name(session: Session) -> None:
    variables = {"orders": pa.table({"id": [-1]})}
    session.sql("CREATE SCHEMA own")
    session.sql("CREATE TABLE own.orders AS SELECT 7 AS id", variables=variables)
    for name, first in (
        ("own.orders", 7),
        ("memory.own.orders", 7),
        ("orders", -1),
        ("sales.orders", 1),
    ):
        statement = f"SELECT min(id) FROM {name}"
        assert session.sql(statement, variables=variables).fetchall() == [(first,)]


def test_a_long_line_shows_no_name_of_our_making(session: Session) -> None:
    condition = " AND ".join(["id > 0"] * 20)
    with pytest.raises(QueryError, match="nothing") as caught:
        session.sql(
            f"SELECT * FROM nothing WHERE id IN (SELECT id FROM sales.orders) AND {condition}"
        )
    assert "lake_views" not in " ".join(caught.value.lines())
