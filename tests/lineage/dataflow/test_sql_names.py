"""The tables that a SQL text names: what may be a variable, what is the statement's own."""

from __future__ import annotations

import pytest

from jupyter_lake.lineage.dataflow.strings import looks_like_sql, sql_tables


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("select a from df", {"df"}),
        ("SELECT * FROM a, b WHERE a.x = b.x", {"a", "b"}),
        ("select * from a join b using (c) left join d on a.x = d.x", {"a", "b", "d"}),
        ("from df select a", {"df"}),
        ("from df", {"df"}),
        ('select * from "my df"', {"my df"}),
        ("select * from sales.orders", set()),
        ("select * from (select x from inner_one) t", {"inner_one"}),
        ("with c as (select * from df), d as (select * from c) select * from d", {"df"}),
        ("with recursive r(n) as (select 1 union all select n + 1 from r) from r", set()),
        ("select a, (select max(b) from other) from df", {"df", "other"}),
        ("select * from df -- from no\n where x in ('from no2')", {"df"}),
        ("select /* from no */ 1 from df", {"df"}),
        ("select * from read_parquet('a.parquet')", set()),
        ("select extract(year from stamp) from df", {"df", "stamp"}),
        ("summarize df", {"df"}),
        ("describe df", {"df"}),
        ("pivot df on a using sum(b)", {"df"}),
        ("select * from a union all select * from b", {"a", "b"}),
        ("select * from a order by b limit 3; select * from c", {"a", "c"}),
        ("delete from t where a = 1", {"t"}),
        ("select * from df at (version => 'x')", {"df"}),
        ("select * from df tablesample 10%", {"df"}),
        ("select count(*) filter (where x > 1) from df", {"df"}),
    ],
)
def test_tables(text: str, tables: set[str]) -> None:
    found, _ = sql_tables(text)
    assert found == tables


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("create table t as select * from df", {"t"}),
        ("create or replace table t (a int)", {"t"}),
        ("create temp view v as select 1", {"v"}),
        ("create table if not exists t (a int)", {"t"}),
        ("insert into t select a from df", {"t"}),
        ("insert into t (a, b) values (1, 2)", {"t"}),
        ("update t set a = 1", {"t"}),
        ("delete from t", {"t"}),
        ("drop table if exists t", {"t"}),
        ("select * from df", set()),
    ],
)
def test_tables_written(text: str, written: set[str]) -> None:
    _, found = sql_tables(text)
    assert found == written


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("select 1", True),
        ("  -- note\n select 1", True),
        ("(select 1)", True),
        ("from df", True),
        ("a > 1", False),
        ("selection of x", False),
        ("x + 1", False),
    ],
)
def test_what_looks_like_sql(text: str, is_sql: bool) -> None:
    assert looks_like_sql(text) is is_sql
