"""``%lake reproduce``: from a published table back to its cells, and to the table again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]


def _publish(run: Run) -> None:
    run("%load_ext jupyter_lake")
    run("%lake sql late << SELECT region, amount FROM sales.orders")
    run("unrelated = 1")
    run("totals = late.df().groupby('region', as_index=False)['amount'].sum()")
    run("%lake publish totals --to reports/totals -m Totals")


def test_just_the_cells_that_made_it(run: Run, tmp_path: Path) -> None:
    _publish(run)
    found = run("%lake reproduce reports/totals --to again.ipynb")
    text = repr(found)
    assert "came from 3 cells" in text
    assert "unrelated" not in text
    cells = json.loads((tmp_path / "again.ipynb").read_text())["cells"]
    assert "groupby" in "".join("".join(cell["source"]) for cell in cells)
    assert "reproduce reports/totals --run" in text


def test_it_comes_out_as_it_was(run: Run, shell: InteractiveShell) -> None:
    _publish(run)
    run("import pandas as pd; extra = pd.DataFrame({'region': ['west'], 'amount': [1.0]})")
    run("%lake publish extra --to sales/orders -m 'A later order' --mode append")
    found = run("%lake reproduce reports/totals --run")
    assert found.outcome.same, found.outcome
    assert found.exit_status == 0
    assert "Made again" in repr(found)
    assert len(run("%lake branches reports").names) == 2


def test_what_nobody_recorded_says_so(shell: InteractiveShell) -> None:
    error = shell.run_cell("%lake reproduce sales/orders").error_in_exec
    assert error.kind == "run-not-found"
    assert len(error.lines()) == 2
