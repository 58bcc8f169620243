"""A lake in a Python script: variables in SQL, results as relations, workers, other writers."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import jupyter_lake

NAMES = pd.DataFrame({"region": ["a", "b"], "name": ["Ada", "Bob"]})


@pytest.fixture
def lake(tmp_path: Path) -> jupyter_lake.Lake:
    made = jupyter_lake.open(str(tmp_path / "lake"), create=True)
    with made.create_repo("sales").transaction("main", message="Two writers") as tx:
        tx.write("orders/1.parquet", pd.DataFrame({"region": ["a", "b"], "amount": [1.0, 2.0]}))
        tx.write("orders/2.parquet", pl.DataFrame({"region": ["a"], "amount": [5.0]}))
    return made


def test_a_statement_sees_its_callers_variables(lake: jupyter_lake.Lake) -> None:
    wanted = pd.DataFrame({"region": ["a"]})
    rows = lake.sql(
        "SELECT name, sum(amount) FROM sales.orders JOIN NAMES USING (region)"
        " JOIN wanted USING (region) GROUP BY name"
    )
    assert len(wanted) == 1
    assert rows.fetchall() == [("Ada", 6.0)]


def test_a_result_goes_on_as_a_relation(lake: jupyter_lake.Lake) -> None:
    orders = lake.sql("FROM sales.orders")
    assert orders.filter("amount > 1").aggregate("sum(amount)").fetchall() == [(7.0,)]
    assert list(orders.fetchnumpy()) == ["region", "amount"]
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = orders.nonsense


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "dask", "duckdb"])
def test_files_of_two_writers_are_one_dataset(lake: jupyter_lake.Lake, engine: str) -> None:
    found = lake.scan("sales/orders", engine=engine)
    frame = {
        "pandas": lambda: found,
        "polars": lambda: found.collect().to_pandas(),
        "pyarrow": lambda: found.to_table().to_pandas(),
        "dask": lambda: found.compute(scheduler="threads"),
        "duckdb": lambda: found.order("amount").df(),
    }[engine]()
    assert sorted(zip(frame["region"], frame["amount"], strict=True)) == [
        ("a", 1.0),
        ("a", 5.0),
        ("b", 2.0),
    ]


def test_a_readers_options_say_which_lake(lake: jupyter_lake.Lake) -> None:
    options = {"lake_url": lake.url}
    frame = pd.read_parquet("lake://sales@main/orders/1.parquet", storage_options=options)
    assert list(frame["amount"]) == [1.0, 2.0]


def test_a_lake_travels_to_a_worker(lake: jupyter_lake.Lake) -> None:
    there = pickle.loads(pickle.dumps(lake))
    assert there.url == lake.url
    assert there.sql("SELECT count(*) FROM sales.orders").fetchall() == [(3,)]
