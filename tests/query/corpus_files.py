"""The files that the corpus asks about: one folder a commit, laid out as the lake lays them out."""

from __future__ import annotations

import gzip
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

DAY = date(2026, 1, 1)

# What folders say of a column `k`: each list is a table whose type DuckDB guesses.
FOLDERS = {
    "zeros": ["007", "042", "1"],
    "months": ["01", "11", "12"],
    "signs": ["-01", "0", "10"],
    "huge": ["99999999999999999999", "1"],
    "letters": ["1", "x"],
    "halves": ["1.5", "2.25"],
    "nulls": ["1", "__HIVE_DEFAULT_PARTITION__"],
    "short_days": ["2026-1-2", "2026-01-03"],
    "no_days": ["2026-02-30"],
    "times": ["2026-01-01 10:00:00", "2026-01-02T11:30:00"],
    "escaped_times": ["2026-01-01 10%3A00%3A00", "2026-01-02 11%3A30%3A00"],
    "escaped": ["north%20east", "s%C3%B6uth%2Fx", "a%3Db", "__HIVE_DEFAULT_PARTITION__"],
    "empty": ["", "a"],
}


def write_first(root: Path) -> None:
    """Write the files of the first commit."""
    for part in (0, 1):
        _parquet(root / f"orders/part-{part}.parquet", _orders(part))
    _text(root / "customers.csv", "id,name,country\n1,Ann,DE\n2,Bob,FR\n3,Çelik,TR\n4,,DE\n")
    _text(root / "regions.tsv", "code\tregion\nDE\tEurope\nFR\tEurope\nUS\tAmericas\n")
    _text(root / "prices/2025.csv", "item,price\na,1.50\nb,2.25\n")
    _text(root / "prices/2026.csv", "item,price\na,1.75\nc,9.00\n")


def write_second(root: Path) -> None:
    """Write the files of the second commit, which holds those of the first as well."""
    write_first(root)
    _parquet(root / "orders/part-2.parquet", _orders(2))
    _lines(root / "events/a.jsonl", range(20))
    _lines(root / "events/b.jsonl", range(20, 50))
    _text(root / "settings.json", '[{"name": "x", "value": 1}, {"name": "y", "value": null}]')
    _packed(root / "packed/a.csv.gz", "k,v\n1,one\n2,two\n")
    _packed(root / "packed/b.csv.gz", "k,v\n3,three\n")
    _packed(
        root / "clicks.jsonl.gz", '{"u": 1, "at": "2026-01-01"}\n{"u": 2, "at": "2026-01-02"}\n'
    )
    for year in (2025, 2026):
        for month in (1, 2, 11):
            _parquet(root / f"trips/year={year}/month={month}/x.parquet", _trips(year, month))
    _text(root / "shops/kind=big/s.csv", "shop,size\n1,10\n2,20\n")
    _text(root / "shops/kind=small/s.csv", "shop,size\n3,1\n")
    _parquet(root / "days/day=2026-01-01/x.parquet", pa.table({"n": [1, 2]}))
    _parquet(root / "days/day=2026-01-02/x.parquet", pa.table({"n": [3]}))
    for kind, values in FOLDERS.items():
        for number, value in enumerate(values):
            _parquet(root / f"folders/{kind}/k={value}/x.parquet", pa.table({"n": [number]}))
    _parquet(root / "mixed/a.parquet", pa.table({"id": [1, 2], "old": ["x", "y"]}))
    _parquet(root / "mixed/b.parquet", pa.table({"new": [1.5], "id": [3]}))
    _parquet(root / "widening/a.parquet", pa.table({"n": pa.array([1, 2], pa.int32())}))
    _parquet(root / "widening/b.parquet", pa.table({"n": pa.array([2.5, 2**40], pa.float64())}))
    _parquet(root / "nested_mixed/a.parquet", pa.table({"id": [1]}))
    _parquet(root / "nested_mixed/b.parquet", pa.table({"id": [2], "tags": [["x", "y"]]}))
    _text(root / "mixed_csv/a.csv", "id,old\n1,x\n")
    _text(root / "mixed_csv/b.csv", "id,new\n2,2.5\n")
    _parquet(root / "twins/a.parquet", pa.table({"n": [1, 2]}))
    _parquet(root / "twins/b.parquet", pa.table({"n": [1, 2]}))
    _parquet(root / "types.parquet", _types())
    _parquet(root / "empty.parquet", pa.table({"n": pa.array([], pa.int64())}))
    _parquet(root / "größe/daten ü.parquet", pa.table({"größe": [1, 2], "a b": ["x", None]}))
    _parquet(root / "2026/it's.parquet", pa.table({"n": [7]}))
    _parquet(root / "own_name.parquet", pa.table({"filename": ["mine"], "n": [1]}))
    _parquet(root / "floats.parquet", pa.table({"f": pa.array([0.1, 0.5, None], pa.float32())}))
    root.joinpath("points.arrow").parent.mkdir(parents=True, exist_ok=True)
    feather.write_feather(_points(), root / "points.arrow", compression="zstd")
    _text(root / "notes/README.md", "# not a table\n")
    _text(root / "notes/n.csv", "n\n1\n")
    _text(root / "notes/_SUCCESS", "")
    _text(root / "odd.csv", "1;2,5;x\n3;4,5;y\n")


