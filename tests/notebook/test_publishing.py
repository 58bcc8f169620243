"""``%lake publish``: what becomes of a variable, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_lake.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]

FRAME = "import pandas as pd\nframe = pd.DataFrame({'id': [1, 2, 3], 'kind': ['a', 'a', 'b']})"


def rows(run: Run, sql: str) -> list[tuple[object, ...]]:
    return run(f"%lake sql {sql}").fetchall()


def test_a_repo_that_is_not_there_is_made_and_said_so(run: Run) -> None:
    run(FRAME)
    published = run('%lake publish frame --to reports/kinds -m "First"')
    assert published.new_repo == "reports"
    assert "The repo reports is new." in repr(published)
    assert [repo.name for repo in run("%lake repos").repos] == ["reports", "sales"]


def test_nothing_is_made_when_the_variable_is_no_good(run: Run, shell: InteractiveShell) -> None:
    run("answer = 42")
    assert not shell.run_cell("%lake publish answer --to reports/a -m x").success
    assert not shell.run_cell("%lake publish frame --to reports/a").success
    assert [repo.name for repo in run("%lake repos").repos] == ["sales"]


def test_it_tells_rows_and_columns_against_the_commit_before(run: Run) -> None:
    run(FRAME)
    run('%lake publish frame --to reports/kinds -m "First"')
    run("frame = frame.head(2).assign(late=0.5).drop(columns='kind')")
    published = run('%lake publish frame --to reports/kinds -m "Second"')
    assert (published.before.rows, published.after.rows) == (3, 2)
    text = repr(published)
    assert "2, -1 (before: 3)" in text
    assert "+ late DOUBLE" in text
    assert "− kind VARCHAR" in text
    assert "Take it back: %lake undo reports@main" in text
    assert rows(run, "SELECT count(*) FROM reports.kinds") == [(2,)]
    assert rows(run, 'SELECT count(*) FROM "reports@main~1".kinds') == [(3,)]


def test_the_same_again_is_no_commit(run: Run) -> None:
    run(FRAME)
    run('%lake publish frame --to reports/kinds -m "First"')
    again = run('%lake publish frame --to reports/kinds -m "Again"')
    assert again.commit is None
    assert "nothing to commit" in repr(again)
    assert len(run("%lake log reports").commits) == 1


def test_append_adds_rows_and_keeps_those_that_are_there(run: Run) -> None:
    run(FRAME)
    for message in ("First", "Second"):
        run(f"%lake publish frame --to reports/kinds -m {message} --mode append")
    assert rows(run, "SELECT count(*), count(DISTINCT id) FROM reports.kinds") == [(6, 3)]


def test_append_with_a_key_replaces_the_rows_of_that_key(run: Run) -> None:
    run(FRAME)
    run("%lake publish frame --to reports/kinds -m First")
    run("more = pd.DataFrame({'id': [3, 4], 'kind': ['c', 'd']})")
    told = run("%lake publish more --to reports/kinds -m Second --mode append --key id")
    assert told.by_key == "+1 added, -0 removed, ~1 changed"
    assert rows(run, "FROM reports.kinds ORDER BY id") == [(1, "a"), (2, "a"), (3, "c"), (4, "d")]


def test_partitions_become_folders_and_columns_again(run: Run) -> None:
    run(FRAME)
    run("%lake publish frame --to reports/kinds -m First --partition-by kind")
    assert [item.name for item in run("%lake ls reports/kinds").items] == ["kind=a", "kind=b"]
    assert rows(run, "SELECT kind, sum(id) FROM reports.kinds GROUP BY 1 ORDER BY 1") == [
        ("a", 3),
        ("b", 3),
    ]


def test_an_index_is_kept_where_it_has_a_name(run: Run) -> None:
    run(FRAME)
    run("by_kind = frame.groupby('kind').sum(); some = frame[frame['id'] > 1]")
    run("%lake publish by_kind --to reports/by_kind -m x")
    run("%lake publish some --to reports/some -m x")
    assert rows(run, "SELECT kind, id FROM reports.by_kind ORDER BY 1") == [("a", 3), ("b", 3)]
    assert run("%lake sql FROM reports.some").columns == ["id", "kind"]


@pytest.mark.parametrize(
    "made",
    [
        "import polars as pl; thing = pl.DataFrame({'id': [1, 2]})",
        "import polars as pl; thing = pl.LazyFrame({'id': [1, 2]})",
        "import polars as pl; thing = pl.Series('id', [1, 2])",
        "import pandas as pd; thing = pd.Series([1, 2], name='id')",
        "import pyarrow as pa; thing = pa.table({'id': [1, 2]})",
        "thing = %lake sql SELECT unnest([1, 2]) AS id",
        "thing = [{'id': 1}, {'id': 2}]",
        "thing = {'id': [1, 2]}",
    ],
)
def test_all_that_is_a_table_can_be_published(run: Run, made: str) -> None:
    run(made)
    run("%lake publish thing --to reports/things -m x")
    assert rows(run, "SELECT id FROM reports.things ORDER BY 1") == [(1,), (2,)]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "tsv", "json", "jsonl", "arrow"])
def test_a_suffix_says_in_what_form(run: Run, suffix: str) -> None:
    run(FRAME)
    run(f"%lake publish frame --to reports/kinds.{suffix} -m x")
    assert rows(run, f'SELECT id, kind FROM reports."kinds.{suffix}" ORDER BY id') == [
        (1, "a"),
        (2, "a"),
        (3, "b"),
    ]


def test_what_is_no_table_goes_as_it_is(run: Run, shell: InteractiveShell) -> None:
    run("note = 'Grüße'; blob = b'\\x00\\x01'; settings = {'a': [1, {'b': None}]}")
    run("%lake publish note --to reports/note.md -m x")
    run("%lake publish blob --to reports/blob.bin -m x")
    run("%lake publish settings --to reports/settings.json -m x")
    run("import matplotlib; matplotlib.use('agg'); from matplotlib.figure import Figure")
    run("figure = Figure(); figure.subplots().plot([1, 2])")
    run("%lake publish figure --to reports/figure.png -m x")
    commit = shell.run_line_magic("lake", "show reports/figure.png")
    assert commit.size > 1000
    assert len(run("%lake ls reports").items) == 4


def test_a_column_of_mixed_kinds_is_named(run: Run, shell: InteractiveShell) -> None:
    run("import pandas as pd\nmixed = pd.DataFrame({'x': [1, 'a', object()]})")
    error = shell.run_cell("%lake publish mixed --to reports/mixed -m x").error_in_exec
    assert isinstance(error, InvalidInputError)
    assert "'mixed' can't be a table" in error.message
    assert "x" in error.message


@pytest.mark.parametrize(
    ("made", "flags", "told"),
    [
        ("bad = pd.DataFrame([[1, 2]], columns=['a', 'a'])", "", "Rename columns"),
        ("bad = pd.DataFrame()", "", "no columns"),
        ("bad = pd.DataFrame({'a': [[1]], 'b': [1]})", "--key a", "lists or structs"),
        ("bad = pd.DataFrame({'a': [1]})", "--partition-by a", "no data would be left"),
        ("bad = pd.DataFrame({'a': [1]})", "--partition-by b", "no such column"),
    ],
)
def test_what_can_be_no_table_is_refused_in_two_lines(
    run: Run, shell: InteractiveShell, made: str, flags: str, told: str
) -> None:
    run(f"import pandas as pd; {made}")
    error = shell.run_cell(f"%lake publish bad --to reports/bad -m x {flags}").error_in_exec
    assert isinstance(error, InvalidInputError)
    assert told in " ".join(error.lines())
    assert len(error.lines()) == 2
    assert len(run("%lake repos").repos) == 1


def test_several_publications_are_one_commit(run: Run) -> None:
    run(FRAME)
    run("%lake create reports")
    run("%lake begin reports")
    staged = run("%lake publish frame --to reports/one")
    run("%lake publish frame --to reports/two")
    assert staged.to_dict()["target"] == "reports@main"
    assert run("%lake").staged == "reports@main: 2 changes"
    committed = run('%lake commit -m "Both"')
    assert [change.path for change in committed.changes] == [
        "one/part-0.parquet",
        "two/part-0.parquet",
    ]
    assert len(run("%lake log reports").commits) == 1
    assert run("%lake show reports").commit.provenance.variable == "frame"


def test_a_rollback_leaves_the_branch_as_it_was(run: Run, shell: InteractiveShell) -> None:
    run(FRAME)
    run("%lake begin sales")
    run("%lake publish frame --to sales/extra")
    assert run("%lake rollback").done == ("publish frame to sales@main/extra",)
    assert len(run("%lake log sales").commits) == 3
    assert not shell.run_cell("%lake commit -m x").success


def test_two_who_overwrite_the_same_table_do_not_lose_work(
    run: Run, shell: InteractiveShell
) -> None:
    run(FRAME)
    run("%lake begin sales")
    run("%lake publish frame --to sales/orders.parquet")
    lake = shell.run_line_magic("lake", "status").url
    run(
        "import jupyter_lake\n"
        f"with jupyter_lake.open({lake!r}).repo('sales').transaction(message='other') as tx:\n"
        "    tx.write('orders.parquet', frame.head(1))"
    )
    error = shell.run_cell("%lake commit -m mine").error_in_exec
    assert isinstance(error, ConflictError)
    assert error.paths == ("orders.parquet",)
    assert run("%lake").staged == ""
