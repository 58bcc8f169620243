"""No row is lost to what the manifest says of files, whatever the data and the condition."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_lake.query import Session
from jupyter_lake.query.pruning import pruned
from tests.query.random_conditions import STATEMENTS, conditions
from tests.query.side_by_side import compare, made
from tests.searching import examples

DAY = datetime(2026, 1, 1)
SECOND = 10**9
NANOSECONDS = int(DAY.replace(tzinfo=UTC).timestamp()) * SECOND

TEXTS = ["", "a", "A", "b", "ä", "z" * 64, "z" * 70, "10", "9", "STRASSE", "straße", "\U0001f600"]
DATES = ["2026-01-05", "2026-1-5", "2026-01-05 06:00:00", "2026-01-06"]
LARGE = [2**53 + 1, 2**63 - 1]
FLOATS = [0.0, -0.0, 0.1, 1.5, -2.0, float("nan"), float("inf"), 5e-324, 1e308]

# For each kind of column: its type, values of a file, and constants to compare them with, by lines.
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[object], str]] = {
    "integer": (
        pa.int64(),
        st.integers(-5, 30) | st.sampled_from(LARGE),
        """
        0
        5
        -1
        7.5
        '12'
        1e1
        9223372036854775808
        12::DOUBLE
        '7.0'
        true
        """,
    ),
    "unsigned": (
        pa.uint64(),
        st.sampled_from([0, 7, 2**63, 2**64 - 1]),
        """
        7
        9223372036854775808
        18446744073709551615
        -1
        1e19
        """,
    ),
    "double": (
        pa.float64(),
        st.sampled_from(FLOATS),
        """
        0
        -0.0
        0.1
        1.5
        'nan'::DOUBLE
        'inf'::DOUBLE
        -1
        '0.1'
        1e400
        """,
    ),
    "single": (
        pa.float32(),
        st.sampled_from(FLOATS[:7]),
        """
        0.1
        0.10000000149011612
        0.1::FLOAT
        1.5
        -2
        'nan'::FLOAT
        """,
    ),
    "decimal": (
        pa.decimal128(9, 2),
        st.integers(-300, 300).map(lambda number: Decimal(number) / 100),
        """
        0
        1.5
        -1.25
        1.251
        '1.25'
        1.25::DOUBLE
        2.5e-1
        """,
    ),
    "long decimal": (
        pa.decimal128(38, 20),
        st.sampled_from(["0", "0.1", "0.10000000000000000001", "123456789012345678", "-1"]).map(
            Decimal
        ),
        """
        0
        0.1
        0.1000000000000000000000000001
        123456789012345677.9
        -1.0
        """,
    ),
    "wide decimal": (
        pa.decimal256(50, 2),
        st.sampled_from(["0", "0.1", "-1", "12345678901234567890.25"]).map(Decimal),
        """
        0
        0.1
        12345678901234567891
        -1.0
        """,
    ),
    "half": (
        pa.float16(),
        st.sampled_from(FLOATS[:7]),
        """
        0.1
        0.0999755859375
        1.5
        -2
        """,
    ),
    "byte": (
        pa.int8(),
        st.integers(-128, 127),
        """
        0
        -128.5
        1000
        99.999
        '100'
        """,
    ),
    "milliseconds": (
        pa.timestamp("ms"),
        st.integers(0, 200).map(lambda number: DAY + timedelta(hours=number, milliseconds=number)),
        """
        '2026-01-05'
        '2026-01-05 06:00:00.1024'
        TIMESTAMP '2026-01-05 06:00:00.102'
        TIMESTAMP_MS '2026-01-05 06:00:00.102'
        DATE '2026-01-05'
        """,
    ),
    "word": (
        pa.dictionary(pa.int32(), pa.string()),
        st.sampled_from(TEXTS),
        """
        'a'
        'b'
        'zzzz'
        """,
    ),
    "bytes": (
        pa.binary(),
        st.sampled_from([b"", b"a", b"\xff\x00"]),
        """
        'a'
        'a'::BLOB
        '\\xFF\\x00'::BLOB
        """,
    ),
    "nothing": (
        pa.null(),
        st.none(),
        """
        1
        'a'
        """,
    ),
    "text": (
        pa.string(),
        st.sampled_from([*TEXTS, *DATES]),
        """
        'a'
        'A'
        ''
        'b' COLLATE NOCASE
        'ä'
        'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'
        10
        'a' || 'b'
        """,
    ),
    "day": (
        pa.date32(),
        st.integers(0, 20).map(lambda number: date(2026, 1, 1 + number)),
        """
        '2026-01-05'
        '2026-1-5'
        DATE '2026-01-05'
        TIMESTAMP '2026-01-05 12:00:00'
        'infinity'
        DATE '2026-01-05' + 1
        TIMESTAMPTZ '2026-01-05 00:00:00+05'
        """,
    ),
    "moment": (
        pa.timestamp("us"),
        st.integers(0, 200).map(lambda number: DAY + timedelta(hours=number)),
        """
        '2026-01-05'
        DATE '2026-01-05'
        '2026-01-05 06:00:00'
        '2026-01-05T06:00:00'
        '2026-01-05 06:00:00+03'
        TIMESTAMPTZ '2026-01-05 06:00:00+03'
        TIMESTAMP '2026-01-05 06:00:00+03'
        '2026-01-05 06:00:00.000001'
        """,
    ),
    "zoned": (
        pa.timestamp("us", tz="UTC"),
        st.integers(0, 200).map(lambda number: DAY.replace(tzinfo=UTC) + timedelta(hours=number)),
        """
        '2026-01-05'
        DATE '2026-01-05'
        '2026-01-05 06:00:00'
        '2026-01-05 06:00:00+03'
        TIMESTAMP '2026-01-05 06:00:00'
        TIMESTAMPTZ '2026-01-05 06:00:00-08'
        """,
    ),
    "nanosecond": (
        pa.timestamp("ns"),
        st.integers(0, 4000).map(lambda number: NANOSECONDS + number),
        """
        '2026-01-01'
        '2026-01-01 00:00:00.000000002'
        '2026-01-01 00:00:00.000001'
        '2026-01-01 00:00:00.000002001'
        TIMESTAMP '2026-01-01 00:00:00.000003'
        """,
    ),
    "flag": (
        pa.bool_(),
        st.booleans(),
        """
        true
        false
        1
        't'
        0
        """,
    ),
}


def by_pyarrow(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=2)


def by_pyarrow_for_old_readers(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, version="1.0", use_deprecated_int96_timestamps=True)


def by_polars(table: pa.Table, path: Path) -> None:
    frame = pl.DataFrame(table)
    frame.write_parquet(path, row_group_size=2)


def by_duckdb(table: pa.Table, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.from_arrow(table).write_parquet(str(path))


WRITERS: list[Callable[[pa.Table, Path], None]] = [
    *(by_pyarrow, by_pyarrow, by_pyarrow_for_old_readers, by_polars, by_duckdb)
]
# What not everybody can write.
ONLY_PYARROW = (pa.decimal256(50, 2), pa.float16(), pa.null())


@dataclass
class Case:
    """A column's type, its values file by file, statements that ask for some rows, and a writer."""

    kind: pa.DataType
    files: list[list[object]]
    asked: list[str]
    write: Callable[[pa.Table, Path], None] = by_pyarrow


