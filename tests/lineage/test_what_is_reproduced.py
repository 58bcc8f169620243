"""Of notebooks as people write them, the cells that made a dataset, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

import jupyter_lake
from jupyter_lake.lineage import reproduce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_lake.lake import Lake
    from jupyter_lake.lineage import Reproduction
    from tests.lineage.conftest import Notebook

READ = (
    "%%lake sql t <<\nSELECT region, sum(amount) AS amount FROM sales.orders GROUP BY 1 ORDER BY 1"
)
FRAME = "f = t.df()"
PUBLISH = "%lake publish f --to reports/out -m 'October'"


class Play(Protocol):
    """Runs cells and asks how a dataset was made."""

    def __call__(self, *cells: str, target: str = "reports/out") -> Reproduction: ...


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake that cells can query, with a first report in it."""
    import pyarrow as pa

    lake = jupyter_lake.open(str(tmp_path / "lake"), create=True)
    with lake.create_repo("reports").transaction("main", message="begin") as tx:
        tx.write("readme.txt", b"reports")
    with lake.create_repo("sales").transaction("main", message="raw") as tx:
        tx.write("orders/1.parquet", pa.table({"region": ["n", "s", "n"], "amount": [1, 2, 3]}))
    return lake


@pytest.fixture
def play(
    open_notebook: Callable[..., Notebook],
    lake: Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Play]:
    """A notebook with the extension; a cell is ``source``, or ``id: source`` to run it again."""
    monkeypatch.setenv("JUPYTER_LAKE_URL", lake.url)
    monkeypatch.setenv("JUPYTER_LAKE_NOTEBOOK", str(tmp_path / "totals.ipynb"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    notebook = open_notebook()
    notebook.recorder.stop()
    notebook.ok("%load_ext jupyter_lake")
    notebook.ok("%lake")

    def play(*cells: str, target: str = "reports/out") -> Reproduction:
        for cell in cells:
            cell_id, found, source = cell.partition(": ")
            again = bool(found) and len(cell_id) == 1
            notebook.ok(source if again else cell, cell_id if again else None)
        return reproduce(lake, target)

    yield play
    notebook.ok("%unload_ext jupyter_lake")


def lines_of(found: Reproduction) -> list[str]:
    return [source.splitlines()[0] for source in found.sources[1:]]


def test_a_function_may_use_what_a_later_cell_makes(play: Play) -> None:
    found = play(
        "def clean(d):\n    return d.assign(x=d.amount * factor)",
        "factor = 3",
        READ,
        "f = clean(t.df())",
        PUBLISH,
    )
    assert found.obstacles == ()
    assert lines_of(found)[:2] == ["def clean(d):", "factor = 3"]


def test_of_a_cell_that_was_edited_and_run_again_what_counted_is_there(play: Play) -> None:
    found = play(
        "A: factor = 2",
        READ,
        "A: factor = 7",
        "C: f = t.df(); f['x'] = f.amount * factor",
        PUBLISH,
        "A: factor = 9",
    )
    assert lines_of(found)[1:3] == ["factor = 7", "f = t.df(); f['x'] = f.amount * factor"]
    assert found.obstacles == ()


def test_outputs_are_named_by_their_new_numbers(play: Play) -> None:
    found = play("unrelated = 1", READ, "t.df()", "f = Out[5]; g = _5", PUBLISH)
    assert lines_of(found)[-2] == "f = Out[3]; g = _3"


def test_what_a_publication_was_put_upon_is_there_again(play: Play, lake: Lake) -> None:
    found = play(READ, FRAME, PUBLISH, "f = f[:1].assign(amount=0)", PUBLISH + " --key region")
    base = lake.repo("reports").commit("main~1").id
    assert f"%lake branch reports {found.branch} --from {base[:12]}" in found.sources[0]
    assert "%lake rm" not in found.sources[0]


def test_a_dataset_of_many_files_makes_room_in_one_line(play: Play, lake: Lake) -> None:
    lake.create_repo("new")
    found = play(
        READ,
        FRAME,
        "%lake publish f --to new/out -m x --partition-by region",
        target="new/out",
    )
    assert found.sources[0].count("%lake rm") == 1
    assert f"'new@{found.branch}/out'" in found.sources[0]


def test_publications_of_one_commit_are_made_together_and_come_out_the_same(
    play: Play, lake: Lake
) -> None:
    found = play(
        READ,
        FRAME,
        "%lake begin reports",
        "%lake publish f --to reports/out",
        "g = f.assign(amount=0)",
        "%lake publish g --to reports/zero",
        "unrelated = 1",
        "%lake commit -m both",
    )
    assert "unrelated = 1" not in lines_of(found)
    assert lines_of(found)[-1] == "%lake commit -m both"
    assert any(line.startswith(f"%lake begin reports@{found.branch}") for line in lines_of(found))
    assert found.obstacles == ()
    outcome = found.run(timeout=120)
    assert outcome.same, outcome


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("import numpy as np; k = np.random.rand()", "random numbers that no recorded cell seeds"),
        ("import random; random.seed(3); k = random.random()", ""),
        ("import numpy as np; k = np.random.default_rng(3).random()", ""),
        ("import datetime; k = datetime.datetime.now().day", "what time it is"),
        ("from prepare import k", "imports prepare, a module of its folder"),
        ("%run prepare.py", "runs prepare.py, a file that the lake does not keep"),
        ("from math import *; k = floor(3)", ""),
    ],
)
def test_what_may_be_another_today_is_told(
    cell: str, told: str, play: Play, tmp_path: Path
) -> None:
    (tmp_path / "prepare.py").write_text("k = 4\n")
    found = play(cell, READ, "f = t.df().assign(k=k)", PUBLISH)
    assert told in "\n".join(found.obstacles)
    assert len(found.obstacles) == bool(told), found.obstacles


def test_the_notebook_says_what_it_makes_and_what_it_reads(play: Play, lake: Lake) -> None:
    heading = play(READ, FRAME, PUBLISH).notebook()["cells"][0]["source"]  # type: ignore[index]
    version = lake.repo("reports").commit("main").short
    assert heading.startswith(f"# How reports@{version}/out was made")
    assert f"- `sales@{lake.repo('sales').commit('main').short}/orders`" in heading
