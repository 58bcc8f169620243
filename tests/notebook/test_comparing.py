"""``%lake diff``: files between commits, and rows with --rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[[str], Any]


def test_files_are_told_with_their_rows(run: Run) -> None:
    diff = run("%lake diff sales@v1 sales")
    assert [(change.path, change.kind, change.rows) for change in diff.changes] == [
        ("orders/2026-03.parquet", "added", 4)
    ]
    back = run("%lake diff sales@main sales@main~2")
    assert [change.kind for change in back.changes] == ["removed", "removed"]
    assert "−" in repr(back)


def test_the_head_is_meant_where_nothing_is_named(run: Run) -> None:
    assert run("%lake diff sales@v1").new == run("%lake log sales").commits[0].id
    assert run("%lake diff sales@v1/regions.csv").changes == ()
    assert "No file differs." in repr(run("%lake diff sales@main sales@main"))


def test_rows_are_told_with_columns(run: Run) -> None:
    run("import pandas as pd; a = pd.DataFrame({'id': [1, 2], 'x': [1.0, 2.0]})")
    run("%lake publish a --to reports/a -m one")
    run("a = pd.DataFrame({'id': [2, 3], 'x': [2.5, 3.0], 'new': ['p', 'q']})")
    run("%lake publish a --to reports/a -m two")
    diff = run("%lake diff reports@main~1/a reports@main/a --rows --key id")
    assert (diff.added, diff.removed, diff.changed) == (1, 1, 1)
    assert diff.columns_added == (("new", "VARCHAR"),)
    assert run("%lake diff reports@main~1/a --rows").changed is None
