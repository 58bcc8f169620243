"""A run holds what a cell was, what it read and wrote, and how it ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest

from jupyter_lake import access, store
from jupyter_lake.lineage import Recorder, Run
from tests.lineage.conftest import Notebook, runs_of

READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"


def last(lake: store.Lake) -> Run:
    return runs_of(lake)[-1]


def test_a_cell_that_reads_is_a_run_with_its_read(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ, "cell-read")
    run = last(lake)
    assert (run.notebook, run.cell_id, run.execution_count) == (
        "/home/ana/delays.ipynb",
        "cell-read",
        1,
    )
    assert (run.user, run.source, run.status) == ("ana", READ, "ok")
    assert run.seconds > 0
    read = run.reads[0]
    head = lake.repo("flights").commit("main").id
    assert (read.repo, read.commit, read.path) == ("flights", head, "flights/2013-01.csv")


def test_execution_counts_are_those_in_the_margin(notebook: Notebook, lake: store.Lake) -> None:
    for number in range(3):
        notebook.ok(f"x = {number}")
    assert [run.execution_count for run in runs_of(lake)] == [1, 2, 3]


def test_a_cell_that_never_touches_the_lake_is_a_run_too(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok("x = 1")
    assert last(lake).source == "x = 1"


def test_a_commit_is_a_write_of_each_path(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(
        "with lake.repo('reports').transaction('main', message='m') as tx:\n"
        "    tx.write('a.txt', b'1'); tx.write('b.txt', b'2')"
    )
    writes = {(write.repo, write.path, write.branch) for write in last(lake).writes}
    assert writes == {("reports", "a.txt", "main"), ("reports", "b.txt", "main")}


def test_reads_of_one_path_add_up_their_columns(notebook: Notebook, lake: store.Lake) -> None:
    read = "access.emit(access.Read(lake.url, 'flights', 'c', 'p', {}, 'sql'))"
    notebook.shell.user_ns["access"] = access
    notebook.ok(read.format("('a', 'b')") + "\n" + read.format("('b', 'c')"))
    assert [each.columns for each in last(lake).reads] == [("a", "b", "c")]
    notebook.ok(read.format("('a',)") + "\n" + read.format("None"))
    assert [each.columns for each in last(lake).reads] == [None]


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("1 / 0", "error"),
        ("def f(:", "error"),
        ("raise KeyboardInterrupt", "interrupted"),
        ("x = 1", "ok"),
    ],
)
def test_a_run_says_how_it_ended(
    notebook: Notebook, lake: store.Lake, source: str, status: str, capsys: object
) -> None:
    notebook.run(source)
    assert last(lake).status == status


def test_what_a_cell_read_before_it_failed_is_known(notebook: Notebook, lake: store.Lake) -> None:
    notebook.run(READ + "\n1 / 0")
    run = last(lake)
    assert run.status == "error"
    assert len(run.reads) == 1


def test_cells_that_a_cell_runs_belong_to_it(notebook: Notebook, lake: store.Lake) -> None:
    notebook.shell.user_ns["shell"] = notebook.shell
    notebook.ok(f'shell.run_cell("{READ}")', "outer")
    runs = runs_of(lake)
    assert [run.cell_id for run in runs] == ["outer"]
    assert len(runs[0].reads) == 1


def test_reads_in_threads_belong_to_the_cell_that_runs(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(
        "import threading\n"
        "def work():\n"
        "    lake.repo('flights').commit('main').read('weather.csv')\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()"
    )
    assert [read.path for read in last(lake).reads] == ["weather.csv"]


def test_a_read_after_its_cell_has_ended_is_added_to_it(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.shell.user_ns["go"] = go = threading.Event()
    notebook.ok(
        "import threading\n"
        "def work():\n"
        "    go.wait(10); lake.repo('flights').commit('main').read('weather.csv')\n"
        "thread = threading.Thread(target=work); thread.start()"
    )
    go.set()
    notebook["thread"].join()  # type: ignore[attr-defined]
    runs = runs_of(lake)
    assert len(runs) == 1
    assert [read.path for read in runs[0].reads] == ["weather.csv"]


def test_looking_is_not_reading(notebook: Notebook, lake: store.Lake) -> None:
    notebook.shell.user_ns["access"] = access
    notebook.ok(f"with access.quiet():\n    {READ}")
    assert last(lake).reads == ()


def test_paused_nothing_is_recorded_and_resumed_it_is(notebook: Notebook, lake: store.Lake) -> None:
    notebook.recorder.pause()
    notebook.ok(READ)
    notebook.publish("raw", "reports", "a.txt")
    assert runs_of(lake) == []
    notebook.recorder.resume()
    notebook.ok("y = raw")
    assert [run.source for run in runs_of(lake)] == ["y = raw"]


def test_sources_can_be_left_out(notebook: Notebook, lake: store.Lake) -> None:
    notebook.recorder.record_source = False
    notebook.ok(READ)
    assert last(lake).source is None
    assert len(last(lake).reads) == 1


@pytest.mark.parametrize(
    ("wanted", "sources"), [("off", []), ("no-source", [None]), ("on", ["x = 1"])]
)
def test_the_environment_can_say_what_is_recorded(
    open_notebook: Callable[..., Notebook],
    lake: store.Lake,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str,
    sources: list[str | None],
) -> None:
    monkeypatch.setenv("JUPYTER_LAKE_RECORD", wanted)
    open_notebook().ok("x = 1")
    assert [run.source for run in runs_of(lake)] == sources


def test_cells_before_a_lake_is_open_are_recorded_when_one_is(
    open_notebook: Callable[..., Notebook], lake: store.Lake
) -> None:
    notebook = open_notebook(lake=None)
    notebook.ok("x = 1")
    assert runs_of(lake) == []
    notebook.recorder.attach(lake)
    notebook.ok("y = x")
    first, second = runs_of(lake)
    assert (first.source, second.source) == ("x = 1", "y = x")
    assert [edge.run_id for edge in second.upstream] == [first.run_id]


def test_the_cell_that_starts_the_recorder_is_the_first_run(
    open_notebook: Callable[..., Notebook], lake: store.Lake
) -> None:
    notebook = open_notebook()
    notebook.recorder.stop()
    notebook.shell.user_ns["Recorder"] = Recorder
    notebook.ok(
        "recorder = Recorder(get_ipython(), notebook='n.ipynb')\n"
        "recorder.start(); recorder.attach(lake)\n" + READ,
        "first",
    )
    notebook.recorder = notebook["recorder"]  # type: ignore[assignment]
    run = last(lake)
    assert (run.cell_id, len(run.reads), run.status) == ("first", 1, "ok")


def test_a_lake_gets_what_was_read_of_it_and_the_other_lake_is_named_untracked(
    notebook: Notebook, lake: store.Lake, tmp_path: object
) -> None:
    other = store.Lake.create(f"{tmp_path}/other")
    with other.create_repo("sales").transaction("main", message="m") as tx:
        tx.write("a.txt", b"1")
    notebook.recorder.attach(other)
    notebook.shell.user_ns["other"] = other
    notebook.ok("other.repo('sales').commit('main').read('a.txt')\n" + READ)
    here, there = last(lake), last(other)
    assert here.run_id == there.run_id
    assert [read.repo for read in here.reads] == ["flights"]
    assert [read.repo for read in there.reads] == ["sales"]
    assert len(there.untracked) == 1
    assert there.untracked[0].startswith(f"{lake.url}/flights@")


def test_cells_of_subshells_run_side_by_side_and_are_told_apart(
    notebook: Notebook, lake: store.Lake
) -> None:
    """Subshells of ipykernel run cells in threads of their own."""
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

    recorder = notebook.recorder

    def subshell() -> None:
        info = ExecutionInfo("side", True, False, True, "side-cell")
        result = ExecutionResult(info)
        recorder._before_cell(info)
        lake.repo("flights").commit("main").read("weather.csv")
        recorder._after_cell(result)

    notebook.shell.user_ns["subshell"] = subshell
    notebook.ok(
        "import threading\n"
        f"{READ}\n"
        "thread = threading.Thread(target=subshell); thread.start(); thread.join()"
    )
    reads = {run.cell_id: [read.path for read in run.reads] for run in runs_of(lake)}
    assert reads == {"side-cell": ["weather.csv"], "cell-1": ["flights/2013-01.csv"]}


def test_many_commits_in_one_cell_are_put_down_in_little_room(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(
        "reports = lake.repo('reports')\n"
        "for number in range(40):\n"
        "    with reports.transaction('main', message='m') as tx:\n"
        "        tx.write(f'{number}.txt', b'x')"
    )
    assert len(last(lake).writes) == 40
    assert sum(path.stat().st_size for path in notebook.recorder.spools()) < 100_000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_leaves_the_spool_alone(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok("x = 1")
    child = os.fork()
    if child == 0:
        try:
            notebook.run("y = 2")
            notebook.recorder.flush(1)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert [run.source for run in runs_of(lake)] == ["x = 1"]
