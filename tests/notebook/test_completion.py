"""Tab in ``%lake`` and ``%%lake``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.core.completer import provisionalcompleter

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

CASES = [
    # the line up to the cursor, some of what must be offered, what must not
    ("%lake lo", {"log"}, {"ls"}),
    ("%lake ", {"log", "publish", "sql", "lineage"}, set()),
    ("x = %lake lo", {"log"}, {"ls"}),
    ("%lake log s", {"sales"}, {"regions.csv"}),
    ("%lake log ", {"sales"}, {"main"}),
    ("%lake log sales@", {"sales@main", "sales@draft", "sales@v1"}, set()),
    ("%lake log sales@m", {"sales@main"}, {"sales@v1"}),
    ("%lake ls sales/", {"sales/orders/", "sales/regions.csv"}, set()),
    (
        "%lake ls sales@v1/orders/",
        {"sales@v1/orders/2026-02.parquet"},
        {"sales@v1/orders/2026-03.parquet"},
    ),
    ("%lake log sales --g", {"--graph"}, {"--help"}),
    ("%lake publish ", {"delays"}, {"sales", "sys"}),
    ("%lake publish delays --mode ", {"append", "overwrite"}, {"delays"}),
    ("%lake publish delays --to sa", {"sales"}, set()),
    ("%lake lineage de", {"delays"}, set()),
    ("%lake lineage sa", {"sales"}, set()),
    ("%lake put he", {"here.txt"}, set()),
    ("%lake merge sales@d", {"sales@draft"}, set()),
    ("%lake sql SELECT * FROM sa", {"sales"}, set()),
    ("%lake sql SELECT * FROM sales.", {"sales.orders", "sales.regions"}, set()),
    ('%lake sql SELECT * FROM "sales@', {'"sales@main"', '"sales@v1"'}, set()),
    ('%lake sql SELECT * FROM "sales@v1".o', {'"sales@v1".orders'}, set()),
    ("%lake sql SELECT * FROM del", {"delays"}, set()),
    ("%lake sql FROM lake.", {"lake.runs", "lake.edges"}, set()),
    ("%%lake sql\nSELECT *\nFROM sales.or", {"sales.orders"}, set()),
    ("%lake sql FROM sales.orders WHERE am", {"amount"}, {"region"}),
    ("%lake sql FROM sales.orders AS o WHERE o.r", {"o.region"}, {"o.amount"}),
    ("%lake nosuch ", set(), {"log"}),
]


@pytest.mark.parametrize(("text", "offered", "kept"), CASES, ids=[case[0] for case in CASES])
def test_tab_offers_what_could_stand_there(
    text: str, offered: set[str], kept: set[str], shared_shell: InteractiveShell
) -> None:
    shared_shell.run_cell("import sys\nimport pyarrow as pa\ndelays = pa.table({'a': [1]})")
    found = _completed(shared_shell, text)
    assert {_whole(text, item) for item in offered} <= found
    assert not {_whole(text, item) for item in kept} & found


def _completed(shell: InteractiveShell, text: str) -> set[str]:
    """Return the cell as each completion would leave it."""
    with provisionalcompleter():
        completions = list(shell.Completer.completions(text, len(text)))
    return {text[: item.start] + item.text + text[item.end :] for item in completions}


def _whole(text: str, item: str) -> str:
    """Return the cell with its last word replaced by a candidate."""
    head = text[: len(text) - len(text.rsplit(" ", maxsplit=1)[-1])]
    return head + item


def test_elsewhere_completion_is_as_ever(shared_shell: InteractiveShell) -> None:
    shared_shell.run_cell("quantity = 1")
    assert "quantity" in _completed(shared_shell, "quant")
    assert not {text for text in _completed(shared_shell, "lo") if text == "log"}


def test_no_lake_is_no_error(empty_shell: InteractiveShell) -> None:
    assert "%lake log sales" not in _completed(empty_shell, "%lake log s")


def test_looking_for_candidates_is_no_read(shared_shell: InteractiveShell) -> None:
    from jupyter_lake import access

    events: list[object] = []
    unsubscribe = access.subscribe(events.append)
    _completed(shared_shell, "%lake ls sales/")
    unsubscribe()
    assert events == []


def test_columns_are_those_of_tables_named_below_the_cursor(
    shared_shell: InteractiveShell,
) -> None:
    text = "%%lake sql\nSELECT o.am\nFROM sales.orders AS o"
    cursor = text.index("\nFROM")
    with provisionalcompleter():
        found = {item.text for item in shared_shell.Completer.completions(text, cursor)}
    assert found == {"o.amount"}
