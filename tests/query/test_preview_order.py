"""Sorted previews are of all rows, those that no sample has seen among them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from jupyter_lake.errors import InvalidInputError
from jupyter_lake.query.previews import preview
from jupyter_lake.store import Commit, Lake

FILES, ROWS = 6, 25_000


@pytest.fixture
def numbers(tmp_path: Path) -> Commit:
    """A table larger than what is looked at to sum it up; its extremes are in the last file."""
    repo = Lake.open(str(tmp_path / "lake"), create=True).create_repo("r")
    with repo.transaction("main", message="m") as tx:
        for number in range(FILES):
            start = number * ROWS
            values = [None if n % 1000 == 7 else n for n in range(start, start + ROWS)]
            day = pa.array(range(start, start + ROWS), pa.timestamp("s"))
            tx.write(f"t/{number}.parquet", pa.table({"n": values, "day": day}))
    return repo.commit()


def test_the_greatest_come_first_wherever_they_lie(numbers: Commit) -> None:
    found = preview(numbers, "t", order="n", descending=True, limit=2).content
    last = FILES * ROWS - 1
    assert [row[0] for row in found["rows"]] == [last, last - 1]  # type: ignore[index, union-attr]
    assert found["summary_complete"] is False


def test_order_and_filter_go_together(numbers: Commit) -> None:
    found = preview(numbers, "t", where="n < 140000", order="day", descending=True, limit=1)
    assert found.content["rows"] == [[139_999, "1970-01-02 14:53:19"]]


def test_what_is_no_column_is_refused(numbers: Commit) -> None:
    with pytest.raises(InvalidInputError, match="'m' is no column"):
        preview(numbers, "t", order="m")
