"""No row is lost to what the manifest says of files, whatever the data and the condition."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_lake.errors import QueryError
from jupyter_lake.query import Session
from jupyter_lake.query.pruning import pruned
from jupyter_lake.store import Lake
from tests.searching import examples

T = TypeVar("T")
DAY = datetime(2026, 1, 1)
SECOND = 10**9
NANOSECONDS = int(DAY.replace(tzinfo=UTC).timestamp()) * SECOND

TEXTS = ["", "a", "A", "b", "ä", "z" * 64, "z" * 70, "10", "9", "STRASSE", "straße", "\U0001f600"]
FLOATS = [0.0, -0.0, 0.1, 1.5, -2.0, float("nan"), float("inf"), 5e-324, 1e308]

# For each kind of column: its type, values of a file, and constants to compare them with, by lines.
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[object], str]] = {
    "integer": (
        pa.int64(),
        st.integers(-5, 30),
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
    "text": (
        pa.string(),
        st.sampled_from(TEXTS),
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


# The column `c` as it is, and what says of it as much as it does, less, or nothing.
FORMS = [*["c"] * 8, "t.c", "r.t.c", '"C"', "(c)", "coalesce(c, NULL)", "c::VARCHAR",
         "CASE WHEN n > 0 THEN c END", "max(c)", "(SELECT min(o.c) FROM r.t o)"]  # fmt: skip
LIKE = ["LIKE 'a%'", "NOT LIKE '%a'", "ILIKE '1%'", "LIKE ''", "GLOB '*0'", "SIMILAR TO '.'"]
# Where a condition stands: its file may go only if no row of it could have come out.
STATEMENTS = [
    *["SELECT part, n, c FROM r.t WHERE {}"] * 8,
    "FROM r.t SELECT part, n, c WHERE {} LIMIT 99",
    "SELECT part, n, c FROM (FROM r.t) t WHERE {}",
    "WITH t AS (FROM r.t WHERE {}) SELECT part, n, c FROM t UNION ALL FROM t SELECT part, n, c",
    "SELECT part, n, c FROM r.t WHERE (part, n) NOT IN (SELECT (part, n) FROM r.t WHERE {})",
    "SELECT t.part, t.n, t.c FROM r.t LEFT JOIN r.t o ON t.n = o.n AND o.part = 0 WHERE o.n = 0",
    "SELECT o.part, t.n, t.c FROM r.t o LEFT JOIN r.t ON t.n = o.n AND {} ",
    "SELECT part, count(*) AS n, any_value(c ORDER BY n) AS c FROM r.t GROUP BY part HAVING {}",
    "SELECT t.part, i.range AS n, t.c FROM range(9) i POSITIONAL JOIN r.t WHERE {}",
    "SELECT part, count(*) OVER () AS n, c FROM r.t WHERE {}",
    "SELECT part, count(*) OVER () AS n, c FROM r.t QUALIFY {}",
    "SELECT max(part) AS part, count(*) FILTER ({}) AS n, NULL AS c FROM r.t",
]


@st.composite
def conditions(
    draw: st.DrawFn, constants: list[str], forms: list[str] = FORMS, depth: int = 2
) -> str:
    """Conditions on the column `c`, some of which the manifest can answer."""
    kinds = ["compare", "compare", "in", "between", "null", "and", "or", "not", "like"]
    part, column = st.sampled_from(kinds), draw(st.sampled_from(forms))
    constant = st.sampled_from([*constants, "NULL"])
    compared = ["=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM"]
    match draw(part) if depth else "compare":
        case "in":
            values = ", ".join(draw(st.lists(constant, min_size=1, max_size=3)))
            return f"{column} {draw(st.sampled_from(['', 'NOT ']))}IN ({values})"
        case "between":
            return f"{column} BETWEEN {draw(constant)} AND {draw(constant)}"
        case "null":
            return f"{column} IS {draw(st.sampled_from(['', 'NOT ']))}NULL"
        case "like":
            return f"{column}::VARCHAR {draw(st.sampled_from(LIKE))}"
        case "not":
            return f"NOT ({draw(conditions(constants, forms, depth - 1))})"
        case "and" | "or" as word:
            sides = [draw(conditions(constants, forms, depth - 1)) for _ in range(2)]
            return f"({f' {word} '.join(sides)})"
        case _:
            sides = [column, draw(constant)]
            return f" {draw(st.sampled_from(compared))} ".join(draw(st.permutations(sides)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[pa.DataType, list[list[object]], list[str]]:
    """Return a column's type, its values file by file, and statements that ask for some rows."""
    kind, values, constants = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    listed = [line.strip() for line in constants.strip().splitlines()]
    file = st.lists(st.none() | values, min_size=1, max_size=3)
    files = draw(st.lists(file, min_size=2, max_size=4))
    statement = st.builds(str.format, st.sampled_from(STATEMENTS), conditions(listed))
    return kind, files, draw(st.lists(statement, min_size=4, max_size=8))


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
    case=(
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
    case=(
        pa.float64(),
        [[0.0, float("nan")], [-0.0], [2.0]],
        [f"SELECT part, n, c FROM r.t WHERE {it}" for it in ("c > 1", "c >= 9", "c = 0")],
    )
)
@example(
    case=(
        pa.int64(),
        [[1, 2], [3]],
        ["SELECT t.part, i.range AS n, t.c FROM range(3) i POSITIONAL JOIN r.t WHERE t.c = 3"],
    )
)
def test_a_filter_finds_what_plain_duckdb_finds(
    setting: str, case: tuple[pa.DataType, list[list[object]], list[str]]
) -> None:
    kind, files, asked = case
    with tempfile.TemporaryDirectory() as folder:
        compare(*_made(Path(folder), kind, files), setting, asked)


