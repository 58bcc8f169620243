"""What the first notebook of a person does, from loading to lineage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_lake.notebook.extension import extension_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]


def test_from_a_query_to_a_publication_and_its_lineage(run: Run, shell: InteractiveShell) -> None:
    assert [commit.subject for commit in run("%lake log sales").commits] == [
        "Orders of 2026-03",
        "Orders of 2026-02",
        "Orders of 2026-01",
    ]
    assert [item.name for item in run("%lake ls sales@main~1/orders").items] == [
        "2026-01.parquet",
        "2026-02.parquet",
    ]
    both = run(
        "%%lake sql\nSELECT (SELECT count(*) FROM sales.orders), "
        '(SELECT count(*) FROM "sales@main~2".orders)'
    )
    assert both.fetchall() == [(9, 3)]
    told = run("%%lake sql late <<\nSELECT region, amount FROM sales.orders")
    assert (told.variable, told.rows) == ("late", 9)
    run("frame = late.df()\nframe['double'] = frame['amount'] * 2")
    run("totals = frame.groupby('region', as_index=False)['double'].sum()")
    published = run('%lake publish totals --to reports/totals -m "By region"')
    assert published.new_repo == "reports"
    assert published.after.rows == 2
    head = run("%lake log sales").commits[0].id
    inputs = published.provenance.inputs
    assert [(item.repo, item.commit) for item in inputs] == [("sales", head)]
    assert published.provenance.variable == "totals"
    graph = run("%lake lineage reports/totals")
    assert {"sales", "reports"} <= {node.get("repo") for node in graph.to_dict()["nodes"]}
    assert extension_of(shell) is not None


def test_a_name_takes_the_result_and_says_so_in_one_line(run: Run, shell: InteractiveShell) -> None:
    told = run("%lake sql few << FROM sales.orders LIMIT 2")
    assert repr(told).startswith("few 2 rows × 3 columns · answered at sales@")
    assert "\n" not in repr(told)
    assert len(shell.user_ns["few"].df()) == 2


def test_variables_join_with_lake_tables(run: Run) -> None:
    run("import pandas as pd\nrates = pd.DataFrame({'region': ['north'], 'rate': [2.0]})")
    result = run("%lake sql SELECT sum(amount * rate) FROM sales.orders JOIN rates USING (region)")
    assert result.fetchall() == [(2 * (10 + 30 + 10 + 10 + 30),)]


def test_pins_hold_for_names_until_they_are_cleared(run: Run) -> None:
    count = "%lake sql SELECT count(*) FROM sales.orders"
    run("%lake use sales@v1")
    assert run(count).fetchall() == [(5,)]
    assert run("%lake log sales").commits[0].subject == "Orders of 2026-02"
    assert "sales@v1" in repr(run("%lake"))
    run("%lake use sales@main~2")
    assert run(count).fetchall() == [(3,)]
    run("%lake use --clear")
    assert run(count).fetchall() == [(9,)]


def test_a_line_takes_variables_but_leaves_times_alone(run: Run) -> None:
    run("repo = 'sales'; n = 1")
    assert len(run("%lake log {repo} -n $n").commits) == 1
    assert run("%lake ls {repo}@main@{2030-01-02}").commit == run("%lake ls sales").commit


def test_answers_are_json_for_programs(run: Run) -> None:
    for cell in (
        "%lake",
        "%lake repos",
        "%lake log sales",
        "%lake ls sales",
        "%lake branches sales",
    ):
        assert json.dumps(run(cell).to_dict()), cell


def test_a_pin_to_main_and_steps_stays_when_main_moves(run: Run) -> None:
    run("%lake use sales@main~1")
    run("rows = [{'a': 1}]")
    run("%lake publish rows --to sales@main/extra -m x")
    assert run("%lake sql SELECT count(*) FROM sales.orders").fetchall() == [(5,)]


def test_a_lake_opened_in_python_is_recorded_into(
    run: Run, shell: InteractiveShell, tmp_path: Path
) -> None:
    run("import jupyter_lake")
    run(f"lake = jupyter_lake.open({str(tmp_path / 'lake')!r})")
    run("result = lake.sql('SELECT count(*) FROM sales.orders').fetchall()")
    extension = extension_of(shell)
    assert extension is not None
    assert extension.workspace.recorder is not None
    assert extension.workspace.recorder.flush()
    assert run("lake.sql('SELECT count(*) FROM lake.reads').fetchall()") == [(1,)]
