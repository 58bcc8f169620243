"""A commit made from a notebook says which cell made it, and from which commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_lake.errors import VariableNotFoundError
from tests.lineage.conftest import Notebook, runs_of

if TYPE_CHECKING:
    from jupyter_lake import store

READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"
WEATHER = "weather = lake.repo('flights').commit('main').read('weather.csv')"


def test_a_publication_names_run_cell_variable_and_inputs(
    notebook: Notebook, lake: store.Lake
) -> None:
    head = lake.repo("flights").commit("main").id
    notebook.ok(READ)
    notebook.ok(WEATHER)
    notebook.ok("total = len(raw)")
    notebook.ok("text = str(total).encode()")
    notebook.publish("text", "reports", "delays/part-0.csv")
    provenance = dict(lake.repo("reports").commit("main").provenance or {})
    run = runs_of(lake)[-1]
    assert provenance == {
        "run": run.run_id,
        "notebook": "/home/ana/delays.ipynb",
        "cell": "cell-5",
        "execution_count": 5,
        "variable": "text",
        "inputs": [{"repo": "flights", "commit": head, "path": "flights/2013-01.csv"}],
        "user": "ana",
    }


def test_what_was_read_in_the_very_cell_that_publishes_counts(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(READ + "\nout = raw[:3]\n" + _publishing("out"))
    inputs = (lake.repo("reports").commit("main").provenance or {})["inputs"]
    assert [each["path"] for each in inputs] == ["flights/2013-01.csv"]


def test_a_variable_changed_in_the_publishing_cell_has_both_pasts(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok("parts = [lake.repo('flights').commit('main').read('weather.csv')]")
    notebook.ok(READ)
    notebook.ok("parts.append(raw)\n" + _publishing("parts", "b''.join(parts)"))
    inputs = (lake.repo("reports").commit("main").provenance or {})["inputs"]
    assert [each["path"] for each in inputs] == ["weather.csv", "flights/2013-01.csv"]


def test_a_commit_without_a_variable_stands_on_what_its_cell_used(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(READ)
    notebook.ok(WEATHER)
    notebook.ok(
        "with lake.repo('reports').transaction('main', message='m') as tx:\n"
        "    tx.write('a.csv', raw)"
    )
    provenance = lake.repo("reports").commit("main").provenance or {}
    assert "variable" not in provenance
    assert [each["path"] for each in provenance["inputs"]] == ["flights/2013-01.csv"]


def test_a_commit_outside_a_cell_has_no_provenance(notebook: Notebook, lake: store.Lake) -> None:
    with lake.repo("reports").transaction("main", message="m") as tx:
        tx.write("a.csv", b"1")
    assert lake.repo("reports").commit("main").provenance is None


def test_a_variable_set_anew_forgets_where_it_came_from(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok(READ)
    notebook.ok("raw = b'other'")
    notebook.publish("raw", "reports", "a.csv")
    assert (lake.repo("reports").commit("main").provenance or {})["inputs"] == []


def test_what_a_failed_cell_left_behind_has_its_past(notebook: Notebook, lake: store.Lake) -> None:
    notebook.run(READ + "\n1 / 0")
    notebook.publish("raw", "reports", "a.csv")
    inputs = (lake.repo("reports").commit("main").provenance or {})["inputs"]
    assert [each["path"] for each in inputs] == ["flights/2013-01.csv"]


def test_thousands_of_files_are_named_by_their_folders(
    notebook: Notebook, lake: store.Lake
) -> None:
    with lake.repo("flights").transaction("main", message="many") as tx:
        for number in range(1200):
            tx.write(f"images/{number % 3}/{number}.txt", b"x")
    notebook.ok(
        "commit = lake.repo('flights').commit('main')\n"
        "all_of_it = b''.join(commit.read(entry.path) for entry in commit.entries('images'))"
    )
    notebook.publish("all_of_it", "reports", "a.txt")
    folders = ["images/0", "images/1", "images/2"]
    inputs = (lake.repo("reports").commit("main").provenance or {})["inputs"]
    assert [each["path"] for each in inputs] == folders
    assert [read.path for read in runs_of(lake)[0].reads] == folders


def test_inputs_of_says_the_same_before_anything_is_published(notebook: Notebook) -> None:
    notebook.ok(READ)
    notebook.ok("half = raw[:4]")
    assert [each.path for each in notebook.recorder.inputs_of("half")] == ["flights/2013-01.csv"]


def test_an_unknown_variable_is_named_with_the_nearest(notebook: Notebook) -> None:
    notebook.ok("delays = 1")
    with pytest.raises(VariableNotFoundError, match="delay") as caught:
        notebook.recorder.provenance_of("delay")
    assert "delays" in caught.value.hint


def _publishing(variable: str, value: str | None = None) -> str:
    return (
        "with lake.repo('reports').transaction('main', message='m', "
        f"provenance=recorder.provenance_of({variable!r})) as tx:\n"
        f"    tx.write('out.csv', {value or variable})"
    )
