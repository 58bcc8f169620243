"""What forked workers read is read by the cell that they work for."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from jupyter_lake import store
from jupyter_lake.lineage.workers import Workers
from tests.lineage.conftest import Notebook, runs_of

pytestmark = pytest.mark.skipif(
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
QUIET = "import warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
"""Newer Pythons warn of forks beside threads."""


@pytest.fixture
def main(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """A notebook whose functions workers find where a kernel's are."""
    monkeypatch.setitem(__import__("sys").modules, "__main__", notebook.shell.user_module)
    return notebook


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


def test_what_a_killed_process_of_the_same_number_left_is_not_taken_in() -> None:
    killed = Workers()
    killed.tell(["old.csv"])
    mine = Workers()
    mine.forked = True
    assert list(mine.heard()) == []
    mine.tell(["new.csv"])
    assert list(mine.heard()) == [["new.csv"]]
