"""Whatever kind of column DuckDB wrote, no row of it is lost to what the manifest says."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.query.random_conditions import FORMS, STATEMENTS, conditions
from tests.query.side_by_side import compare, made
from tests.searching import examples

# For each kind, values of a file that are also what they are compared with.
KINDS = {
    "INTERVAL": """
        INTERVAL 1 DAY
        INTERVAL 24 HOURS
        INTERVAL 1 MONTH
        INTERVAL 30 DAYS
        INTERVAL 0 DAYS
    """,
    "TIME": """
        TIME '00:00:00'
        TIME '12:30:00.000001'
        TIME '23:59:59.999999'
        TIME '24:00:00'
    """,
    "TIMETZ": """
        TIMETZ '12:00:00+05'
        TIMETZ '12:00:00-05'
        TIMETZ '07:00:00+00'
    """,
    "UUID": """
        '00000000-0000-0000-0000-000000000000'
        '80000000-0000-0000-0000-000000000001'
        'ffffffff-ffff-ffff-ffff-ffffffffffff'
    """,
    "BLOB": r"""
        '\x00'::BLOB
        '\xFF\x00'::BLOB
        'a'::BLOB
        ''::BLOB
    """,
    "HUGEINT": """
        170141183460469231731687303715884105727
        -1
        9223372036854775808
    """,
    "DECIMAL(38, 4)": """
        1.5
        -1234567890123456789012345678901234.5678
        9999999999999999999999999999999999.9999
        0
    """,
    "UTINYINT": """
        0
        127
        128
        255
    """,
    "UINTEGER": """
        0
        2147483648
        4294967295
        -1
    """,
    "UBIGINT": """
        0
        9223372036854775808
        18446744073709551615
    """,
    "TINYINT": """
        -128
        0
        127
        300
    """,
    "DATE": """
        DATE '0001-01-01'
        DATE '9999-12-31'
        DATE '20000-01-01'
        DATE '0044-03-15 (BC)'
        'infinity'
        '-infinity'
    """,
    "TIMESTAMP": """
        TIMESTAMP '1969-12-31 23:59:59.999999'
        TIMESTAMP '290000-01-01'
        'infinity'
        DATE '1970-01-01'
    """,
    "TIMESTAMP_S": """
        TIMESTAMP '1969-12-31 23:59:59'
        TIMESTAMP '2026-01-01 00:00:00.5'
        TIMESTAMP_S '2026-01-01'
    """,
    "TIMESTAMPTZ": """
        TIMESTAMPTZ '2026-01-01 00:00:00+00'
        TIMESTAMPTZ '2025-12-31 20:00:00-05'
        TIMESTAMP '2026-01-01'
        DATE '2026-01-01'
        'epoch'
    """,
    "DOUBLE": """
        'nan'
        '-nan'
        '-inf'
        -0.0
        0
        4.9e-324
        9007199254740993
    """,
    "FLOAT": """
        'nan'
        16777217
        0.1
        -0.0
        3.4e38
    """,
    "BOOLEAN": """
        true
        false
        'yes'
    """,
    "VARCHAR": """
        repeat('é', 40)
        repeat('é', 40) || 'a'
        'a' || chr(0)
        chr(1114111)
        'a '
        'A'
        ''
    """,
    "ENUM('b', 'a', 'c')": """
        'a'
        'b'
        'c'
    """,
    "BIT": """
        '0101'::BIT
        '1'::BIT
    """,
    "STRUCT(c INTEGER, d VARCHAR)": """
        {'c': 1, 'd': 'x'}
        {'c': NULL, 'd': 'y'}
        {'c': 9, 'd': NULL}
    """,
    "STRUCT(part INTEGER)": """
        {'part': 1}
        {'part': 7}
    """,
    "INTEGER[]": """
        [1, 2]
        [9]
        []
    """,
}  # fmt: skip
# What a struct's fields are compared with.
FIELDS = ["c.c", "t.c.c", "r.t.c.c", "c['c']", "c.d", "c.part", "c"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[list[str]], list[str]]:
    """Return a column's type, its values file by file, and statements that ask for some rows."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    values = [line.strip() for line in KINDS[kind].strip().splitlines()]
    struct = kind.startswith("STRUCT")
    constants = [*values, "1", "7", "'x'", "0.5"] if struct else values
    asked = conditions(constants, FIELDS if struct else FORMS)
    file = st.lists(st.sampled_from([*values, "NULL"]), min_size=1, max_size=3)
    files = draw(st.lists(file, min_size=2, max_size=4))
    statement = st.builds(str.format, st.sampled_from(STATEMENTS), asked)
    return kind, files, draw(st.lists(statement, min_size=4, max_size=8))


@pytest.mark.parametrize("setting", ["TimeZone = 'Asia/Kolkata'"])
@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
@example(
    case=(
        "DECIMAL(38, 4)",
        [["1.5"], ["-1234567890123456789012345678901234.5678"]],
        ["SELECT part, n, c FROM r.t WHERE c = -1234567890123456789012345678901234.5678"],
    )
)
def test_a_filter_finds_what_plain_duckdb_finds(
    setting: str, case: tuple[str, list[list[str]], list[str]]
) -> None:
    kind, files, asked = case

    def write(values: list[str], path: Path) -> None:
        rows = ", ".join(
            f"({number}, TRY_CAST({value} AS {kind}))" for number, value in enumerate(values)
        )
        with duckdb.connect() as writer:
            writer.execute(f"COPY (FROM (VALUES {rows}) v(n, c)) TO '{path}' (FORMAT parquet)")

    with tempfile.TemporaryDirectory() as folder:
        compare(*made(Path(folder), files, write), setting, asked)
