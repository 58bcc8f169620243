"""The columns that folders give are those of plain DuckDB, and no row is lost to what they say."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.query.random_conditions import conditions, forms_of
from tests.query.side_by_side import compare, made
from tests.searching import examples

NULL = "__HIVE_DEFAULT_PARTITION__"
# What folders are named for, and what their column is compared with.
KINDS = {
    "numbers": (
        ["0", "7", "-3", "10", "9223372036854775807", "-9223372036854775808"],
        ["7", "-3.5", "'10'", "9.99", "9223372036854775807", "9223372036854775808"],
    ),
    "nearly numbers": (
        ["7", "-0", "007", "+1", "1.5", "1e3", "9223372036854775808", "١"],
        ["7", "'007'", "'1.5'", "1000", "'+1'"],
    ),
    "days": (
        ["2026-01-05", "2026-1-6", "1999-12-31", "0001-01-01", "9999-12-31"],
        ["'2026-01-05'", "DATE '2026-1-6'", "'2026-01-06'", "TIMESTAMP '2026-01-05 12:00'"],
    ),
    "nearly days": (
        ["2026-01-05", "2026-02-30", "2026-13-01", "20260105", "2026-01-05 25:00"],
        ["'2026-01-05'", "DATE '2026-01-05'", "'2026'"],
    ),
    "moments": (
        ["2026-01-05 06:00:00", "2026-01-05T07:00", "2026-1-5 08:00:00.5", "2026-01-05 06:00:00Z",
         "2026-01-05T06:00:00.1234567", "2026-01-05 08:00:00+02:30"],
        ["'2026-01-05'", "TIMESTAMP '2026-01-05 07:00:00'", "DATE '2026-01-06'"],
    ),
    "texts": (
        ["a", "A", "ä", "z", "a b", "a%20b", "%41", "%", "it's", "true", NULL, "+"],
        ["'a'", "'A'", "'a b'", "'%41'", "'it''s'", "true"],
    ),
}  # fmt: skip
FORMS = forms_of("part")


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Return the values that folders are named for, and conditions on their column."""
    values, constants = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    anything = st.sampled_from([*values, *values, *values, NULL, "a", "7"])
    parts = draw(st.lists(anything, min_size=2, max_size=4))
    return parts, draw(st.lists(conditions(constants, FORMS), min_size=3, max_size=6))


def write(number: int, path: Path) -> None:
    pq.write_table(pa.table({"n": [number, number + 10], "c": ["x", "y"]}), path)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
@example(case=(["2026-01-05 06:00:00Z", "2026-01-06 06:00:00Z"], ["part > '2026-01-06'"]))
def test_a_filter_finds_what_plain_duckdb_finds(case: tuple[list[str], list[str]]) -> None:
    parts, asked = case
    with tempfile.TemporaryDirectory() as folder:
        both = made(Path(folder), range(len(parts)), write, parts=parts)
        statements = [f"FROM r.t WHERE {condition}" for condition in ("true", *asked)]
        compare(*both, "TimeZone = 'Asia/Kolkata'", statements)
