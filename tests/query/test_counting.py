"""How many rows a dataset has is known without opening a file, and only then said so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import jupyter_lake
from jupyter_lake.errors import LakeError

ANSWERED = {
    "SELECT count(*) FROM sales.orders": ("count_star()", 6),
    "select count() as n\nfrom sales.orders ;": ("n", 6),
    'SELECT COUNT(*) AS "how many" FROM "sales@main".orders': ("how many", 6),
    'SELECT count(*) FROM sales."orders/1.parquet"': ("count_star()", 3),
}
ASKED_OF_THE_FILES = [
    "SELECT count(*) FROM sales.orders WHERE id > 1",
    "SELECT count(id) FROM sales.orders",
    "SELECT count(*), 1 FROM sales.orders",
    "SELECT count(*) FROM sales.orders, sales.orders",
    "SELECT count(*) FROM sales.orders LIMIT 0 OFFSET 1",
    "SELECT count(*) FROM sales.raw",
]


@pytest.fixture
def lake(tmp_path: Path) -> jupyter_lake.Lake:
    made = jupyter_lake.open(str(tmp_path / "lake"), create=True)
    with made.create_repo("sales").transaction("main", message="Three rows, twice") as tx:
        tx.write("orders/1.parquet", pd.DataFrame({"id": [1, 2, 3]}))
        tx.write("orders/2.parquet", pd.DataFrame({"id": [4, 5, 6]}))
        tx.write("raw/a.csv", b"id\n1\n2\n")
    return made


@pytest.mark.parametrize("statement", ANSWERED)
def test_no_file_is_opened(statement: str, lake: jupyter_lake.Lake, tmp_path: Path) -> None:
    for file in tmp_path.glob("lake/repos/sales/objects/*/*"):
        file.unlink()
    result = lake.sql(statement)
    name, rows = ANSWERED[statement]
    assert (result.columns, result.types, result.fetchall()) == ([name], ["BIGINT"], [(rows,)])
    assert [read.repo for read in result.reads] == ["sales"]


@pytest.mark.parametrize("statement", ASKED_OF_THE_FILES)
def test_all_else_is_asked_of_the_files(
    statement: str, lake: jupyter_lake.Lake, tmp_path: Path
) -> None:
    for file in tmp_path.glob("lake/repos/sales/objects/*/*"):
        file.unlink()
    with pytest.raises(LakeError):
        lake.sql(statement).fetchall()
