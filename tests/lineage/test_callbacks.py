"""What a cell's callbacks and tasks read when it is over is the cell's."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_lake import store
from tests.lineage.conftest import Notebook, runs_of

WIDGET = (
    "import traitlets\n"
    "class Choice(traitlets.HasTraits): day = traitlets.Int()\n"
    "choice = Choice()\n"
)


def test_a_read_of_the_lake(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(WIDGET)
    notebook.ok("choice.observe(lambda c: lake.repo('flights').commit('main').read('weather.csv'))")
    notebook.ok("x = 1")
    notebook["choice"].day = 2  # type: ignore[attr-defined]
    notebook.ok("y = 1")
    assert [[read.path for read in run.reads] for run in runs_of(lake)] == [
        [],
        ["weather.csv"],
        [],
        [],
    ]


def test_a_read_past_the_lake(
    notebook: Notebook, lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a\n1\n")
    notebook.ok(WIDGET)
    notebook.ok("def show(change):\n    open('a.csv').close()\nchoice.observe(show)")
    notebook.ok("x = 1")
    notebook["choice"].day = 2  # type: ignore[attr-defined]
    notebook.ok("y = 1")
    assert [run.untracked for run in runs_of(lake)] == [(), ("a.csv",), (), ()]


def test_a_task_that_a_later_cell_waits_for(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(
        "import asyncio\n"
        "asked = asyncio.Event()\n"
        "async def look():\n"
        "    await asked.wait()\n"
        "    lake.repo('flights').commit('main').read('weather.csv')"
    )
    notebook.ok("task = asyncio.create_task(look())\nawait asyncio.sleep(0)")
    notebook.ok(
        "asked.set()\nawait task\nlake.repo('flights').commit('main').read('flights/2013-01.csv')"
    )
    notebook.ok("x = 1")
    assert [[read.path for read in run.reads] for run in runs_of(lake)] == [
        [],
        ["weather.csv"],
        ["flights/2013-01.csv"],
        [],
    ]


def test_what_no_cell_wrote_is_nobodys(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok("x = 1")
    lake.repo("flights").commit("main").read("weather.csv")
    notebook.ok("y = 1")
    assert [run.reads for run in runs_of(lake)] == [(), ()]
