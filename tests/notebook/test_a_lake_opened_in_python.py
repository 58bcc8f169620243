"""`jupyter_lake.open` in a notebook: the same lake as the magics', and its questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jupyter_lake
from jupyter_lake.errors import InvalidInputError, VariableNotFoundError

Run = Callable[[str], Any]


@pytest.fixture
def lake(run: Run) -> jupyter_lake.Lake:
    return run("import jupyter_lake; lake = jupyter_lake.open(); lake")


def test_pins_and_temporary_tables_are_the_magics(run: Run, lake: jupyter_lake.Lake) -> None:
    run("%lake use sales@main~1")
    answered = set(lake.sql("FROM sales.orders").commits.values())
    assert answered == {lake.repo("sales").resolve("main~1")}
    run("%lake sql CREATE TEMP TABLE kept AS SELECT 42 AS x")
    assert lake.sql("FROM kept").fetchall() == [(42,)]


def test_a_variable_is_asked_for_by_name_or_in_person(run: Run, lake: jupyter_lake.Lake) -> None:
    run("frame = lake.sql('FROM sales.orders').df()")
    run("twice = frame * 1")
    for asked in ("'twice'", "twice", "_oh and twice"):
        graph = run(f"lake.upstream({asked})").to_dict()
        assert "sales" in {node.get("repo") for node in graph["nodes"]}, asked
    later = lake.downstream("sales/orders").to_dict()
    assert any("twice = frame" in str(node) for node in later["nodes"])


def test_own_runs_are_in_sql_at_once(run: Run, lake: jupyter_lake.Lake) -> None:
    run("marked = 1")
    sources = lake.sql("SELECT source FROM lake.runs").fetchall()
    assert ("marked = 1",) in sources


def test_what_is_no_variable_is_said(lake: jupyter_lake.Lake) -> None:
    with pytest.raises(InvalidInputError, match="is no variable of a recorded notebook"):
        lake.upstream(object())
    with pytest.raises(VariableNotFoundError, match="no variable 'nosuch'"):
        lake.upstream("nosuch")


def test_without_a_name_the_magics_stand_where_python_opened(
    bare_shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTER_LAKE_URL")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    bare_shell.run_line_magic("load_ext", "jupyter_lake")
    lake = jupyter_lake.open(str(tmp_path / "mine"), create=True)
    lake.create_repo("sales")
    assert "sales" in repr(bare_shell.run_line_magic("lake", "repos"))
