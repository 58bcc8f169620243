"""What a Parquet file's footer says is kept with its entry: a bound is never wrong."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_lake.store import ColumnStats, Repo
from jupyter_lake.store.footers import rows_and_stats
from jupyter_lake.store.statistics import decode_stats, encode_stats
from tests.searching import examples

VALUES = {
    "bool": [False, True],
    "int": [-(2**62), 2**62],
    "float": [-1.5, 2.25],
    "text": ["a", "ü"],
    "date": [date(1969, 1, 2), date(2026, 10, 1)],
    "moment": [datetime(2026, 1, 1, 2, 3, 4, 567891), datetime(2026, 2, 1)],
    "zoned": [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)],
    "time": [time(1, 2, 3), time(4, 5, 6)],
    "decimal": [Decimal("-1.50"), Decimal("22.75")],
}
TYPES = {
    "bool": "BOOLEAN",
    "int": "INT64",
    "float": "DOUBLE",
    "text": "String",
    "date": "Date",
    "moment": "Timestamp timeUnit=microseconds",
    "zoned": "Timestamp isAdjustedToUTC=True timeUnit=microseconds",
    "time": "Time timeUnit=microseconds",
    "decimal": "Decimal precision=4 scale=2",
}


def _parquet(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def _stats(table: pa.Table, **options: object) -> dict[str, ColumnStats]:
    _, text = rows_and_stats("a.parquet", _parquet(table, **options))
    return decode_stats(text) if text else {}


def test_every_flat_type_has_bounds(repo: Repo) -> None:
    table = pa.table({name: [least, None, greatest] for name, (least, greatest) in VALUES.items()})
    with repo.transaction() as tx:
        tx.write("table.parquet", table)
        tx.write("bytes.parquet", _parquet(table))
        tx.write("text.csv", b"a\n1\n")
    for path in ("table.parquet", "bytes.parquet"):
        entry = repo.commit().entry(path)
        assert entry.rows == 3
        assert entry.stats == {
            name: ColumnStats(least, greatest, 1, TYPES[name])
            for name, (least, greatest) in VALUES.items()
        }
    plain = repo.commit().entry("text.csv")
    assert (plain.rows, plain.stats) == (None, None)


def test_row_groups_are_joined() -> None:
    table = pa.table({"a": [5, 6, None, None, 1, 2]})
    assert _stats(table, row_group_size=2) == {"a": ColumnStats(1, 6, 2, "INT64")}
    assert _stats(pa.table({"a": pa.array([None, None], pa.int64())})) == {
        "a": ColumnStats(None, None, 2, "INT64")
    }


def test_what_has_no_safe_bound_has_none() -> None:
    table = pa.table(
        {
            "long": ["x" * 1000, "y"],
            "nested": [[1], [2]],
            "struct": [{"a": 1}, {"a": 2}],
            "bytes": [b"a", b"b"],
            "infinite": [float("inf"), 1.0],
            "wide": pa.array([1, 2], pa.decimal256(50, 2)),
        }
    )
    found = _stats(table)
    assert {*found} == {*table.column_names}
    assert all(stats.min is None and stats.max is None for stats in found.values())
    assert _stats(pa.table({"a": [1]}), write_statistics=False) == {
        "a": ColumnStats(None, None, None, "INT64")
    }
    alike = [pa.array([1]), pa.array([2])]
    for names in (["a", "a"], ["a", "A"]):
        assert _stats(pa.Table.from_arrays(alike, names)) == {}


def test_a_type_is_told_from_every_other() -> None:
    kinds = [
        pa.null(),
        *(pa.int8(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64()),
        *(pa.float16(), pa.float32(), pa.float64()),
        *(pa.decimal128(9, 2), pa.decimal128(9, 4), pa.decimal128(10, 2)),
        *(pa.string(), pa.binary(), pa.json_(), pa.uuid()),
        *(pa.date32(), pa.time32("ms"), pa.time64("us")),
        *(pa.timestamp(unit, zone) for unit in ("ms", "us", "ns") for zone in (None, "UTC")),
        *(pa.list_(pa.int64()), pa.list_(pa.string()), pa.map_(pa.string(), pa.int64())),
        *(pa.struct({"a": pa.int64()}), pa.struct({"b": pa.int64()})),
        pa.struct({"a": pa.int64(), "b": pa.int64()}),
    ]
    types = [_stats(pa.schema({"c": kind}).empty_table())["c"].type for kind in kinds]
    assert len({*types}) == len(kinds)


def test_a_type_is_the_same_whoever_wrote_it(tmp_path: Path) -> None:
    table = pa.table({name: values for name, values in VALUES.items() if name != "time"})
    duckdb.from_arrow(table).write_parquet(str(tmp_path / "duckdb"))
    pl.DataFrame(table).write_parquet(tmp_path / "polars")
    for writer in ("duckdb", "polars"):
        _, text = rows_and_stats("a.parquet", (tmp_path / writer).read_bytes())
        found = decode_stats(text or "{}")
        assert [(name, stats.type) for name, stats in found.items()] == [
            (name, TYPES[name]) for name in table.column_names
        ]


@settings(max_examples=examples(60), deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), max_size=30),
    size=st.integers(1, 7),
)
def test_no_value_lies_outside_the_bounds(values: list[int | None], size: int) -> None:
    stats = _stats(pa.table({"a": pa.array(values, pa.int64())}), row_group_size=size).get("a")
    there = [value for value in values if value is not None]
    if stats is None or stats.min is None or stats.max is None:
        assert not there
    else:
        assert (stats.min, stats.max) == (min(there), max(there))
        assert stats.nulls == values.count(None)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1 nonsense PAR1", b"a,b\n"])
def test_what_only_claims_to_be_parquet_is_kept_as_it_is(repo: Repo, data: bytes) -> None:
    with repo.transaction() as tx:
        tx.write("a.parquet", data)
    assert repo.commit().read("a.parquet") == data
    assert repo.commit().entry("a.parquet").rows is None


def test_statistics_survive_their_text() -> None:
    stats = {name: ColumnStats(*bounds, 0, TYPES[name]) for name, bounds in VALUES.items()}
    assert decode_stats(encode_stats(stats)) == stats
    assert decode_stats('{"a":[1,2,0]}') == {"a": ColumnStats(1, 2, 0)}, "without types"