def compare(
    session: Session, plain: duckdb.DuckDBPyConnection, setting: str, asked: list[str]
) -> None:
    """See that both answer statements alike under a setting; then let go of both."""
    session.sql(f"SET {setting}")
    plain.execute(f"SET {setting}")
    for statement in asked:
        assert lake_rows(session, statement) == plain_rows(plain, statement), statement
    plain.close()
    session.connection.close()


def _made(
    folder: Path, kind: pa.DataType, files: list[list[object]]
) -> tuple[Session, duckdb.DuckDBPyConnection]:
    def write(values: list[object], path: Path) -> None:
        table = pa.table({"n": list(range(len(values))), "c": pa.array(values, kind)})
        pq.write_table(table, path, row_group_size=2)

    return made(folder, files, write)


def made(
    folder: Path, files: list[list[T]], write: Callable[[list[T], Path], None]
) -> tuple[Session, duckdb.DuckDBPyConnection]:
    """Return a session and a plain connection over the same files, as `r.t`."""
    lake = Lake.create(str(folder / "lake"))
    with lake.create_repo("r").transaction("main", message="x") as transaction:
        for number, values in enumerate(files):
            path = folder / f"t/part={number}/x.parquet"
            path.parent.mkdir(parents=True)
            write(values, path)
            transaction.write(path.relative_to(folder).as_posix(), path)
    plain = duckdb.connect()
    plain.execute("CREATE SCHEMA r")
    plain.execute(
        f"CREATE VIEW r.t AS FROM read_parquet('{folder}/t/*/*.parquet', hive_partitioning = true)"
    )
    return Session(lake), plain


def lake_rows(session: Session, statement: str) -> object:
    try:
        return _sorted(session.sql(statement).relation)
    except (QueryError, duckdb.Error):
        return "refused"


def plain_rows(plain: duckdb.DuckDBPyConnection, statement: str) -> object:
    try:
        return _sorted(plain.sql(statement))
    except duckdb.Error:
        return "refused"


def _sorted(relation: duckdb.DuckDBPyRelation | None) -> str:
    # DuckDB's own text, since NaN is not itself in Python.
    assert relation is not None
    return repr(sorted(relation.project("part, n, c::VARCHAR").fetchall(), key=repr))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session, plain = _made(tmp_path, pa.int64(), [[1, 2], [3, 4], [None, 9]])
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
