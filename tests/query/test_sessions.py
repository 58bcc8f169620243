"""What names mean in a session: pins, moving branches, own tables, variables, transactions."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from jupyter_lake.errors import LakeError, ReadOnlyError
from jupyter_lake.query import Session
from jupyter_lake.store import Lake
from tests.query.lakes import count, orders, sales_lake


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(sales_lake(tmp_path))


def _publish(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="More") as transaction:
        transaction.write("orders/3.parquet", orders(7))


def test_a_pin_moves_a_name_and_nothing_else(session: Session) -> None:
    session.pins["sales"] = "main~1"
    assert count(session, "sales.orders") == 3
    assert count(session, '"sales@main".orders') == 6
    assert count(session, "sales.orders AT (VERSION => 'main')") == 6
    session.pins.clear()
    assert count(session, "sales.orders") == 6


def test_a_name_follows_its_branch(session: Session) -> None:
    assert count(session, "sales.orders") == 6
    _publish(session)
    assert count(session, "sales.orders") == 9


def test_a_result_stays_at_its_commit(session: Session) -> None:
    result = session.sql("FROM sales.orders")
    _publish(session)
    assert len(result) == 6
    assert result.relation is not None
    assert result.relation.aggregate("count(*)").fetchall() == [(6,)]


def test_a_view_of_the_persons_own_stays_at_its_commit(session: Session) -> None:
    session.sql("CREATE VIEW mine AS SELECT * FROM sales.orders WHERE id > 3")
    _publish(session)
    assert count(session, "mine") == 3


def test_a_statement_resolves_a_branch_once(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_lake.store import Repo

    asked = []
    real = Repo.commit

    def commit(repo: Repo, ref: object = None) -> object:
        asked.append(ref)
        found = real(repo, ref)  # type: ignore[arg-type]
        _publish(session)  # somebody commits between any two look-ups
        return found

    monkeypatch.setattr(Repo, "commit", commit)
    result = session.sql(
        "SELECT (SELECT count(*) FROM sales.orders) = (SELECT max(id) FROM sales.orders),"
        " (SELECT count(*) FROM sales.customers)"
    )
    assert result.fetchall() == [(True, 2)]
    assert len(asked) == 1
    assert len(set(result.commits.values())) == 1


def test_ones_own_schema_goes_first_and_that_is_said(session: Session) -> None:
    session.sql("CREATE SCHEMA sales; CREATE TABLE sales.orders AS SELECT 42 AS id")
    result = session.sql("FROM sales.orders")
    assert result.fetchall() == [(42,)]
    assert result.notes == [
        "sales.orders is this session's own table here; the lake's is \"sales@main\".orders."
    ]
    assert result.notes[0] in repr(result)
    assert count(session, '"sales@main".orders') == 6
    assert count(session, "sales.customers") == 2
    session.sql("INSERT INTO sales.orders VALUES (43)")
    assert count(session, "sales.orders") == 2


def test_an_attached_database_goes_first(session: Session, tmp_path: Path) -> None:
    session.sql(f"ATTACH '{tmp_path / 'own.db'}' AS sales; CREATE TABLE sales.orders AS SELECT 1 a")
    result = session.sql("FROM sales.orders")
    assert result.fetchall() == [(1,)]
    assert "this session's own table" in result.notes[0]


def test_a_variable_hidden_by_a_table_is_said(session: Session) -> None:
    variables = {"frame": pd.DataFrame({"a": [1, 2]})}
    assert session.sql("SELECT count(*) FROM frame", variables=variables).notes == []
    session.sql("CREATE TEMP TABLE frame AS SELECT 9 AS a")
    result = session.sql("SELECT a FROM frame", variables=variables)
    assert result.fetchall() == [(9,)]
    assert "not the variable frame" in result.notes[0]


def test_a_variable_named_like_a_repo_hides_nothing(session: Session) -> None:
    variables = {"sales": pd.DataFrame({"orders": [1, 2]}), "orders": pa.table({"x": [1]})}
    text = "SELECT sum(sales.orders) FROM sales"
    assert session.sql(text, variables=variables).fetchall() == [(3,)]
    text = "SELECT (SELECT count(*) FROM sales.orders), (SELECT count(*) FROM orders)"
    assert session.sql(text, variables=variables).fetchall() == [(6, 1)]


def test_variables_are_seen_only_where_they_are_given(session: Session) -> None:
    assert session.sql("FROM x", variables={"x": pa.table({"a": [1]})}).fetchall() == [(1,)]
    with pytest.raises(LakeError):
        session.sql("FROM x")
    # Nor does what our own code holds leak in.
    for name in ("statement", "plan", "scope", "session"):
        with pytest.raises(LakeError):
            session.sql(f"FROM {name}")


def test_temporary_tables_settings_and_functions_stay(session: Session) -> None:
    session.sql("CREATE TEMP TABLE t AS FROM sales.orders")
    session.sql("SET VARIABLE best = 5; CREATE MACRO half(x) AS x / 2")
    found = session.sql("SELECT half(max(id)) FROM t WHERE id < getvariable('best')").fetchall()
    assert found == [(2.0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sales.orders VALUES (1, 1, 1)",
        'INSERT INTO "sales@main".orders SELECT * FROM sales.orders',
        "DELETE FROM sales.orders",
        "UPDATE sales.orders SET id = 1",
        "CREATE TABLE sales.fresh AS SELECT 1 AS a",
        "CREATE OR REPLACE VIEW sales.v AS SELECT 1",
        "DROP TABLE sales.orders",
        "ALTER TABLE sales.orders ADD COLUMN x INTEGER",
        "TRUNCATE sales.orders",
        "COPY sales.orders FROM 'file.csv'",
        "MERGE INTO sales.orders t USING (SELECT 1 AS i) s ON t.id = s.i WHEN MATCHED THEN DELETE",
    ],
)
def test_the_lake_is_written_by_commits_only(session: Session, statement: str) -> None:
    with pytest.raises(ReadOnlyError, match="which SQL only reads") as caught:
        session.sql(statement)
    assert "%lake publish" in caught.value.hint
    assert count(session, "sales.orders") == 6


def test_a_transaction_may_write_elsewhere_and_be_taken_back(
    session: Session, tmp_path: Path
) -> None:
    session.sql(f"ATTACH '{tmp_path / 'own.db'}' AS own")
    session.sql("BEGIN")
    session.sql("CREATE TABLE own.kept AS SELECT 1 AS a")
    session.sql("INSERT INTO own.kept SELECT id FROM sales.orders")
    assert count(session, '"sales@main~1".orders') == 3
    assert count(session, "own.kept") == 7
    session.sql("ROLLBACK")
    assert count(session, "sales.orders") == 6
    assert count(session, '"sales@main~1".orders') == 3
    with pytest.raises(LakeError):
        session.sql("FROM own.kept")


def test_another_default_database_changes_nothing(session: Session) -> None:
    session.sql("ATTACH ':memory:' AS other; USE other")
    assert count(session, "sales.orders") == 6
    session.sql("CREATE TABLE t AS FROM sales.orders")
    assert count(session, "other.t") == 6


def test_a_registered_schema_is_asked_for_each_statement(session: Session) -> None:
    runs: list[int] = []

    def tables(name: str) -> pa.Table | None:
        runs.append(len(runs))
        return pa.table({"run": runs}) if name == "runs" else None

    session.register_schema("lake", tables)
    assert session.sql("SELECT max(run) FROM lake.runs").fetchall() == [(0,)]
    text = "SELECT count(*), (SELECT count(*) FROM sales.orders) FROM lake.runs r"
    assert session.sql(text).fetchall() == [(2, 6)]
    assert session.sql("SELECT lake.runs.run FROM lake.runs LIMIT 1").fetchall() == [(0,)]
    with pytest.raises(LakeError, match="nothing"):
        session.sql("FROM lake.nothing")


def test_the_tables_of_a_repo_are_shown(session: Session) -> None:
    with session.lake.repo("sales").transaction("main", message="x") as transaction:
        for path in ("orders.csv", "notes/README.md", "deep/er/a.csv", "LICENSE", "_kept/a.csv"):
            transaction.write(path, b"id\n1\n")
    shown = session.sql("SHOW TABLES FROM sales")
    assert shown.columns == ["name"]
    assert shown.fetchall() == [("customers",), ("deep",), ("orders",), ("orders.csv",)]
    for (name,) in shown.fetchall():
        assert count(session, f'sales."{name}"') > 0
    early = session.sql('SELECT name FROM (SHOW TABLES FROM "sales@main~2")')
    assert early.fetchall() == [("customers",), ("orders",)]
    session.pins["sales"] = "main~2"
    assert session.sql("show tables from sales").fetchall() == [("customers",), ("orders",)]
    assert session.sql("SHOW TABLES FROM main").fetchall() == []


def test_two_sessions_do_not_share_tables(session: Session) -> None:
    session.sql("CREATE TABLE only_here AS SELECT 1 AS a")
    with pytest.raises(LakeError):
        Session(session.lake).sql("FROM only_here")


def test_the_connection_is_duckdbs_own(session: Session) -> None:
    assert isinstance(session.connection, duckdb.DuckDBPyConnection)
    session.connection.execute("CREATE TABLE by_hand AS SELECT 5 AS n")
    assert session.sql("FROM by_hand").fetchall() == [(5,)]


def test_a_repo_hides_no_table_of_duckdbs_own(tmp_path: Path) -> None:
    lake = Lake.create(str(tmp_path / "lake"))
    for name in ("information_schema", "main", "temp"):
        with lake.create_repo(name).transaction("main", message="x") as transaction:
            transaction.write("tables.csv", b"id\n1\n")
    session = Session(lake)
    session.sql("CREATE TABLE main.mine AS SELECT 1 AS x; CREATE TEMP TABLE temp.own AS SELECT 2")
    found = session.sql("SELECT table_name FROM information_schema.tables ORDER BY 1")
    assert [row for row in found.fetchall() if row[0] in ("mine", "own")] == [("mine",), ("own",)]
    assert '"information_schema@main".tables' in found.notes[0]
    for name in ('"information_schema@main"', "main", "temp"):
        assert session.sql(f"FROM {name}.tables").fetchall() == [(1,)]
