"""What a result gives: every shape, the true count, a small display, the commits it is of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jupyter_lake.errors import QueryError
from jupyter_lake.query import Session, results
from tests.query.lakes import sales_lake


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(sales_lake(tmp_path))


def test_one_result_takes_every_shape(session: Session) -> None:
    result = session.sql("SELECT id, amount FROM sales.orders ORDER BY id")
    assert result.columns == ["id", "amount"]
    assert result.types == ["BIGINT", "DOUBLE"]
    assert result.shape == (6, 2)
    assert len(result) == 6
    assert result.fetchone() == (1, 1.5)
    assert result.fetchall()[-1] == (6, 9.0)
    assert isinstance(result.df(), pd.DataFrame)
    assert result.df()["amount"].sum() == 31.5
    assert isinstance(result.pl(), pl.DataFrame)
    assert result.pl()["id"].to_list() == [1, 2, 3, 4, 5, 6]
    assert isinstance(result.arrow(), pa.Table)
    assert pa.table(result).num_rows == 6
    assert result.relation is not None
    assert result.relation.filter("id > 4").fetchall() == [(5, 7.5), (6, 9.0)]


def test_rows_once_fetched_are_kept(session: Session) -> None:
    result = session.sql("SELECT random() AS r, count(*) FROM sales.orders")
    assert result.fetchall() == result.fetchall()
    assert result.df()["r"][0] == result.fetchall()[0][0]


def test_batches_stream_without_being_kept(session: Session) -> None:
    result = session.sql("SELECT range AS n FROM range(250_000)")
    batches = list(result.batches(rows=100_000))
    assert sum(batch.num_rows for batch in batches) == 250_000
    assert max(batch.num_rows for batch in batches) <= 102_400
    assert result._table is None
    result.arrow()
    assert sum(batch.num_rows for batch in result.batches(rows=1000)) == 250_000


def test_a_stream_left_alone_stands_in_nobodys_way(session: Session) -> None:
    result = session.sql("SELECT range AS n FROM range(1_000_000)")
    stream = result.batches(rows=1000)
    next(stream)
    assert session.sql("SELECT 1").fetchall() == [(1,)]
    with pytest.raises(QueryError, match="ended the stream"):
        list(stream)
    assert len(result) == 1_000_000


def test_values_are_what_duckdb_says(session: Session) -> None:
    text = (
        "SELECT sum(id) AS s, uuid() AS u, INTERVAL 2 MONTH AS i, 'b'::ENUM('a', 'b') AS e,"
        " TIMESTAMPTZ '2026-01-01 00:00:00+00' AS z, {'a': 1} AS st, 1 AS d, 2 AS d"
        " FROM sales.orders"
    )
    result = session.sql(text)
    (row,) = result.fetchall()
    assert row[0] == 21
    assert type(row[0]) is int
    assert row[3] == "b"
    assert result.columns[-2:] == ["d", "d"]
    shown = repr(result)
    assert "2 months" in shown
    assert "2026-01-01" in shown
    assert "{'a': 1}" in shown


def test_a_display_is_small_and_tells_the_true_count(session: Session) -> None:
    result = session.sql("SELECT range AS n, 'é<b>' AS t FROM range(5000), sales.customers")
    shown = result._repr_html_()
    assert shown.count("<tr>") == 21
    assert "10,000 rows x 2 columns, 20 shown" in shown
    assert "é&lt;b&gt;" in shown
    assert f"answered at sales@{next(iter(result.commits.values()))[:8]}" in shown
    assert "10,000 rows x 2 columns, 20 shown" in repr(result)
    assert len(repr(result).splitlines()) == 23


def test_a_display_of_very_much_keeps_little(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "KEPT_ROWS", 50_000)
    result = session.sql("SELECT range AS n FROM range(1_000_000)")
    assert "1,000,000 rows x 1 column, 20 shown" in repr(result)
    assert result._table is None
    assert len(result) == 1_000_000
    assert result.arrow().num_rows == 1_000_000


def test_long_texts_are_cut_and_nulls_are_empty(session: Session) -> None:
    shown = repr(session.sql("SELECT repeat('x', 500) AS long, NULL AS none"))
    assert "…" in shown
    assert max(len(line) for line in shown.splitlines()) < 100
    assert "None" not in shown


def test_a_statement_without_rows_says_done(session: Session) -> None:
    result = session.sql("SET VARIABLE x = 1")
    assert result.fetchall() == []
    assert result.fetchone() is None
    assert list(result.batches()) == []
    assert result.shape[1] == len(result.columns)
    assert "Done" in repr(result) or "0 rows" in repr(result)
    assert "Done" in result._repr_html_() or "0 rows" in result._repr_html_()


def test_an_empty_result_keeps_its_columns(session: Session) -> None:
    result = session.sql("SELECT id, amount FROM sales.orders WHERE id < 0")
    assert result.arrow().schema.names == ["id", "amount"]
    assert list(result.df().columns) == ["id", "amount"]
    assert "0 rows x 2 columns" in repr(result)


def test_a_result_is_a_table_for_the_next_statement(session: Session) -> None:
    first = session.sql("SELECT id FROM sales.orders WHERE id > 3")
    joined = session.sql(
        "SELECT count(*) FROM first JOIN sales.orders USING (id)", variables={"first": first}
    )
    assert joined.fetchall() == [(3,)]


def test_commits_are_named_for_each_table(session: Session) -> None:
    result = session.sql('SELECT count(*) FROM sales.orders, "sales@main~1".orders')
    repo = session.lake.repo("sales")
    assert result.commits == {
        "sales/orders": repo.commit("main").id,
        "sales@main~1/orders": repo.commit("main~1").id,
    }
    assert result.answered_at.count("sales@") == 2
