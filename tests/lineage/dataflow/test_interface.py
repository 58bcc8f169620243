"""What `Dataflow` tells of a cell: edges with their certainty, reads, writes, writers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_lake.lineage.dataflow import CellFlow, Dataflow, Edge
from tests.lineage.dataflow.running import Notebook, fresh_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    with fresh_shell() as shell:
        yield Notebook(shell)


def test_an_edge_names_the_variables_that_carried_the_data(notebook: Notebook) -> None:
    notebook.run("a = 1\nb = 2")
    flow = notebook.run("c = a + b")
    assert flow.edges == (Edge(upstream_key="1", variables=("a", "b"), certainty="observed"),)
    assert flow.reads == ("a", "b")
    assert flow.writes == ("c",)


def test_what_stands_in_a_branch_is_only_possible(notebook: Notebook) -> None:
    notebook.run("import os\na = 1")
    notebook.run("b = 2")
    flow = notebook.run("c = b\nif os.getpid() < 0:\n    c = a")
    certainties = {edge.upstream_key: edge.certainty for edge in flow.edges}
    assert certainties == {"1": "observed", "2": "observed"}  # os comes from the first cell
    notebook.run("d = 4")
    flow = notebook.run("e = 1\nif e > b:\n    c = d")
    assert {edge.upstream_key: edge.certainty for edge in flow.edges}["4"] == "possible"


def test_who_changes_an_object_reads_it_and_writes_all_its_names(notebook: Notebook) -> None:
    notebook.run("xs = []")
    notebook.run("ys = xs")
    flow = notebook.run("ys.append(1)")
    assert flow.reads == ("ys",)
    assert flow.writes == ("xs", "ys")


def test_a_deleted_variable_is_written(notebook: Notebook) -> None:
    notebook.run("x = 1")
    assert notebook.run("del x").writes == ("x",)


def test_writers_of_a_variable(notebook: Notebook) -> None:
    notebook.run("xs = []")
    notebook.run("box = {'xs': xs}")
    notebook.run("xs.append(1)")
    assert dict(notebook.dataflow.writers("xs")) == {"1": "observed", "3": "observed"}
    assert dict(notebook.dataflow.writers("box")) == {"2": "observed", "3": "observed"}
    assert notebook.dataflow.writers("nothing") == ()


def test_an_unseen_change_is_possible(notebook: Notebook) -> None:
    notebook.run(
        "import sqlite3\ncon = sqlite3.connect(':memory:')\ncur = con.execute('values (1), (2)')"
    )
    notebook.run("first = cur.fetchone()")
    flow = notebook.run("second = cur.fetchone()")
    assert {edge.upstream_key: edge.certainty for edge in flow.edges}["2"] == "possible"
    notebook.run("con.close()")


def test_a_cell_that_does_not_parse_reads_and_writes_nothing(notebook: Notebook) -> None:
    notebook.run("x = 1")
    assert notebook.run("x = = x") == CellFlow()


def test_a_method_called_as_a_function_of_python_s_is_read(notebook: Notebook) -> None:
    notebook.run("class Settings:\n    def setattr(self): return 1\nsettings = Settings()")
    assert notebook.run("settings.setattr()").reads == ("settings",)


def test_variables_from_before_the_watch_have_no_writer() -> None:
    namespace: dict[str, object] = {"old": [1]}
    dataflow = Dataflow(namespace)
    pending = dataflow.before("old.append(2)", "a")
    exec("old.append(2)", namespace)
    flow = dataflow.after(pending, raised=False)
    assert flow.edges == ()
    assert dict(dataflow.writers("old")) == {"a": "observed"}


def test_a_plain_namespace_without_ipython_will_do() -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    dataflow = Dataflow(namespace)
    flows = []
    for key, source in enumerate(["x = [1]", "def f():\n    return x", "y = f()"]):
        pending = dataflow.before(source, str(key))
        exec(source, namespace)
        flows.append(dataflow.after(pending, raised=False))
    assert [edge.upstream_key for edge in flows[-1].edges] == ["1", "0"]
    assert dataflow.last_failure is None


def test_a_failure_inside_is_kept_from_the_cell(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    dataflow = notebook.dataflow
    monkeypatch.setattr(dataflow, "_sources", fail)
    pending = dataflow.before("x = 1", "1")
    assert dataflow.after(pending, raised=False) == CellFlow()
    assert isinstance(dataflow.last_failure, RuntimeError)
    assert dataflow.writers("x") == ()


def test_outputs_are_written_by_the_cell_that_shows_them(shell: InteractiveShell) -> None:
    notebook = Notebook(shell)
    notebook.run("40 + 2")
    notebook.run("'other'")
    assert dict(notebook.dataflow.writers("_1")) == {"1": "observed"}
    assert dict(notebook.dataflow.writers("__")) == {"1": "observed"}
    assert dict(notebook.dataflow.writers("_")) == {"2": "observed"}


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    with fresh_shell() as shell:
        yield shell
