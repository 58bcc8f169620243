"""``%lake explore``: choosing in one widget fills the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_lake import access

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]


def test_it_begins_at_the_head_and_follows_choices(run: Run) -> None:
    explorer = run("%lake explore")
    assert explorer.repos.value == "sales"
    assert explorer.refs.value == "main"
    assert next(label for label, _ in explorer.commits.options).count("Orders of 2026-03") == 1
    assert [path for _, path in explorer.files.options] == ["orders/", "regions.csv"]
    explorer.files.value = "orders/"
    assert [path for _, path in explorer.files.options][:2] == ["..", "orders/2026-01.parquet"]
    assert "First 9 of 9 rows" in explorer.preview.value
    explorer.refs.value = "v1"
    assert len(explorer.commits.options) == 2
    assert "First 5 of 5 rows" in explorer.preview.value
    explorer.files.value = ".."
    explorer.files.value = "regions.csv"
    assert "Nora" in explorer.preview.value
    assert explorer.address.value.endswith("/regions.csv")


def test_it_begins_where_it_is_told(run: Run) -> None:
    explorer = run("%lake explore sales@main~2/orders/2026-01.parquet")
    assert explorer.refs.value == "main~2"
    assert "First 3 of 3 rows" in explorer.preview.value


def test_looking_round_is_no_read(run: Run) -> None:
    events: list[object] = []
    unsubscribe = access.subscribe(events.append)
    explorer = run("%lake explore")
    explorer.files.value = "regions.csv"
    unsubscribe()
    assert events == []


def test_an_empty_lake_says_what_to_do(empty_shell: InteractiveShell) -> None:
    empty_shell.run_line_magic("lake", "open --create")
    explorer = empty_shell.run_line_magic("lake", "explore")
    assert "%lake create NAME" in explorer.preview.value


def test_it_is_shown_as_widgets(run: Run) -> None:
    bundle = run("%lake explore")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
