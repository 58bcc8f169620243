"""The demo's lake holds the real data: each month's flights at its own commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_lake.demo import fill
from jupyter_lake.errors import LakeError
from jupyter_lake.lake import Lake

BY_MONTH = [27004, 24951, 28834, 28330, 28796, 28243, 29425, 29327, 27574, 28889, 27268, 28135]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake.open(str(tmp_path_factory.mktemp("demo") / "lake"), create=True)
    fill(lake)
    return lake


def test_the_head_holds_the_year(lake: Lake) -> None:
    assert lake.sql("SELECT count(*) FROM flights.flights").fetchall() == [(336_776,)]
    assert sum(BY_MONTH) == 336_776


@pytest.mark.parametrize("month", range(1, 13))
def test_each_commit_adds_one_month(lake: Lake, month: int) -> None:
    back = 12 - month
    counted = lake.sql(f'SELECT count(*) FROM "flights@main~{back}".flights').fetchall()
    assert counted == [(sum(BY_MONTH[:month]),)]
    commit = lake.repo("flights").commit(f"main~{back}")
    assert commit.message.endswith(f"2013: {BY_MONTH[month - 1]:,} flights")
    added = [change.path for change in commit.changes() if change.path.startswith("flights/")]
    assert added == [f"flights/2013-{month:02}.parquet"]


@pytest.mark.parametrize(
    ("table", "rows"), [("airlines", 16), ("airports", 1458), ("planes", 3322), ("weather", 26115)]
)
def test_reference_tables_are_in_the_first_commit(lake: Lake, table: str, rows: int) -> None:
    counted = lake.sql(f'SELECT count(*) FROM "flights@main~11".{table}').fetchall()
    assert counted == [(rows,)]


def test_filling_again_changes_nothing(lake: Lake) -> None:
    before = lake.repo("flights").resolve("main")
    fill(lake)
    assert lake.repo("flights").resolve("main") == before


def test_an_interrupted_fill_goes_on_where_it_stopped(tmp_path: Path) -> None:
    lake = Lake.open(str(tmp_path / "lake"), create=True)
    seen: list[str] = []

    def stop_after_three(line: str) -> None:
        seen.append(line)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(lake, progress=stop_after_three)
    fill(lake, progress=seen.append)
    assert len(seen) == 12
    assert lake.sql("SELECT count(*) FROM flights.flights").fetchall() == [(336_776,)]
    assert len(lake.repo("flights").log("main", limit=None)) in (12, 13)


def test_without_the_data_two_lines_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.metadata

    def nothing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nothing)
    with pytest.raises(LakeError) as caught:
        fill(Lake.open(str(tmp_path / "lake"), create=True))
    assert "pip install" in caught.value.hint
