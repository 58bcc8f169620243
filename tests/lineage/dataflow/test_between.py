"""What changes while no cell runs may be the work of a function that a cell has left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jupyter_lake.lineage.dataflow import CellFlow
from tests.lineage.dataflow.running import Notebook, fresh_shell


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    """Return a notebook with a counter that tells a list."""
    with fresh_shell() as shell:
        notebook = Notebook(shell)
        notebook.run(
            "import traitlets\n"
            "class Counter(traitlets.HasTraits): value = traitlets.Int()\n"
            "counter = Counter(); seen = []; apart = []"
        )
        notebook.run("counter.observe(lambda change: seen.append(change['new']))")
        notebook.run("len(seen), len(apart)")
        yield notebook


def sources(flow: CellFlow) -> dict[str, str]:
    return {edge.upstream_key: edge.certainty for edge in flow.edges}


def test_a_callback_between_cells_is_its_cells(notebook: Notebook) -> None:
    notebook.shell.user_ns["counter"].value = 4
    assert sources(notebook.run("total = len(seen)")) == {"1": "observed", "2": "possible"}


def test_no_callback_no_edge(notebook: Notebook) -> None:
    assert sources(notebook.run("total = len(seen)")) == {"1": "observed"}


def test_what_no_function_uses_has_no_such_writer(notebook: Notebook) -> None:
    notebook.shell.user_ns["apart"].append(1)
    assert sources(notebook.run("total = len(apart)")) == {"1": "observed"}


def test_a_function_left_by_a_cell_is_a_callback_too(notebook: Notebook) -> None:
    notebook.run("def later(): apart.append(1)")
    notebook.shell.user_ns["later"]()
    assert sources(notebook.run("total = len(apart)")) == {"1": "observed", "4": "possible"}
