"""A dataset whose files differ is what DuckDB makes of them when it joins them by name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.query.random_conditions import conditions
from tests.query.side_by_side import compare, made
from tests.searching import examples

TEXT, COUNT = pa.string(), pa.int64()
# Types that DuckDB knows a common one for, values of each, and what to compare them with.
FAMILIES: dict[str, tuple[list[pa.DataType], list[Any], list[str]]] = {
    "numbers": (
        [pa.int8(), pa.int32(), COUNT, pa.uint8(), pa.uint64(), pa.float32(), pa.float64()],
        [0, 1, 100, None],
        ["1", "0.5", "99.9", "'100'"],
    ),
    "decimals": (
        [pa.decimal128(9, 2), pa.decimal128(9, 4), pa.decimal128(20), pa.int32(), pa.float64()],
        [0, 1, 12, None],
        ["1", "1.00", "11.9999", "12"],
    ),
    "moments": (
        [pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("us", "UTC")],
        [0, 1, 86400, None],
        ["'1970-01-01'", "TIMESTAMP '1970-01-01 00:00:01'", "DATE '1970-01-02'"],
    ),
    "texts": (
        [TEXT, pa.large_string(), pa.dictionary(pa.int32(), TEXT), pa.null()],
        ["", "a", "b" * 70, None],
        ["'a'", "''", "'b'"],
    ),
    "structs": (
        [pa.struct(fields) for fields in ({"a": COUNT}, {"a": COUNT, "b": TEXT}, {"b": TEXT})],
        [{"a": 1, "b": "x"}, {"a": 2}, {}, None],
        ["NULL"],
    ),
    "lists": ([pa.list_(pa.int32()), pa.list_(COUNT)], [[], [1, None], None], ["[1]"]),
}
File = tuple[pa.DataType, list[Any], bool]
Case = tuple[list[File], list[str]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return files (a type, values, whether the column stands last), and conditions."""
    types, values, constants = FAMILIES[draw(st.sampled_from(sorted(FAMILIES)))]
    file = st.tuples(
        st.sampled_from(types),
        st.lists(st.sampled_from(values), min_size=1, max_size=3),
        st.booleans(),
    )
    files = draw(st.lists(file, min_size=2, max_size=3))
    return files, draw(st.lists(conditions(constants), min_size=1, max_size=4))


def write(file: File, path: Path) -> None:
    kind, values, last = file
    fitting = [None if pa.types.is_null(kind) else value for value in values]
    table = pa.table({"c": pa.array(fitting, kind), "n": list(range(len(values)))})
    pq.write_table(table.select(["n", "c"]) if last else table, path)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases())
@example(case=([(pa.int8(), [1], False), (COUNT, [2**40], False)], []))
@example(case=([(COUNT, [1], False), (pa.float64(), [float("inf")], False)], []))
@example(case=([(pa.null(), [None], False), (TEXT, ["x"], False)], []))
@example(case=([(COUNT, [1], False), (COUNT, [2], True)], ["c = 2"]))
def test_files_are_joined_by_name(case: Case) -> None:
    files, asked = case
    with tempfile.TemporaryDirectory() as folder:
        both = made(Path(folder), files, write, by_name=True)
        statements = [f"FROM r.t WHERE {condition}" for condition in ("true", *asked)]
        compare(*both, "TimeZone = 'UTC'", statements)
