"""Is my input still the newest, who reads this dataset, what happened lately, and in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from jupyter_lake import access, store
from jupyter_lake.lineage import activity, freshness, readers_of, tables

if TYPE_CHECKING:
    from tests.lineage.conftest import Notebook

READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"


def change(lake: store.Lake, path: str, data: bytes) -> None:
    with lake.repo("flights").transaction("main", message="new") as tx:
        tx.write(path, data)


def test_inputs_are_the_newest_until_they_change(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ)
    notebook.publish("raw", "reports", "a.csv")
    commit = lake.repo("reports").commit("main")
    assert [state.says for state in freshness(lake, commit)] == ["newest"]
    change(lake, "weather.csv", b"other data")
    assert [state.says for state in freshness(lake, commit)] == ["newest"]
    change(lake, "flights/2013-01.csv", b"1")
    change(lake, "flights/2013-01.csv", b"2")
    (state,) = freshness(lake, commit)
    assert state.says == "2 behind"
    assert not state.fresh
    assert state.newest == lake.repo("flights").commit("main").id


def test_a_commit_without_provenance_has_no_inputs(lake: store.Lake) -> None:
    assert freshness(lake, lake.repo("flights").commit("main")) == []


def test_readers_are_named_with_the_columns_they_use(
    open_notebook: Callable[..., Notebook], lake: store.Lake
) -> None:
    head = lake.repo("flights").commit("main").id
    for user, columns in (("ana", ("carrier",)), ("ben", ("delay", "carrier"))):
        notebook = open_notebook(f"/home/{user}/n.ipynb", user)
        notebook.shell.user_ns["event"] = access.Read(
            lake.url, "flights", head, "flights", columns, "sql"
        )
        notebook.shell.user_ns["access"] = access
        # Each recorder of this process hears each event; only one cell runs at a time.
        notebook.ok("access.emit(event)", "reading")
        notebook.recorder.stop()
    readers = readers_of(lake, "flights/flights")
    assert [(reader.user, reader.columns) for reader in readers] == [
        ("ben", ("delay", "carrier")),
        ("ana", ("carrier",)),
    ]
    assert [reader.cell_id for reader in readers] == ["reading", "reading"]


def test_a_reader_that_runs_often_is_one_reader_with_all_its_columns(
    notebook: Notebook, lake: store.Lake
) -> None:
    head = lake.repo("flights").commit("main").id
    notebook.shell.user_ns["access"] = access
    for column in ("a", "b"):
        notebook.shell.user_ns["event"] = access.Read(
            lake.url, "flights", head, "flights", (column,), "sql"
        )
        notebook.ok("access.emit(event)", "same")
    (reader,) = readers_of(lake, "flights/flights")
    assert (reader.runs, reader.columns) == (2, ("a", "b"))


def test_readers_say_how_far_behind_they_are(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ)
    change(lake, "flights/2013-01.csv", b"1")
    assert [reader.behind for reader in readers_of(lake, "flights/flights")] == [1]
    assert readers_of(lake, "flights@main/flights") == []
    assert len(readers_of(lake, "flights@main~1/flights")) == 1


def test_readers_of_another_dataset_are_not_named(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ)
    assert readers_of(lake, "flights/weather.csv") == []
    assert len(readers_of(lake, "flights")) == 1


def test_activity_is_everybodys_newest_first(
    open_notebook: Callable[..., Notebook], lake: store.Lake
) -> None:
    ana = open_notebook("/home/ana/a.ipynb", "ana")
    ana.ok("x = 1")
    ana.ok("x = 2")
    open_notebook("/home/ben/b.ipynb", "ben").ok("y = 1")
    assert [(run.user, run.source) for run in activity(lake, 2)] == [
        ("ben", "y = 1"),
        ("ana", "x = 2"),
    ]


def test_sql_tables_have_the_columns_they_promise(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ)
    notebook.publish("raw", "reports", "a.csv")
    promised = {
        "runs": "run_id notebook cell_id execution_count source user started seconds status",
        "reads": "run_id repo commit_id path columns via",
        "writes": "run_id repo commit_id path via",
        "edges": "run_id upstream_run_id variables certainty",
    }
    for name, columns in promised.items():
        table = tables(lake, name)
        assert table is not None
        assert set(columns.split()) <= set(table.column_names)
        assert table.num_rows > 0
    assert tables(lake, "nothing") is None


def test_lineage_can_be_asked_in_sql(notebook: Notebook, lake: store.Lake) -> None:
    duckdb = pytest.importorskip("duckdb")
    notebook.ok(READ)
    notebook.ok("half = raw[:3]")
    notebook.publish("half", "reports", "a.csv")
    connection = duckdb.connect()
    for name in ("runs", "reads", "writes", "edges"):
        connection.register(name, tables(lake, name))
    rows = connection.sql(
        """
        WITH RECURSIVE up AS (
            SELECT run_id FROM writes WHERE repo = 'reports'
            UNION SELECT upstream_run_id FROM edges JOIN up USING (run_id)
        )
        SELECT r.execution_count, d.path FROM up JOIN runs r USING (run_id)
        JOIN reads d USING (run_id) ORDER BY 1
        """
    ).fetchall()
    assert rows == [(1, "flights/2013-01.csv")]


def test_a_question_sees_the_askers_own_runs_before_they_are_uploaded(
    notebook: Notebook, lake: store.Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.lineage.uploads.upload_batch", _unreachable)
    notebook.ok("x = 1")
    assert [run.source for run in activity(lake, 5)] == ["x = 1"]


def test_a_question_sees_the_running_cell_itself(notebook: Notebook, lake: store.Lake) -> None:
    notebook.shell.user_ns["activity"] = activity
    notebook.ok("seen = activity(lake, 1, recorder=recorder)")
    (run,) = notebook["seen"]  # type: ignore[misc]
    assert run.status == "running"


def _unreachable(*args: object) -> None:
    from jupyter_lake.errors import UnreachableError

    raise UnreachableError("no network")
