"""What workers read, forked or started anew, is read by the cell that they work for."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from jupyter_lake import access, store
from jupyter_lake.lineage.workers import Workers
from tests.lineage.conftest import Notebook, runs_of

forks = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"
)

POOLS = {
    "a pool": (
        "import multiprocessing\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool: pool.map(work, range(3))"
    ),
    "an executor": (
        "import concurrent.futures, multiprocessing\n"
        "fork = multiprocessing.get_context('fork')\n"
        "with concurrent.futures.ProcessPoolExecutor(2, mp_context=fork) as pool:\n"
        "    list(pool.map(work, range(3)))"
    ),
    "a fork": (
        "import os\nchild = os.fork()\nif not child: work(0); os._exit(0)\n_ = os.waitpid(child, 0)"
    ),
}
STARTED_ANEW = {
    "a pool": (
        "import multiprocessing\n"
        "with multiprocessing.get_context('spawn').Pool(1) as pool: pool.map(work, [lake.url])"
    ),
    "an executor": (
        "import concurrent.futures, multiprocessing\n"
        "spawn = multiprocessing.get_context('spawn')\n"
        "with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:\n"
        "    list(pool.map(work, [lake.url]))"
    ),
    "a command": (
        "import subprocess, sys\n"
        "code = f'import lake_work; lake_work.work({lake.url!r})'\n"
        "_ = subprocess.run([sys.executable, '-c', code], check=True, cwd=folder)"
    ),
}
MODULE = (
    "from jupyter_lake import store\n"
    "def work(url):\n"
    "    store.Lake.open(url).repo('flights').commit('main').read('weather.csv')\n"
)
QUIET = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
"""Newer Pythons warn of forks beside threads."""


@pytest.fixture
def main(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """A notebook whose functions workers find where a kernel's are."""
    monkeypatch.setitem(__import__("sys").modules, "__main__", notebook.shell.user_module)
    return notebook


@forks
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_reads_of_workers_are_the_cells(
    main: Notebook, lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("a\n1\n")
    main.ok(
        QUIET
        + "def work(n):\n"
        + "    open('a.csv').close()\n"
        + "    lake.repo('flights').commit('main').read('weather.csv')"
    )
    main.ok(pool)
    main.ok("x = 1")
    assert [run.untracked for run in runs_of(lake)] == [(), ("a.csv",), ()]
    assert [[read.path for read in run.reads] for run in runs_of(lake)] == [[], ["weather.csv"], []]


@pytest.mark.parametrize("pool", STARTED_ANEW.values(), ids=STARTED_ANEW)
def test_reads_of_processes_started_anew_are_the_cells(
    main: Notebook, lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: str
) -> None:
    (tmp_path / "lake_work.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    main.shell.user_ns["folder"] = tmp_path
    main.ok("from lake_work import work")
    main.ok(pool)
    main.ok("x = 1")
    assert [[read.path for read in run.reads] for run in runs_of(lake)] == [[], ["weather.csv"], []]


def test_what_is_read_while_nothing_is_recorded_is_not_taken_in_later(
    main: Notebook, lake: store.Lake
) -> None:
    main.ok("x = 1")
    main.recorder.pause()
    main.recorder._workers.tell(["a.csv"])
    main.ok("y = 1")
    main.recorder.resume()
    main.ok("z = 1")
    assert [run.untracked for run in runs_of(lake)] == [(), ()]


def test_when_nobody_listens_any_more_nobody_is_told(main: Notebook) -> None:
    assert access.EVENTS_VARIABLE in os.environ
    main.recorder.stop()
    assert access.EVENTS_VARIABLE not in os.environ


def test_what_a_killed_process_of_the_same_number_left_is_not_taken_in() -> None:
    killed = Workers()
    killed.tell(["old.csv"])
    mine = Workers()
    assert list(mine.heard()) == []
    mine.tell(["new.csv"])
    assert list(mine.heard()) == [["new.csv"]]
