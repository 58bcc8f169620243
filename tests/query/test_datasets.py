"""What a path is as a table: which files, of what format, and which of them a filter leaves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from jupyter_lake.errors import DatasetNotFoundError
from jupyter_lake.query import Session, resolve_dataset
from jupyter_lake.query.conditions import conditions_at
from jupyter_lake.query.formats import format_of
from jupyter_lake.query.pruning import pruned
from jupyter_lake.store import Commit, Lake


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.parquet", ("parquet", "none")),
        ("B.PARQUET", ("parquet", "none")),
        ("b.csv.gz", ("csv", "gzip")),
        ("b.2026.tsv", ("tsv", "none")),
        ("b.jsonl.zst", ("jsonl", "zstd")),
        ("b.ndjson", ("jsonl", "none")),
        ("b.feather", ("arrow", "none")),
        ("a_very_long_name_of_a_file.feather.zst", ("arrow", "zstd")),
        ("csv", None),
        ("a.csv/README", None),
        ("notes.md", None),
        ("x.gz", None),
    ],
)
def test_names_tell_formats(path: str, expected: tuple[str, str] | None) -> None:
    assert format_of(path) == expected


def _commit(folder: Path, files: Sequence[str]) -> Commit:
    lake = Lake.create(str(folder / "lake"))
    with lake.create_repo("sales").transaction("main", message="x") as transaction:
        for number, path in enumerate(files):
            transaction.write(path, _parquet(number) if "parquet" in path else b"n\n1\n")
    return transaction.commit


def _parquet(number: int) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table(
        {
            "n": [number * 10, number * 10 + 9],
            "day": [date(2026, 1, 1 + number % 28)] * 2,
            "word": [f"w{number:03}", f"w{number:03}x"],
        }
    )
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


FILES = [
    "orders/2025/a.parquet",
    "orders/2026/a.parquet",
    "orders/2026/b.parquet",
    "orders/_temporary/c.parquet",
    "orders/.hidden.parquet",
    "orders/_SUCCESS",
    "shops.csv.gz",
    "twice.csv",
    "twice.parquet",
    "Case/x.parquet",
    "odd [1].csv",
    "odd [1]/x.csv",
    "dotted.v2.csv",
    "dotted.v2.1.csv.gz",
]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("orders", ["orders/2025/a.parquet", "orders/2026/a.parquet", "orders/2026/b.parquet"]),
        ("orders/2026", ["orders/2026/a.parquet", "orders/2026/b.parquet"]),
        ("orders/2026/", ["orders/2026/a.parquet", "orders/2026/b.parquet"]),
        ("orders/2026/b", ["orders/2026/b.parquet"]),
        ("orders/*/a.parquet", ["orders/2025/a.parquet", "orders/2026/a.parquet"]),
        ("orders/**/b.*", ["orders/2026/b.parquet"]),
        ("**/a.parquet", ["orders/2025/a.parquet", "orders/2026/a.parquet"]),
        ("orders/202[6-9]/a.parquet", ["orders/2026/a.parquet"]),
        ("orders/202?/b.parquet", ["orders/2026/b.parquet"]),
        ("shops", ["shops.csv.gz"]),
        ("SHOPS", ["shops.csv.gz"]),
        ("twice.csv", ["twice.csv"]),
        ("case", ["Case/x.parquet"]),
        ("odd [1].csv", ["odd [1].csv"]),
        ("odd [1]", ["odd [1]/x.csv"]),
        ("odd [[]1].csv", ["odd [1].csv"]),
        ("odd [[]?[]].csv", ["odd [1].csv"]),
        ("dotted.v2", ["dotted.v2.csv"]),
        ("dotted.v2.1", ["dotted.v2.1.csv.gz"]),
    ],
)
def test_paths_name_files(tmp_path: Path, path: str, expected: list[str]) -> None:
    dataset = resolve_dataset(_commit(tmp_path, FILES), path)
    assert [file.path for file in dataset.files] == expected


@pytest.mark.parametrize("path", ["order", "twice", "orders/*.csv", "orders/2027", "nothing/x"])
def test_what_is_not_one_table_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DatasetNotFoundError) as caught:
        resolve_dataset(_commit(tmp_path, FILES), path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("n = 25", [2]),
        ("n IN (5, 31)", [0, 3]),
        ("n >= 40", [4, 5]),
        ("n > 49 AND n < 51", [5]),
        ("39 < n AND word < 'w005'", [4]),
        ("day = '2026-01-03'", [2]),
        ("day BETWEEN DATE '2026-01-02' AND DATE '2026-01-03'", [1, 2]),
        ("word = 'w001x'", [1]),
        ("filename = 'part/03.parquet'", [3]),
        ("n = -1", [0]),
        ("n = 25 OR n = 35", [0, 1, 2, 3, 4, 5]),
        ("n + 1 = 26", [0, 1, 2, 3, 4, 5]),
        ("NOT n = 25", [0, 1, 2, 3, 4, 5]),
        ("other = 25", [0, 1, 2, 3, 4, 5]),
        ("n = '25'", [0, 1, 2, 3, 4, 5]),
        ("n = 1e1", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_files_that_cannot_match_are_left_out(
    tmp_path: Path, condition: str, kept: list[int]
) -> None:
    names = [f"part/{number:02}.parquet" for number in range(6)]
    dataset = resolve_dataset(_commit(tmp_path, names), "part")
    statement = f"SELECT * FROM sales.part WHERE {condition}"
    conditions = conditions_at(statement, [statement.index("sales")])
    assert [file.path for file in pruned(dataset, conditions).files] == [names[i] for i in kept]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sales.part LEFT JOIN x ON n = 5",
        "SELECT (SELECT n FROM x WHERE n = 5) FROM sales.part",
        "SELECT * FROM sales.part POSITIONAL JOIN x WHERE part.n = 5",
        "SELECT * FROM sales.part ASOF JOIN x USING (n) WHERE part.n = 5",
        "SELECT * FROM sales.part, x WHERE n = 5",
        "SELECT * FROM sales.part TABLESAMPLE 10% WHERE n = 5",
        "SELECT * FROM (SELECT max(n) AS n FROM sales.part) WHERE n = 5",
        "SELECT max(n) AS n FROM sales.part HAVING n = 5",
    ],
)
def test_conditions_of_something_else_leave_all_files(tmp_path: Path, statement: str) -> None:
    names = [f"part/{number:02}.parquet" for number in range(3)]
    dataset = resolve_dataset(_commit(tmp_path, names), "part")
    conditions = conditions_at(statement, [statement.index("sales")])
    assert len(pruned(dataset, conditions).files) == 3


def test_texts_that_are_compared_in_another_way_leave_all_files(tmp_path: Path) -> None:
    names = [f"part/{number:02}.parquet" for number in range(3)]
    session = Session(_commit(tmp_path, names).repo.lake)
    statement = "SELECT count(*) FROM sales.part WHERE word = 'W001X'"
    assert session.sql(statement).fetchall() == [(0,)]
    session.sql("SET default_collation = 'nocase'")
    assert session.sql(statement).fetchall() == [(1,)]


def test_many_files_are_one_table_with_their_paths(tmp_path: Path) -> None:
    names = [f"part/kind={number % 3}/it's {number:03}.parquet" for number in range(120)]
    session = Session(_commit(tmp_path, names).repo.lake)
    found = session.sql("SELECT filename, kind, n FROM sales.part WHERE n % 10 = 0 ORDER BY n")
    assert found.fetchall() == [(name, int(name[10]), i * 10) for i, name in enumerate(names)]
    assert session.sql("SELECT count(*) FROM sales.part WHERE kind = 2").fetchall() == [(80,)]


def test_what_is_missing_where_is_noted(tmp_path: Path) -> None:
    lake = Lake.create(str(tmp_path / "lake"))
    with lake.create_repo("sales").transaction("main", message="x") as transaction:
        transaction.write("mixed/a.parquet", pa.table({"id": [1], "old": [1]}))
        transaction.write("mixed/b.parquet", pa.table({"id": [2], "tags": [["x"]]}))
        transaction.write("mixed/c.parquet", pa.table({"id": [3], "old": [1]}))
    result = Session(lake).sql("FROM sales.mixed")
    assert result.columns == ["id", "old", "tags"]
    assert result.notes == [
        "old is missing in mixed/b.parquet: NULL there.",
        "tags is missing in mixed/a.parquet and 1 more: NULL there.",
    ]
    assert result.notes[0] in repr(result)


def test_a_column_named_file_index_is_the_files_own(tmp_path: Path) -> None:
    lake = Lake.create(str(tmp_path / "lake"))
    with lake.create_repo("sales").transaction("main", message="x") as transaction:
        for year in (2025, 2026):
            transaction.write(f"t/year={year}/a.parquet", pa.table({"file_index": [year * 2]}))
    found = Session(lake).sql("SELECT year, file_index, filename FROM sales.t ORDER BY year")
    assert found.fetchall() == [
        (2025, 4050, "t/year=2025/a.parquet"),
        (2026, 4052, "t/year=2026/a.parquet"),
    ]


@pytest.mark.parametrize("extension", ["csv", "csv.gz", "tsv", "json", "jsonl", "arrow"])
def test_what_is_missing_in_texts_and_arrow_files_is_noted(tmp_path: Path, extension: str) -> None:
    lake = Lake.create(str(tmp_path / "lake"))
    same = "ID" if extension in ("csv", "csv.gz", "tsv") else "id"
    tables = [pa.table({"id": [1], "old": [1]}), pa.table({same: [2], "new": [0.5]})]
    with lake.create_repo("sales").transaction("main", message="x") as transaction:
        for name, table in zip("ab", tables, strict=True):
            transaction.write(f"mixed/{name}.{extension}", _written(table, extension))
        transaction.write(f"same/a.{extension}", _written(tables[0], extension))
        transaction.write(f"same/b.{extension}", _written(tables[0], extension))
    session = Session(lake)
    result = session.sql("SELECT id, old, new FROM sales.mixed")
    assert sorted(result.fetchall()) == [(1, 1, None), (2, None, 0.5)]
    notes = [
        f"old is missing in mixed/b.{extension}: NULL there.",
        f"new is missing in mixed/a.{extension}: NULL there.",
    ]
    assert result.notes == notes
    if extension != "arrow":
        assert session.sql(f"FROM lake_read('sales/mixed/*.{extension}')").notes == notes
    assert session.sql("FROM sales.same").notes == []


def _written(table: pa.Table, extension: str) -> bytes:
    if extension == "arrow":
        sink = pa.BufferOutputStream()
        feather.write_feather(table, sink)
        return sink.getvalue().to_pybytes()
    (row,) = table.to_pylist()
    if extension.startswith("json"):
        text = json.dumps(row if extension == "jsonl" else [row])
    else:
        mark = "\t" if extension == "tsv" else ","
        text = f"{mark.join(row)}\n{mark.join(map(str, row.values()))}\n"
    return gzip.compress(text.encode()) if extension.endswith("gz") else text.encode()


def test_arrow_files_in_folders_have_the_columns_that_others_have(tmp_path: Path) -> None:
    lake = Lake.create(str(tmp_path / "lake"))
    with lake.create_repo("sales").transaction("main", message="x") as transaction:
        for month in ("01", "12"):
            for kind in ("arrow", "parquet"):
                path = f"{kind}s/year=2026/month={month}/x.{kind}"
                transaction.write(path, _written_as(kind, int(month)))
    session = Session(lake)
    for query in (
        "SELECT * FROM sales.{}",
        "SELECT n FROM sales.{} WHERE filename LIKE '%month=12%' AND year = 2026",
        "SELECT n FROM sales.{} WHERE month = '01'",
    ):
        arrow, parquet = (session.sql(query.format(f"{kind}s")) for kind in ("arrow", "parquet"))
        assert (arrow.columns, arrow.types) == (parquet.columns, parquet.types)
        assert sorted(arrow.fetchall()) == sorted(parquet.fetchall())
    found = session.sql("SELECT filename FROM sales.arrows ORDER BY 1").fetchall()
    assert found == [(f"arrows/year=2026/month={month}/x.arrow",) for month in ("01", "12")]


def _written_as(kind: str, number: int) -> bytes:
    table = pa.table({"n": [number]})
    if kind == "arrow":
        return _written(table, kind)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()
