"""Whatever fails in the recorder, cells run as ever, and one quiet line says that it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from jupyter_lake.lineage import recorder as recorder_module
from tests.lineage.conftest import Notebook, runs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_lake import store

RECORDED_ANYWAY = {
    "where.find",
    "where.execution_count",
    "where.counted",
    "_as_python",
    "_upstream",
    "_flow.before",
    "_flow.after",
    "session.upstream",
    "session.inputs",
    "delivery.tell_others",
    "delivery.tell",
    "_provenance",
    "named_files",
    "recordable",
}
SEAMS = RECORDED_ANYWAY | {
    "where.place",
    "_begin",
    "_end",
    "current",
    "session.add",
    "session.snapshot",
    "delivery.keep",
    "delivery.notice",
    "outbox.add",
    "outbox._keep",
    "_uploader.wake",
}


def owner_of(seam: str, notebook: Notebook) -> object:
    recorder = notebook.recorder
    owners = {
        "where": recorder.where,
        "_flow": recorder._flow,
        "session": recorder.session,
        "delivery": recorder.delivery,
        "outbox": recorder.delivery.outboxes[-1],
        "_uploader": recorder.delivery._uploader,
    }
    if seam in ("named_files", "recordable"):
        return recorder_module
    return owners[seam.partition(".")[0]] if "." in seam else recorder


@pytest.mark.parametrize("seam", sorted(SEAMS))
def test_a_failure_of_the_recorder_never_reaches_the_cell(
    seam: str,
    notebook: Notebook,
    lake: store.Lake,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(owner_of(seam, notebook), seam.rpartition(".")[2], broken)
        notebook.ok("raw = lake.repo('flights').commit('main').read('weather.csv')")
        notebook.ok("print('the output', len(raw))")
        notebook.ok(
            "with lake.repo('reports').transaction('main', message='m') as tx:\n"
            "    tx.write('a.txt', raw)"
        )
    said = capsys.readouterr()
    assert said.out == "the output 14\n"
    assert lake.repo("reports").commit("main").read("a.txt") == notebook["raw"]
    assert said.err.count("\n") <= 1
    assert "Traceback" not in said.err
    notebook.ok("x = 1")
    sources = [run.source for run in runs_of(lake)]
    assert sources[-1] == "x = 1"
    if seam in RECORDED_ANYWAY:
        assert len(sources) == 4
    if seam.startswith(("where.f", "_flow", "_begin", "_end", "named")):
        assert "can be recorded here (RuntimeError)" in said.err


def test_a_spool_that_fails_in_a_new_way_loses_no_run(
    notebook: Notebook, lake: store.Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_lake.lineage import spool

    def broken(*args: object) -> None:
        raise ValueError("a way nobody thought of")

    monkeypatch.setattr(spool.Spool, "append", broken)
    notebook.ok("x = 1")
    notebook.ok("x = 2")
    assert notebook.recorder.flush(10)
    assert [run.source for run in runs_of(lake)] == ["x = 1", "x = 2"]


SOURCES: dict[str, Callable[[], str]] = {
    "lone surrogates": lambda: "text = '\udc80 and \ud83d'\n",
    "a null character": lambda: "text = 'a\\x00b' # \x01",
    "ten megabytes": lambda: "text = len('" + "ten megabytes " * 750_000 + "')",
    "many lines": lambda: "\n".join(f"x{n % 100} = {n}" for n in range(20_000)),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_strange_sources_are_recorded_and_read_by_everybody(
    source: Callable[[], str], notebook: Notebook, lake: store.Lake
) -> None:
    cell = source()
    notebook.run(cell)
    notebook.ok("after = 1")
    assert notebook.recorder.flush(20), notebook.recorder.problem
    first, second = runs_of(lake)
    assert second.source == "after = 1"
    assert len(cast("str", first.source)) <= 1_100_000
    assert cast("str", first.source)[:6] == cell[:6] or "too long" in cast("str", first.source)


def test_a_file_whose_name_is_no_text_spoils_no_record(
    notebook: Notebook, lake: store.Lake, tmp_path: object
) -> None:
    notebook.ok(
        f"import os; name = os.fsencode({str(tmp_path)!r}) + b'/data-\\xff.csv'\n"
        "open(name, 'wb').close(); open(name).close()"
    )
    assert notebook.recorder.flush(20), notebook.recorder.problem
    (run,) = runs_of(lake)
    assert any("data-" in name for name in run.untracked), run.untracked


def test_runs_keep_their_order_when_the_clock_is_set_back(
    notebook: Notebook, lake: store.Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from jupyter_lake.lineage import runs

    true_time = runs.now
    notebook.ok("x = 1")
    monkeypatch.setattr(runs, "now", lambda: true_time() - timedelta(hours=1))
    notebook.ok("y = x")
    notebook.ok("z = y")
    assert [run.source for run in runs_of(lake)] == ["x = 1", "y = x", "z = y"]
