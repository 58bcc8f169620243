"""Nothing that can be kept is lost, whatever happens to kernel, network, disk and permissions."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_lake import config, store
from jupyter_lake.errors import AccessDeniedError, LakeError, UnreachableError
from jupyter_lake.lineage import uploads
from jupyter_lake.lineage.batches import ROOT
from jupyter_lake.lineage.run_reader import RunReader
from jupyter_lake.lineage.spool import Spool, left_behind, waiting
from tests.lineage.conftest import Notebook, runs_of
from tests.lineage.kernels import running
from tests.lineage.test_packs import made


def arrived(lake: store.Lake) -> list[str]:
    """The sources that the lake itself holds, spools left out."""
    return sorted(RunReader(lake.objects).log().table["source"].to_pylist())


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


class Moody:
    """An object store that a test can make fail."""

    def __init__(self, objects: store.ObjectStore) -> None:
        self._objects = objects
        self.error: LakeError | None = None
        self.lose_answers = False
        self.tries = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._objects, name)

    def create(self, key: str, data: bytes | Path) -> None:
        self.tries += 1
        if self.error is not None:
            raise self.error
        self._objects.create(key, data)
        if self.lose_answers:
            self.lose_answers = False
            raise UnreachableError("the answer was lost")


@pytest.fixture
def moody(lake: store.Lake) -> Moody:
    lake.objects = moody = Moody(lake.objects)  # type: ignore[assignment, misc]
    return moody


# -- killed kernels ------------------------------------------------------------------


def test_a_kernel_killed_right_after_a_cell_leaves_its_runs_to_the_next_one(
    lake: store.Lake, tmp_path: Path
) -> None:
    with running(tmp_path, lake.url) as kernel:
        for number in range(20):
            kernel.ok(f"x = {number}", f"cell-{number}")
        kernel.kill()
    expected = sorted(f"x = {number}" for number in range(20))
    recorded = [run.source for run in runs_of(lake)]
    assert sorted(source for source in recorded if source and source.startswith("x")) == expected
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("assert recorder.flush(20), recorder.problem")
        assert [source for source in arrived(lake) if source.startswith("x")] == expected
        assert [run for run in waiting(lake.url) if (run.source or "").startswith("x")] == []


def test_a_cell_killed_after_its_commit_is_known_by_the_run_that_the_commit_names(
    lake: store.Lake, tmp_path: Path
) -> None:
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("raw = lake.repo('flights').commit('main').read('weather.csv')")
        kernel.send(
            "with lake.repo('reports').transaction('main', message='m') as tx:\n"
            "    tx.write('a.csv', raw)\n"
            "import time; time.sleep(600)",
            "publishing",
        )
        reports = lake.repo("reports")
        until(lambda: bool(reports.branches()))
        until(lambda: any(run.writes for run in runs_of(lake)))
        kernel.kill()
    provenance = reports.commit("main").provenance or {}
    assert [each["path"] for each in provenance["inputs"]] == ["weather.csv"]
    for left in left_behind(lake.url):
        left.close()
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("assert recorder.flush(20)")
    run = next(run for run in runs_of(lake) if run.run_id == provenance["run"])
    assert (run.status, run.cell_id, run.writes[0].path) == ("died", "publishing", "a.csv")


def test_a_kernel_that_is_shut_down_leaves_nothing_waiting(
    lake: store.Lake, tmp_path: Path
) -> None:
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("x = 'the last cell'")
        kernel.shut_down()
        assert "x = 'the last cell'" in arrived(lake)
    assert list(config.spool_dir().rglob("*.jsonl")) == []


def test_two_kernels_on_one_notebook_are_two_sessions(lake: store.Lake, tmp_path: Path) -> None:
    with running(tmp_path, lake.url) as one, running(tmp_path, lake.url) as two:
        one.ok("x = 1", "shared-cell")
        two.ok("x = 2", "shared-cell")
        one.ok("y = x")
        two.ok("y = x")
        runs = [run for run in runs_of(lake) if run.cell_id == "shared-cell"]
        assert len({run.session for run in runs}) == 2
        assert {run.notebook for run in runs} == {str(tmp_path / "delays.ipynb")}
        for run in (run for run in runs_of(lake) if run.source == "y = x"):
            (edge,) = run.upstream
            source = next(other for other in runs if other.run_id == edge.run_id)
            assert source.session == run.session


def test_a_full_disk_costs_one_quiet_line_and_no_run(lake: store.Lake, tmp_path: Path) -> None:
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("assert recorder.flush(20)")
        # No file may grow past this, which is what a full disk does to the spool.
        kernel.ok(
            "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
            "recorder.delivery.outboxes[-1].lake.url"
        )
        said = [kernel.ok(f"x = {number}" + " " * 400).stderr for number in range(12)]
        assert sum("can't be written" in line for line in said) == 1, said
        assert all(line.count("\n") <= 1 for line in said)
        kernel.ok("assert recorder.flush(20), recorder.problem")
    sources = [source.strip() for source in arrived(lake)]
    assert {f"x = {number}" for number in range(12)} <= set(sources)


def test_a_spool_that_takes_no_files_costs_one_quiet_line_and_no_run(
    open_notebook: Callable[..., Notebook],
    lake: store.Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("JUPYTER_LAKE_SPOOL_DIR", str(tmp_path / "a file" / "spool"))
    notebook = open_notebook()
    for number in range(5):
        notebook.ok(f"x = {number}")
    assert notebook.recorder.flush(10)
    assert arrived(lake) == [f"x = {number}" for number in range(5)]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "can't be written" in told[0]


# -- lakes that do not answer, or say no ----------------------------------------------


def test_a_network_that_comes_back_gets_all_that_waited_once(
    notebook: Notebook, lake: store.Lake, moody: Moody, capsys: pytest.CaptureFixture[str]
) -> None:
    moody.error = UnreachableError("no network")
    for number in range(5):
        notebook.ok(f"x = {number}")
    assert not notebook.recorder.flush(2)
    assert notebook.recorder.problem == "no network"
    assert arrived(lake) == []
    assert len(waiting(lake.url)) == 5
    moody.error = None
    assert notebook.recorder.flush(10)
    assert arrived(lake) == [f"x = {number}" for number in range(5)]
    assert waiting(lake.url) == []
    assert notebook.recorder.problem == ""
    assert capsys.readouterr().err == ""


def test_a_lake_that_is_away_is_tried_ever_more_rarely(
    notebook: Notebook, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(uploads, "FIRST_PAUSE", 0.01)
    moody.error = UnreachableError("no network")
    notebook.ok("x = 1")
    until(lambda: moody.tries >= 4)
    outbox = notebook.recorder.delivery.outboxes[0]
    assert outbox._pause >= 0.08
    moody.error = None
    until(lambda: outbox.idle)


def test_more_runs_than_memory_holds_arrive_all_the_same(
    notebook: Notebook, lake: store.Lake, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "HELD_RUNS", 3)
    moody.error = UnreachableError("no network")
    for number in range(9):
        notebook.ok(f"x = {number}")
    moody.error = None
    assert notebook.recorder.flush(10)
    assert arrived(lake) == [f"x = {number}" for number in range(9)]
    assert waiting(lake.url) == []


def test_a_session_that_goes_on_brings_what_others_leave_behind(
    notebook: Notebook, lake: store.Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LOOK_SECONDS", 0.05)
    notebook.ok("x = 1")
    assert notebook.recorder.flush(10)
    other = Spool.new(lake.url)
    other.append(made(7))
    os.close(other._handle)  # what a death does
    until(lambda: len(arrived(lake)) == 2)
    until(lambda: waiting(lake.url) == [])


def test_a_forked_child_that_lives_on_does_not_keep_the_spool_of_its_dead_parent(
    lake: store.Lake, tmp_path: Path
) -> None:
    with running(tmp_path, lake.url) as kernel:
        kernel.ok("x = 1")
        child = kernel.ok(
            "import os, time\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    time.sleep(60)\n"
            "    os._exit(0)\n"
            "print(child)"
        )
        kernel.kill()
        try:
            for left in left_behind(lake.url):
                left.close()
                break
            else:
                pytest.fail("the spool is still locked")
        finally:
            os.kill(int(child.stdout), 9)


def test_a_lost_answer_is_not_a_second_run(
    notebook: Notebook, lake: store.Lake, moody: Moody
) -> None:
    moody.lose_answers = True
    notebook.ok("x = 1")
    until(lambda: moody.tries > 0)
    assert notebook.recorder.flush(10)
    assert arrived(lake) == ["x = 1"]
    assert len(list(lake.objects.list(ROOT))) == 1


def test_a_read_only_lake_costs_one_quiet_line_and_keeps_runs_on_this_machine(
    notebook: Notebook, lake: store.Lake, moody: Moody, capsys: pytest.CaptureFixture[str]
) -> None:
    moody.error = AccessDeniedError("no")
    notebook.ok("x = 1")
    until(lambda: bool(notebook.recorder.delivery._notices))
    for number in range(2, 5):
        notebook.ok(f"x = {number}")
        notebook.recorder.flush(1)
    notebook.ok("x = 5")
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert "record off" in told[0]
    assert [run.source for run in runs_of(lake)] == [f"x = {number}" for number in range(1, 6)]


def test_other_people_see_a_run_within_seconds(
    notebook: Notebook, lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.ok("x = 1")
    monkeypatch.setenv("JUPYTER_LAKE_SPOOL_DIR", str(tmp_path / "another machine"))
    theirs = store.Lake.open(lake.url)
    until(lambda: [run.source for run in runs_of(theirs)] == ["x = 1"], seconds=10)


# -- the spool itself -------------------------------------------------------------------


def test_a_run_is_on_the_disk_before_the_next_prompt(
    notebook: Notebook, lake: store.Lake, moody: Moody
) -> None:
    moody.error = UnreachableError("no network")
    notebook.ok("x = 1")
    assert [run.source for run in waiting(lake.url)] == ["x = 1"]


def test_a_living_process_keeps_its_file_and_a_dead_ones_is_taken_over() -> None:
    mine = Spool.new("lake")
    mine.append(made(1))
    assert list(left_behind("lake")) == []
    os.close(mine._handle)  # what a death does
    (left,) = left_behind("lake")
    assert [run.execution_count for run in left.runs()] == [1]
    left.mark_uploaded(left.runs())
    left.close()
    assert waiting("lake") == []
    assert list(config.spool_dir().rglob("*.jsonl")) == []


def test_a_torn_line_hides_no_other() -> None:
    mine = Spool.new("lake")
    mine.append(made(1))
    with mine.path.open("ab") as file:
        file.write(b'{"run_id": "torn')
    assert [run.execution_count for run in waiting("lake")] == [1]
    with mine.path.open("ab") as file:
        file.write(b"\n")
    mine.append(made(2))
    assert [run.execution_count for run in waiting("lake")] == [1, 2]
    mine.close()


def test_what_was_uploaded_waits_no_more_and_what_came_since_does() -> None:
    mine = Spool.new("lake")
    first, second = made(1), made(2)
    mine.append(first)
    mine.append(second)
    mine.mark_uploaded([first])
    assert waiting("lake") == [second]
    mine.append(made(1, revision=2, run_id=first.run_id))
    assert {run.revision for run in waiting("lake") if run.run_id == first.run_id} == {2}
    mine.mark_uploaded(waiting("lake"))
    assert mine.path.stat().st_size == 0
    mine.close()


def test_a_torn_line_does_not_swallow_the_next() -> None:
    mine = Spool.new("lake")
    with mine.path.open("ab") as file:
        file.write(b'{"run_id": "torn')
    os.close(mine._handle)
    (left,) = left_behind("lake")
    left.append(made(3))
    assert [run.execution_count for run in waiting("lake")] == [3]
    left.close()


def test_a_spool_let_go_twice_closes_no_other_file() -> None:
    mine = Spool.new("lake")
    number = mine._handle
    mine.close()
    other = os.open(os.devnull, os.O_RDONLY)
    if other != number:  # the number is another file's now
        os.dup2(other, number)
        os.close(other)
    mine.abandon()
    mine.close()
    os.close(number)  # which is open still
