"""Comparisons that mean something else than they seem to: each of these once lost rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.query.side_by_side import made

LARGE = 2**53 + 1


def column(*values: object, kind: pa.DataType | None = None) -> list[pa.Table]:
    """Return files that hold a column `c` of one value each."""
    return [pa.table({"c": pa.array([value], kind)}) for value in values]


def columns(names: Sequence[str], *rows: Sequence[object]) -> list[pa.Table]:
    return [pa.Table.from_arrays([pa.array([value]) for value in row], names) for row in rows]


# Files of one row each, and a condition that holds for the last of them.
TRAPS = {
    "a text that becomes a date has no clock": (
        column(datetime(2026, 1, 4), datetime(2026, 1, 5, 6)),
        "FROM r.t WHERE c >= '2026-01-05 12:00:00'::DATE",
    ),
    "a column of texts becomes one of dates": (
        column("2026-01-05", "2026-1-6"),
        "FROM r.t WHERE c = DATE '2026-01-06'",
    ),
    "a constant becomes a double": (
        column(3, LARGE),
        "FROM r.t WHERE c = 9007199254740992.00000000000000000000000000",
    ),
    "both sides of BETWEEN become doubles": (
        column(2 * LARGE, LARGE),
        "FROM r.t WHERE c BETWEEN 1::DOUBLE AND 9007199254740992",
    ),
    "both sides of BETWEEN have a collation": (
        column("b", "A"),
        "FROM r.t WHERE c BETWEEN 'a' AND 'a' COLLATE NOCASE",
    ),
    "a constant has too many digits for a decimal": (
        column(Decimal("0.20"), Decimal("0.10")),
        "FROM r.t WHERE c = 0.10000000000000000000000000000000000001",
    ),
    "a double isn't all of its digits": (
        column(Decimal(1), Decimal("12345678901234567890.25"), kind=pa.decimal256(50, 2)),
        "FROM r.t WHERE c >= 12345678901234567891",
    ),
    "columns have other names": (
        columns(["c", "n"], [1, 10], [2, 20]),
        "FROM r.t AS t(n, c) WHERE c = 20",
    ),
    "columns of one name": (columns(["c", "c"], [1, 10], [2, 20]), "FROM r.t WHERE c = 2"),
    "columns of one name in another case": (
        columns(["c", "C"], [1, 10], [2, 20]),
        "FROM r.t WHERE c = 2",
    ),
    "a field inside of a column that is named as the table": (
        column({"part": 5}, {"part": 0}),
        "FROM r.t c WHERE c.c.part = 0",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap(tmp_path: Path, trap: str) -> None:
    files, statement = TRAPS[trap]
    session, plain = made(tmp_path, [[file] for file in files], write)
    expected = plain.sql(statement).fetchall()
    assert [row[-1] for row in expected] == [len(files) - 1]
    assert session.sql(statement).fetchall() == expected


def write(tables: list[pa.Table], path: Path) -> None:
    pq.write_table(*tables, path)


def test_a_view_is_asked_for_when_texts_are_compared_in_another_way(tmp_path: Path) -> None:
    session, _ = made(tmp_path, [[file] for file in column("b", "A")], write)
    session.sql("CREATE VIEW picked AS FROM r.t WHERE c = 'a'")
    session.sql("SET default_collation = 'NOCASE'")
    assert session.sql("SELECT c FROM picked").fetchall() == [("A",)]
