"""The rows that differ between two commits, with a key and without."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_lake.errors import DatasetNotFoundError, InvalidInputError
from jupyter_lake.query import RowDiff, row_diff
from jupyter_lake.store import Lake, Repo, Transaction
from tests.query.remote_files import counted
from tests.searching import examples

Rows = Sequence[dict[str, Any]]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Lake.create(str(tmp_path / "lake")).create_repo("sales")


def _write(repo: Repo, **files: Any) -> str:
    """Make a commit that holds just these files: names with ``__`` for a slash."""
    with repo.transaction("main", message="state") as tx:
        _empty(repo, tx)
        tx.write("always.txt", str(files).encode())
        for name, content in files.items():
            folder, _, base = name.partition("__")
            kind = "csv" if isinstance(content, bytes) else "parquet"
            tx.write(f"{folder}/{base}.{kind}", content)
    assert tx.commit is not None
    return tx.commit.id


def _empty(repo: Repo, tx: Transaction) -> None:
    if any(branch.name == "main" for branch in repo.branches()):
        for entry in repo.commit().entries():
            tx.delete(entry.path)


def _table(rows: Rows, **types: pa.DataType) -> pa.Table:
    table = pa.Table.from_pylist(list(rows))
    for name, kind in types.items():
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].cast(kind))
    return table


BEFORE = [
    {"id": 1, "who": "ann", "sum": 5.0},
    {"id": 2, "who": "bob", "sum": None},
    {"id": 3, "who": "eve", "sum": 7.0},
]
AFTER = [
    {"id": 1, "who": "ann", "sum": 5.0},
    {"id": 2, "who": "bob", "sum": 6.5},
    {"id": 4, "who": "dan", "sum": 1.0},
]


def test_with_a_key(repo: Repo) -> None:
    a, b = _write(repo, orders__1=_table(BEFORE)), _write(repo, orders__1=_table(AFTER))
    found = row_diff(repo, a, b, "orders", key=["id"])
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    assert found.added_rows == ((4, "dan", 1.0),)
    assert found.removed_rows == ((3, "eve", 7.0),)
    assert [(row.key, dict(row.values)) for row in found.changed_rows] == [
        ((2,), {"sum": (None, 6.5)})
    ]
    assert found.changed_columns == {"sum": 1}
    assert (found.old_rows, found.new_rows) == (3, 3)


def test_without_a_key_rows_are_counted(repo: Repo) -> None:
    a = _write(repo, orders__1=_table([*BEFORE, BEFORE[0]]))
    b = _write(repo, orders__1=_table([*AFTER, AFTER[2]]))
    found = row_diff(repo, a, b, "orders")
    assert (found.added, found.removed, found.changed) == (3, 3, None)
    assert found.added_rows == ((2, "bob", 6.5), (4, "dan", 1.0))


def test_columns_that_came_went_and_changed_their_type(repo: Repo) -> None:
    a = _write(repo, orders__1=_table([{"id": 1, "old": "x", "n": 1, "t": 7}]))
    b = _write(repo, orders__1=_table([{"id": 1, "new": True, "n": 1.0, "t": "7"}]))
    found = row_diff(repo, a, b, "orders", key=["id"])
    assert found.columns_added == (("new", "BOOLEAN"),)
    assert found.columns_removed == (("old", "VARCHAR"),)
    assert found.columns_retyped == (("n", "BIGINT", "DOUBLE"), ("t", "BIGINT", "VARCHAR"))
    assert (found.added, found.removed, found.changed) == (0, 0, 0)
    assert found


def test_rows_that_moved_to_another_file_are_the_same(repo: Repo) -> None:
    a = _write(repo, orders__1=_table(BEFORE))
    b = _write(repo, orders__1=_table(BEFORE[:1]), orders__2=_table(BEFORE[1:]))
    found = row_diff(repo, a, b, "orders")
    assert not found
    assert found.summary == "no row differs"


def test_a_table_that_is_new_or_gone(repo: Repo) -> None:
    a, b = _write(repo, other__1=_table(BEFORE)), _write(repo, orders__1=_table(BEFORE))
    there = row_diff(repo, a, b, "orders")
    assert (there.added, there.removed, there.old_rows) == (3, 0, 0)
    assert [name for name, _ in there.columns_added] == ["id", "who", "sum"]
    gone = row_diff(repo, b, a, "orders")
    assert (gone.added, gone.removed) == (0, 3)
    with pytest.raises(DatasetNotFoundError):
        row_diff(repo, a, b, "nothing")


def test_from_csv_to_parquet(repo: Repo) -> None:
    a = _write(repo, orders__1=b"id,who,sum\n1,ann,5.0\n2,bob,\n3,eve,7.0\n")
    b = _write(repo, orders__1=_table(AFTER))
    found = row_diff(repo, a, b, "orders", key=["id"])
    assert (found.added, found.removed, found.changed) == (1, 1, 1)


def test_null_and_nan_equal_themselves(repo: Repo) -> None:
    rows = [{"id": None, "x": float("nan")}, {"id": 1, "x": None}]
    a = _write(repo, orders__1=_table(rows))
    b = _write(repo, orders__1=_table([*rows, {"id": 2, "x": 0.0}]))
    for key in (None, ["id"]):
        found = row_diff(repo, a, b, "orders", key=key)
        assert (found.added, found.removed, found.changed or 0) == (1, 0, 0)


def test_a_key_that_is_none(repo: Repo) -> None:
    a = _write(repo, orders__1=_table(BEFORE))
    twice = [*AFTER, {"id": 4, "who": "fay", "sum": 2.0}]
    b = _write(repo, orders__1=_table(twice))
    with pytest.raises(InvalidInputError, match="'idd' is no column") as caught:
        row_diff(repo, a, b, "orders", key=["idd"])
    assert "'id'" in caught.value.hint
    with pytest.raises(InvalidInputError, match="several have id = 4"):
        row_diff(repo, a, b, "orders", key=["id"])
    found = row_diff(repo, a, b, "orders", key=["id", "who"])
    assert (found.added, found.removed, found.changed) == (2, 1, 1)


def test_what_it_looks_like(repo: Repo) -> None:
    a, b = _write(repo, orders__1=_table(BEFORE)), _write(repo, orders__1=_table(AFTER))
    found = row_diff(repo, a, b, "orders", key=["id"])
    assert repr(found) == (
        f"sales/orders from {a[:8]} to {b[:8]}: +1 added, -1 removed, ~1 changed\n"
        "~ sum differs in 1 row\n"
        "+ id=4, who=dan, sum=1.0\n"
        "- id=3, who=eve, sum=7.0\n"
        "~ id=2  sum: null → 6.5"
    )
    assert "sum: null → 6.5" in found._repr_html_()
    assert json.loads(json.dumps(found.to_dict()))["changed_rows"] == [
        {"key": [2], "values": {"sum": [None, 6.5]}}
    ]
    many = row_diff(
        repo,
        a,
        _write(repo, orders__1=_table([{"id": i} for i in range(50, 90)])),
        "orders",
        limit=20,
    )
    assert "+ … 30 more" in repr(many)
    assert len(many.added_rows) == 20
    hostile = _write(repo, orders__1=_table([{"id": 1, "who": "<script>", "sum": 1.0}]))
    assert "<script>" not in row_diff(repo, a, hostile, "orders")._repr_html_()


def test_hive_folders_count_as_columns(repo: Repo) -> None:
    def state(year: str) -> str:
        with repo.transaction("main", message=year) as tx:
            _empty(repo, tx)
            tx.write(f"orders/year={year}/1.parquet", _table(BEFORE))
        assert tx.commit is not None
        return tx.commit.id

    found = row_diff(repo, state("2025"), state("2026"), "orders", key=["id"])
    assert (found.added, found.removed, found.changed) == (0, 0, 3)
    assert found.changed_columns == {"year": 3}


def test_files_may_have_columns_of_their_own(repo: Repo) -> None:
    old, kept = _table([{"id": 1}]), _table([{"id": 2, "text": "x", "n": 1}])
    a = _write(repo, orders__1=old, orders__2=kept)
    b = _write(repo, orders__1=_table([{"id": "3"}]), orders__2=kept)
    found = row_diff(repo, a, b, "orders")
    assert (found.removed_rows, found.added_rows) == ((("1", None, None),), (("3", None, None),))


def test_texts_are_of_the_types_that_all_files_have(repo: Repo) -> None:
    a = _write(repo, orders__1=b"code\n1.50\n", orders__2=b"code\nx\n")
    b = _write(repo, orders__1=b"code\n1.5\n", orders__2=b"code\nx\n")
    found = row_diff(repo, a, b, "orders")
    assert (found.removed_rows, found.added_rows) == ((("1.50",),), (("1.5",),))


def test_a_key_may_be_null(repo: Repo) -> None:
    a = _write(repo, orders__1=_table([{"id": None, "x": 1}, {"id": 1, "x": 1}]))
    b = _write(repo, orders__1=_table([{"id": None, "x": 2}, {"id": 1, "x": 1}]))
    (row,) = row_diff(repo, a, b, "orders", key=["id"]).changed_rows
    assert (row.key, dict(row.values)) == ((None,), {"x": (1, 2)})
    c = _write(repo, orders__1=_table([{"id": 1, "x": 1}]))
    assert row_diff(repo, a, c, "orders", key=["id"]).removed_rows == ((None, 1),)


def test_what_is_not_a_number_stays_so(repo: Repo) -> None:
    nan = float("nan")
    a = _write(repo, orders__1=_table([{"id": 1, "x": nan, "y": [nan], "z": 1}]))
    b = _write(repo, orders__1=_table([{"id": 1, "x": nan, "y": [nan], "z": 2}]))
    (row,) = row_diff(repo, a, b, "orders", key=["id"]).changed_rows
    assert dict(row.values) == {"z": (1, 2)}


def test_columns_may_have_any_names(repo: Repo) -> None:
    names = ["__side", "now", "was", "x"]
    a = _write(repo, orders__1=_table([dict.fromkeys(names, 1)]))
    b = _write(repo, orders__1=_table([dict.fromkeys(names, 1) | {"x": 2}]))
    found = row_diff(repo, a, b, "orders", key=names[:3])
    assert (found.added, found.removed, found.changed) == (0, 0, 1)


# A file: whether it has the column `x`, and its rows.
row = st.tuples(
    st.none() | st.integers(0, 4),
    st.sampled_from(["x", "y", None]),
    st.sampled_from([0.5, float("nan"), None]),
)
state = st.lists(st.tuples(st.booleans(), st.lists(row, max_size=4)), min_size=1, max_size=3)
State = list[tuple[bool, list[tuple[object, ...]]]]
KINDS = {"a": pa.int64(), "b": pa.string(), "x": pa.float64()}


def _written(repo: Repo, state: State) -> str:
    files = {}
    for number, (full, rows) in enumerate(state):
        columns = zip(KINDS.items(), zip(*rows, strict=True) if rows else ((),) * 3, strict=True)
        arrays = {name: pa.array(list(values), kind) for (name, kind), values in columns}
        table = pa.table(arrays)
        files[f"orders__{number}"] = table if full else table.drop_columns("x")
    return _write(repo, **files)


def _counted(state: State, *, common: bool) -> Counter[tuple[object, ...]]:
    """Return how often each row is there; of `x` as its text, if both states have it."""
    return Counter(
        (a, b, str(x if full else None) if common else "")
        for full, rows in state
        for a, b, x in rows
    )


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=state, after=state, key=st.sampled_from([(), ("a",), ("b", "a")]))
def test_counts_are_those_of_multisets(
    repo: Repo, before: State, after: State, key: tuple[str, ...]
) -> None:
    common = any(full for full, _ in before) and any(full for full, _ in after)
    then, now = _counted(before, common=common), _counted(after, common=common)
    more, less = list((now - then).elements()), list((then - now).elements())
    states = _written(repo, before), _written(repo, after)
    if not key:
        found: RowDiff = row_diff(repo, *states, "orders")
        assert (found.added, found.removed) == (len(more), len(less))
        return
    there, gone = (
        [tuple(row["ab".index(name)] for name in key) for row in s] for s in (more, less)
    )
    if len({*there}) < len(there) or len({*gone}) < len(gone):
        with pytest.raises(InvalidInputError, match="apart"):
            row_diff(repo, *states, "orders", key=key)
        return
    found = row_diff(repo, *states, "orders", key=key)
    changed = len({*there} & {*gone})
    counts = (len(there) - changed, len(gone) - changed, changed)
    assert (found.added, found.removed, found.changed) == counts
    assert tuple(map(len, (found.added_rows, found.removed_rows, found.changed_rows))) == counts


@pytest.mark.s3
def test_only_files_that_differ_are_read(s3_url: str, storage_options: dict[str, object]) -> None:
    repo = Lake.create(s3_url, storage_options=storage_options).create_repo("sales")
    wide = [{"id": i, "text": str(i) * 50} for i in range(2000)]
    with repo.transaction("main", message="one") as tx:
        for part in range(20):
            tx.write(f"orders/{part}.parquet", _table([row | {"part": part} for row in wide]))
    with repo.transaction("main", message="two") as tx:
        tx.write("orders/7.parquet", _table([row | {"part": 7} for row in wide[1:]]))
    with counted() as requests:
        found = row_diff(repo, "main~1", "main", "orders", key=["part", "id"])
    assert (found.added, found.removed, found.changed) == (0, 1, 0)
    assert len(requests.objects) <= 3
