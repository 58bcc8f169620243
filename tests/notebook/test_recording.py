"""``%lake record``: off, on, without sources; and lineage of a variable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]


def _sources(run: Run) -> list[str | None]:
    return [row[0] for row in run("%lake sql SELECT source FROM lake.runs").fetchall()]


def test_off_leaves_no_trace_and_on_does_again(run: Run) -> None:
    run("%lake repos")
    assert repr(run("%lake record off")).startswith("Recording is off")
    assert run("%lake").recording == "off"
    run("hidden = 1")
    run("%lake record on")
    run("seen = 2")
    sources = _sources(run)
    assert "seen = 2" in sources
    assert "hidden = 1" not in sources


def test_sources_can_stay_out(run: Run) -> None:
    run("%lake repos")
    run("%lake record --no-source")
    assert run("%lake").recording == "on, without sources"
    run("secret = 'value'")
    assert "secret = 'value'" not in _sources(run)
    run("%lake record on")
    run("open_ = 1")
    assert "open_ = 1" in _sources(run)


def test_nothing_is_said_while_it_records(run: Run, shell: InteractiveShell) -> None:
    assert repr(run("%lake record")).startswith("Recording is on, with the cells' sources.")
    assert len(_sources(run)) >= 1


def test_the_lineage_of_a_variable_needs_no_publication(run: Run) -> None:
    run("%lake sql late << FROM sales.orders")
    run("frame = late.df()")
    graph = run("%lake lineage frame --up 1")
    assert "sales" in {node.get("repo") for node in graph.to_dict()["nodes"]}
    assert graph.to_dict()["edges"]


def test_a_name_that_is_both_is_the_variable(run: Run) -> None:
    run("sales = 1")
    assert "variable sales" in repr(run("%lake lineage sales"))
    assert "variable" not in repr(run("%lake lineage sales@main/orders"))


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TEMP TABLE kept AS FROM sales.orders",
        "CREATE VIEW kept AS SELECT * FROM sales.orders WHERE amount > 1",
        "CREATE TABLE kept (a INT, b VARCHAR, c DOUBLE); INSERT INTO kept FROM sales.orders",
    ],
)
def test_a_table_carries_what_it_was_made_of_into_later_cells(run: Run, made: str) -> None:
    run(f"%%lake sql\n{made}")
    run("%lake create reports")
    run("%lake sql total << SELECT count(*) AS n FROM kept")
    run("%lake publish total --to reports/total -m Total")
    (commit,) = run("import jupyter_lake; jupyter_lake.open().repo('reports').log(limit=1)")
    assert [(each["repo"], each["path"]) for each in commit.provenance["inputs"]] == [
        ("sales", "orders")
    ]


def test_cells_that_read_the_same_tables_are_strangers(run: Run, tmp_path: Path) -> None:
    run("%lake sql SELECT count(*) FROM sales.orders")
    run("%lake sql SELECT * FROM sales.orders")
    run("import tempfile; _ = tempfile.NamedTemporaryFile().close()")
    run("import os; _ = os.listdir(tempfile.gettempdir())")
    edges = run("%lake sql SELECT variables FROM lake.edges").fetchall()
    assert [names for (names,) in edges if names != ["tempfile"]] == []


def test_a_pin_is_what_later_names_come_from(run: Run) -> None:
    run("%lake use sales@main~1")
    run("%lake sql SELECT count(*) FROM sales.orders")
    edges = run("%lake sql SELECT variables FROM lake.edges").fetchall()
    assert next([name.removeprefix("table ") for name in names] for (names,) in edges) == [
        "of the lake's pins"
    ]
