"""Conditions on a column, and statements that ask by them: a file may go if it can't match."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["FORMS", "STATEMENTS", "conditions", "forms_of"]


def forms_of(column: str) -> list[str]:
    """Return a column as it is, and what says of it as much as it does, less, or nothing."""
    return [
        *[column] * 8,
        *(f"t.{column}", f"r.t.{column}", f'"{column.upper()}"', f"({column})"),
        *(f"coalesce({column}, NULL)", f"{column}::VARCHAR", f"TRY_CAST({column} AS DOUBLE)"),
        *(f"TRY_CAST({column} AS DATE)", f"CASE WHEN n > 0 THEN {column} END", f"max({column})"),
        f"(SELECT min(o.{column}) FROM r.t o)",
    ]


FORMS = forms_of("c")
# Constants that any column may be compared with: DuckDB casts one to the other, or both.
OTHERS = """
    1
    -1.5
    0.10000000000000000000000000000000000001
    9007199254740992.00000000000000000000000000
    170141183460469231731687303715884105728
    1e0
    1::DOUBLE
    0.1::FLOAT
    1::TINYINT
    1.25::DECIMAL(5, 1)
    true
    '1'
    'a'
    ''
    '2026-01-05'
    DATE '2026-1-5'
    '2026-01-05 12:00:00'::DATE
    TRY_CAST('x' AS DATE)
    TIMESTAMP '2026-01-05 06:00:00'
    '2026-01-05 06:00:00.6'::TIMESTAMP(0)
    TIMESTAMP '2026-01-05 06:00:00+03'
    TIMESTAMPTZ '2026-01-05 06:00:00+03'
    '2026-01-05 06:00:00Z'
    'a' COLLATE NOCASE
    E'a\\tb'
    $$a$$
    part
    [1]
    (SELECT 1)
"""
ANY = [line.strip() for line in OTHERS.strip().splitlines()]
# Conditions on the other columns.
ELSEWHERE = [
    "part = 1",
    "n >= 1",
    "part IN (0, 2)",
    "t.part > 0.5",
    "n BETWEEN 0.5 AND 7",
    "'1' = part",
]
LIKE = ["LIKE 'a%'", "NOT LIKE '%a'", "ILIKE '1%'", "LIKE ''", "GLOB '*0'", "SIMILAR TO '.'"]
# Where a condition stands: its file may go only if no row of it could have come out.
STATEMENTS = [
    *["SELECT part, n, c FROM r.t WHERE {}"] * 8,
    "FROM r.t SELECT part, n, c WHERE {} LIMIT 99",
    "SELECT part, n, c FROM r.t t(c, n) WHERE {}",
    "SELECT c.part, c.n, c.c FROM r.t c WHERE {}",
    "SELECT n AS c, part, c AS n FROM r.t WHERE {}",
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
    """Conditions on a column, some of which the manifest can answer."""
    kinds = ["compare", "compare", "in", "between", "null", "and", "or", "not", "like", "other"]
    part, column = st.sampled_from(kinds), draw(st.sampled_from(forms))
    constant = st.sampled_from([*constants, *constants, "NULL", draw(st.sampled_from(ANY))])
    compared = ["=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM"]
    match draw(part) if depth else "compare":
        case "other":
            return draw(st.sampled_from(ELSEWHERE))
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
