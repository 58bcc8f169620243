"""A dataset made again from just the cells it came from, with the inputs they had then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jupyter_lake
from jupyter_lake import store
from jupyter_lake.errors import InvalidInputError, PathNotFoundError, RunNotFoundError
from jupyter_lake.lineage import Run, RunRead, reproduce
from jupyter_lake.lineage.pinning import read_as_then, write_to_scratch
from jupyter_lake.lineage.redaction import HIDDEN
from jupyter_lake.lineage.runs import new_run_id, now
from tests.lineage.conftest import runs_of

if TYPE_CHECKING:
    from tests.lineage.conftest import Notebook

COMMIT = "3f9c2a4190be" + "0" * 52


@pytest.fixture
def lake(tmp_path: Path) -> store.Lake:
    """A lake that cells can query."""
    import pyarrow as pa

    lake = jupyter_lake.open(str(tmp_path / "lake"), create=True)
    lake.create_repo("reports")
    with lake.create_repo("sales").transaction("main", message="raw") as tx:
        tx.write("orders/1.parquet", pa.table({"region": ["n", "s", "n"], "amount": [1, 2, 3]}))
    return lake


@pytest.fixture
def made(
    open_notebook: Callable[..., Notebook],
    lake: store.Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Notebook:
    """A notebook that has published reports/totals with magics, and moved on."""
    monkeypatch.setenv("JUPYTER_LAKE_URL", lake.url)
    notebook = open_notebook(str(tmp_path / "totals.ipynb"))
    # The extension brings a recorder of its own; this one would hear everything twice.
    notebook.recorder.stop()
    notebook.ok("%load_ext jupyter_lake")
    notebook.ok("%lake")
    notebook.ok(
        "%%lake sql totals <<\n"
        "SELECT region, sum(amount) AS amount FROM sales.orders GROUP BY 1 ORDER BY 1"
    )
    notebook.ok("unrelated = 42")
    notebook.ok("frame = totals.df()\nframe['twice'] = frame.amount * 2")
    notebook.ok("%lake publish frame --to reports/totals -m 'October'")
    yield notebook  # type: ignore[misc]
    notebook.ok("%unload_ext jupyter_lake")


def test_just_the_cells_it_came_from_in_the_order_they_ran(
    made: Notebook, lake: store.Lake
) -> None:
    found = reproduce(lake, "reports/totals")
    assert [run.first_line.split()[0] for run in found.runs] == ["%%lake", "frame", "%lake"]
    assert found.obstacles == ()
    assert "nothing stands in the way" in repr(found)


def test_inputs_are_pinned_and_what_is_written_goes_to_a_scratch_branch(
    made: Notebook, lake: store.Lake
) -> None:
    found = reproduce(lake, "reports/totals")
    head = lake.repo("sales").commit("main").id
    sources = found.sources
    assert f"%lake use sales@{head[:12]}" in sources[0]
    assert sources[-1] == f"%lake publish frame --to reports@{found.branch}/totals -m 'October'"
    assert lake.url in sources[0]


def test_the_notebook_is_valid_and_never_written_over_a_file(
    made: Notebook, lake: store.Lake, tmp_path: Path
) -> None:
    import nbformat

    found = reproduce(lake, "reports/totals")
    path = found.save(tmp_path / "again.ipynb")
    nbformat.validate(nbformat.read(path, as_version=4))
    with pytest.raises(InvalidInputError, match="there already"):
        found.save(path)


def test_running_it_makes_the_same_dataset_though_the_input_has_moved_on(
    made: Notebook, lake: store.Lake
) -> None:
    import pyarrow as pa

    with lake.repo("sales").transaction("main", message="more") as tx:
        tx.write("orders/2.parquet", pa.table({"region": ["n"], "amount": [100]}))
    before = lake.repo("reports").commit("main").id
    found = reproduce(lake, "reports/totals")
    outcome = found.run(timeout=120)
    assert outcome.same, outcome
    assert lake.repo("reports").commit("main").id == before
    assert found.branch in {branch.name for branch in lake.repo("reports").branches()}
    assert f"{found.branch}.ipynb" in {Path(run.notebook).name for run in runs_of(lake)}


def test_what_was_published_to_a_branch_is_made_again_beside_it(
    made: Notebook, lake: store.Lake, tmp_path: Path
) -> None:
    made.ok("%lake branch reports trial")
    made.ok("frame['thrice'] = frame.amount * 3")
    made.ok("%lake publish frame --to reports@trial/totals -m 'Trial'")
    heads = {branch.name: branch.commit for branch in lake.repo("reports").branches()}
    found = reproduce(lake, "reports@trial/totals")
    path = found.save(tmp_path / "again.ipynb")
    outcome = found.run(notebook=path, timeout=120)
    assert outcome.same, outcome
    now_ = {branch.name: branch.commit for branch in lake.repo("reports").branches()}
    assert now_.pop(found.branch) not in heads.values()
    assert now_ == heads
    assert str(path) in {run.notebook for run in runs_of(lake)}


def test_what_comes_out_different_is_said_to_be(made: Notebook, lake: store.Lake) -> None:
    import pyarrow as pa

    found = reproduce(lake, "reports/totals")
    reports = lake.repo("reports")
    reports.create_branch(found.branch)
    with reports.transaction(found.branch, message="other") as tx:
        tx.write("totals/part-0.parquet", pa.table({"region": ["n"], "amount": [5], "twice": [10]}))
    assert str(found.compare()).endswith("twice DOUBLE → BIGINT, +1 added, -2 removed")


def test_a_column_less_is_different_though_the_rows_agree(made: Notebook, lake: store.Lake) -> None:
    import pyarrow as pa

    found = reproduce(lake, "reports/totals")
    reports = lake.repo("reports")
    reports.create_branch(found.branch)
    with reports.transaction(found.branch, message="other") as tx:
        tx.write("totals/part-0.parquet", pa.table({"region": ["n", "s"], "amount": [4, 2]}))
    outcome = str(found.compare())
    assert outcome.startswith("different: -column twice")
    assert outcome.endswith("no row differs")


# -- what stands in the way --------------------------------------------------------


def obstacles(notebook: Notebook, lake: store.Lake) -> str:
    notebook.ok("text = b'published'") if "text" not in notebook.shell.user_ns else None
    notebook.publish("text", "reports", "a.txt")
    return "\n".join(reproduce(lake, "reports/a.txt").obstacles)


def test_a_file_past_the_lake_is_in_the_way(
    notebook: Notebook, lake: store.Lake, tmp_path: Path
) -> None:
    (tmp_path / "local.csv").write_text("1")
    notebook.shell.user_ns["folder"] = tmp_path
    notebook.ok("with open(folder / 'local.csv', 'rb') as f: text = f.read()")
    assert "local.csv, which the lake does not keep" in obstacles(notebook, lake)


def test_a_variable_that_no_recorded_cell_made_is_in_the_way(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.recorder.pause()
    notebook.ok("factor = 3")
    notebook.recorder.resume()
    notebook.ok("text = b'x' * factor")
    found = obstacles(notebook, lake)
    assert "uses factor, which no recorded cell made" in found
    assert "not recorded" in found


def test_a_source_or_a_secret_left_out_is_in_the_way(notebook: Notebook, lake: store.Lake) -> None:
    notebook.recorder.record_source = False
    notebook.ok("text = b'x'")
    notebook.recorder.record_source = True
    assert "without its source" in obstacles(notebook, lake)
    notebook.ok("password = 'hunter22'; text = password.encode()")
    assert HIDDEN in obstacles(notebook, lake)


def test_a_cell_that_failed_is_in_the_way(notebook: Notebook, lake: store.Lake) -> None:
    notebook.run("text = b'x'; 1 / 0")
    assert "ended with an error" in obstacles(notebook, lake)


def test_a_cell_run_twice_is_in_the_way(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok("parts = []")
    notebook.ok("parts.append(b'x')", "adds")
    notebook.ok("parts.append(b'x')", "adds")
    notebook.ok("text = b''.join(parts)")
    assert "one cell run twice" in obstacles(notebook, lake)


def test_a_write_that_cannot_be_led_elsewhere_is_never_run(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok("text = b'x'")
    notebook.ok("reports = lake.repo('reports')")
    notebook.ok("with reports.transaction('main', message='m') as tx: tx.write('a.txt', text)")
    found = reproduce(lake, "reports/a.txt")
    assert any("scratch branch" in obstacle for obstacle in found.obstacles)
    with pytest.raises(InvalidInputError, match="scratch branch"):
        found.run()


def test_what_nobody_recorded_cannot_be_made_again(lake: store.Lake) -> None:
    with pytest.raises(RunNotFoundError, match="No cell is recorded"):
        reproduce(lake, "sales/orders")
    with pytest.raises(PathNotFoundError):
        reproduce(lake, "sales/nothing")


# -- rewriting ----------------------------------------------------------------------


def run_that_read(*commits: str) -> Run:
    reads = tuple(RunRead("sales", commit, "orders") for commit in commits)
    return Run(new_run_id(), "n.ipynb", "c", 1, "", "ana", now(), reads=reads)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('FROM "sales@main".orders', f'FROM "sales@{COMMIT[:12]}".orders'),
        ('FROM "sales@main~2".orders', f'FROM "sales@{COMMIT[:12]}".orders'),
        ("%lake get sales@main/orders", f"%lake get sales@{COMMIT[:12]}/orders"),
        ("lake.repo('sales').commit('main')", f"lake.repo('sales').commit('{COMMIT[:12]}')"),
        ("lake.repo('sales').commit()", f"lake.repo('sales').commit('{COMMIT[:12]}')"),
        ('FROM "sales@3f9c2a41".orders', 'FROM "sales@3f9c2a41".orders'),
        ("FROM sales.orders", "FROM sales.orders"),
        ("read('lake://sales/a.csv')", f"read('lake://sales@{COMMIT[:12]}/a.csv')"),
        ("read('lake://sales@main/a.csv')", f"read('lake://sales@{COMMIT[:12]}/a.csv')"),
        ("read('lake://presales/a.csv')", "read('lake://presales/a.csv')"),
        ("'presales@main'", "'presales@main'"),
        ("'ana@sales.example.org'", "'ana@sales.example.org'"),
    ],
)
def test_branches_are_replaced_by_what_they_were(source: str, expected: str) -> None:
    assert read_as_then(source, run_that_read(COMMIT)) == expected


def test_two_commits_of_one_repo_are_told_apart_by_the_time() -> None:
    found = read_as_then('"sales@main" "sales@main~6"', run_that_read("a" * 64, "b" * 64))
    first, second = found.split('" "')
    assert first.startswith('"sales@main@{20')
    assert second.endswith('Z}~6"')


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%lake publish x --to reports/a -m m", "%lake publish x --to reports@b1/a -m m"),
        ("%lake publish x --to reports@main/a -m m", "%lake publish x --to reports@b1/a -m m"),
        ("%lake publish x --to=reports/a", "%lake publish x --to=reports@b1/a"),
        ("%lake put f.csv reports/a -m m", "%lake put f.csv reports@b1/a -m m"),
        ("%lake begin reports", "%lake begin reports@b1"),
        ("%lake log reports", "%lake log reports"),
        ("%lake publish reports --to other/a", "%lake publish reports --to other/a"),
        ("lake.repo('reports').transaction()", "lake.repo('reports').transaction('b1')"),
        (
            "lake.repo('reports').transaction('main', message='m')",
            "lake.repo('reports').transaction('b1', message='m')",
        ),
        (
            "lake.repo('reports').transaction(message='m')",
            "lake.repo('reports').transaction('b1', message='m')",
        ),
    ],
)
def test_writes_are_led_to_the_scratch_branch(source: str, expected: str) -> None:
    assert write_to_scratch(source, {"reports": "b1"}) == expected


def test_the_plan_is_json_too(made: Notebook, lake: store.Lake) -> None:
    about = json.loads(json.dumps(reproduce(lake, "reports/totals").to_dict()))
    assert set(about) == {"version", "branch", "cells", "runs", "obstacles"}