@st.composite
def cases(draw: st.DrawFn) -> Case:
    kind, values, constants = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    listed = [line.strip() for line in constants.strip().splitlines()]
    file = st.lists(st.none() | values, min_size=1, max_size=3)
    files = draw(st.lists(file, min_size=2, max_size=4))
    statement = st.builds(str.format, st.sampled_from(STATEMENTS), conditions(listed))
    write = by_pyarrow if kind in ONLY_PYARROW else draw(st.sampled_from(WRITERS))
    return Case(kind, files, draw(st.lists(statement, min_size=4, max_size=8)), write)


@pytest.mark.parametrize(
    "setting", ["TimeZone = 'America/New_York'", "default_collation = 'NOCASE'"]
)
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
@example(
    case=Case(
        pa.timestamp("ns"),
        [[NANOSECONDS + 1], [NANOSECONDS + 2001]],
        [
            f"SELECT part, n, c FROM r.t WHERE {condition}"
            for condition in (
                "c > '2026-01-01'",
                "c < '2026-01-01 00:00:00.000002002'",
                "c = '2026-01-01'",
            )
        ],
    )
)
@example(
    case=Case(
        pa.float64(),
        [[0.0, float("nan")], [-0.0], [2.0]],
        [f"SELECT part, n, c FROM r.t WHERE {it}" for it in ("c > 1", "c >= 9", "c = 0")],
    )
)
@example(
    case=Case(
        pa.int64(),
        [[1, 2], [3]],
        ["SELECT t.part, i.range AS n, t.c FROM range(3) i POSITIONAL JOIN r.t WHERE t.c = 3"],
    )
)
def test_a_filter_finds_what_plain_duckdb_finds(setting: str, case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(*_made(Path(folder), case), setting, case.asked)


def _made(folder: Path, case: Case) -> tuple[Session, duckdb.DuckDBPyConnection]:
    def write(values: list[object], path: Path) -> None:
        table = pa.table({"n": list(range(len(values))), "c": pa.array(values, case.kind)})
        case.write(table, path)

    return made(folder, case.files, write)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session, plain = _made(tmp_path, Case(pa.int64(), [[1, 2], [3, 4], [None, 9]], []))
    yield session
    plain.close()


def test_a_macros_parameter_goes_before_a_column(session: Session) -> None:
    session.sql("CREATE MACRO all_if(c) AS TABLE SELECT n FROM r.t WHERE c = 3")
    assert len(session.sql("FROM all_if(3)")) == 6
    assert len(session.sql("FROM all_if(4)")) == 0


def test_conditions_do_leave_out_files(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []

    def watched(*given: object) -> object:
        dataset = pruned(*given)  # type: ignore[arg-type]
        kept.append(len(dataset.files))
        return dataset

    monkeypatch.setattr("jupyter_lake.query.plan.pruned", watched)
    for condition in ("c = 3", "c < 3 AND n >= 0", "part = 1", "c IN (1, 2)", "c + 0 = 3"):
        session.sql(f"FROM r.t WHERE {condition}")
    assert kept == [1, 1, 1, 1, 3]