def _orders(part: int) -> pa.Table:
    rows = range(part * 100, part * 100 + 100)
    return pa.table(
        {
            "id": pa.array(rows, pa.int64()),
            "customer": pa.array([row % 5 for row in rows], pa.int32()),
            "amount": pa.array(
                [Decimal(row * 7 % 1000) / 100 for row in rows], pa.decimal128(10, 2)
            ),
            "weight": [row / 8 for row in rows],
            "day": [DAY + timedelta(days=row // 10) for row in rows],
            "placed": [datetime(2026, 1, 1) + timedelta(hours=row) for row in rows],
            "status": [("open", "paid", "sent", None)[row % 4] for row in rows],
            "tags": [[f"t{row % 3}"] * (row % 3) for row in rows],
        }
    )


def _trips(year: int, month: int) -> pa.Table:
    return pa.table({"trip": [year * 100 + month, year], "km": [month * 1.5, None]})


def _points() -> pa.Table:
    return pa.table({"x": [1, 2, 3], "y": [0.5, None, 1.5], "label": ["a", "b", None]})


def _types() -> pa.Table:
    moment = datetime(2026, 5, 4, 3, 2, 1, 123456)
    return pa.table(
        {
            "flag": [True, None, False],
            "tiny": pa.array([1, -1, None], pa.int8()),
            "unsigned": pa.array([1, 2**64 - 1, None], pa.uint64()),
            "single": pa.array([0.5, -1.5, None], pa.float32()),
            "double": [float("nan"), float("inf"), None],
            "price": pa.array([Decimal("1.10"), Decimal("-2.25"), None], pa.decimal128(18, 2)),
            "text": ["a", "ß", None],
            "blob": [b"\x00\xff", b"", None],
            "day": [date(1970, 1, 1), date(2400, 2, 29), None],
            "moment": pa.array([moment, datetime(1900, 1, 1), None], pa.timestamp("us")),
            "zoned": pa.array([moment, datetime(1999, 1, 1), None], pa.timestamp("us", tz="UTC")),
            "list": [[1, 2], [], None],
            "struct": [{"a": 1, "b": "x"}, {"a": None, "b": None}, None],
            "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
        }
    )


def _parquet(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _packed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _lines(path: Path, rows: range) -> None:
    lines = (
        f'{{"n": {n}, "kind": "{"ab"[n % 2]}", "who": {{"name": "u{n % 3}"}}}}\n' for n in rows
    )
    _text(path, "".join(lines))
