"""What a Parquet file's footer says of its columns, kept beside the file's entry.

A query that knows the least and greatest value of a column in each file needn't
open the files that can't match. Only flat columns have bounds, and only values that
are small and have a certain order: a bound that is left out costs time, never rows.
All columns have a type, so that files of other columns are known without opening them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = [
    "ColumnStats",
    "Value",
    "decode_stats",
    "decode_value",
    "describe_parquet",
    "encode_stats",
]

Value = bool | int | float | str | date | datetime | time | Decimal

MAX_COLUMNS = 100
MAX_TEXT = 64
MAX_DIGITS = 38  # A decimal of more is a DOUBLE to some readers, and nonsense to others.


@dataclass(frozen=True, slots=True)
class ColumnStats:
    """One column of one file: bounds, nulls and type; None where unknown.

    Attributes
    ----------
    min, max
        No value lies outside, but for NaN, which Parquet's bounds leave out.
        Both are None when the bounds aren't known, or when all values are null.
    nulls
        The number of nulls.
    type
        What tells the column's type from every other, in the words of Parquet's
        schema; of a column that holds others, a hash of what these are.
    """

    min: Value | None
    max: Value | None
    nulls: int | None
    type: str | None = None


def describe_parquet(metadata: pq.FileMetaData) -> tuple[int, str | None]:
    """Return the number of rows, and the columns' statistics as text.

    There are none where names differ in case only: readers tell such columns
    apart each in a way of its own.
    """
    names = metadata.schema.to_arrow_schema().names
    if not names or len({name.casefold() for name in names}) < len(names):
        return metadata.num_rows, None
    leaves = [metadata.schema.column(index) for index in range(metadata.num_columns)]
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    flat: dict[str, ColumnStats] = {}
    for index, leaf in enumerate(leaves):
        if _is_flat(leaf):
            bounded = len(flat) < MAX_COLUMNS and leaf.precision <= MAX_DIGITS
            chunks = [_chunk(group, index) for group in groups] if bounded else []
            flat[leaf.name] = replace(_merge(chunks), type=_type(leaf))
    inside = [f"{leaf.path}: {_type(leaf)}" for leaf in leaves if not _is_flat(leaf)]
    nested = ColumnStats(None, None, None, _hash(inside))
    return metadata.num_rows, encode_stats({name: flat.get(name, nested) for name in names})


def _is_flat(leaf: pq.ColumnSchema) -> bool:
    return bool(leaf.max_repetition_level == 0 and leaf.path == leaf.name)


def _type(leaf: pq.ColumnSchema) -> str:
    """Return a leaf's type in few words: that which is meant, else that which is stored."""
    meant = json.loads(leaf.logical_type.to_json())
    kind, stored = meant.pop("Type"), str(leaf.physical_type)
    # Some writers say of an INT64 that it is an integer of 64 bits, too.
    plain = {"bitWidth": 64 if stored == "INT64" else 32, "isSigned": True}
    if kind == "None" or (kind == "Int" and meant == plain):
        return stored
    return " ".join([kind, *(f"{name}={value}" for name, value in meant.items() if value)])


def _hash(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One column of one row group."""

    stats: ColumnStats
    rows: int

    @property
    def empty(self) -> bool:
        return self.rows in (0, self.stats.nulls)


def _chunk(group: pq.RowGroupMetaData, index: int) -> _Chunk:
    chunk = group.column(index)
    if not chunk.is_stats_set:
        return _Chunk(ColumnStats(None, None, None), group.num_rows)
    found = chunk.statistics
    nulls = found.null_count if found.has_null_count else None
    least = greatest = None
    try:
        if found.has_min_max:
            least, greatest = found.min, found.max
    except (ValueError, OverflowError, NotImplementedError):
        pass
    if not (_storable(least) and _storable(greatest)):
        least = greatest = None
    return _Chunk(ColumnStats(least, greatest, nulls), group.num_rows)


def _storable(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    return isinstance(value, bool | int | date | time | Decimal)


def _merge(chunks: list[_Chunk]) -> ColumnStats:
    """Join the row groups' statistics of one column."""
    if not chunks:
        return ColumnStats(None, None, None)
    counts = [chunk.stats.nulls for chunk in chunks]
    nulls = sum(count for count in counts if count is not None) if None not in counts else None
    valued = [chunk.stats for chunk in chunks if not chunk.empty]
    least = [stats.min for stats in valued if stats.min is not None]
    greatest = [stats.max for stats in valued if stats.max is not None]
    if not valued or len(least) < len(valued) or len(greatest) < len(valued):
        return ColumnStats(None, None, nulls)
    return ColumnStats(min(least), max(greatest), nulls)


def encode_stats(stats: Mapping[str, ColumnStats]) -> str:
    """Return statistics as compact JSON; `decode_stats` reads it."""
    rows = {
        name: [_encode(column.min), _encode(column.max), column.nulls, column.type]
        for name, column in stats.items()
    }
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def decode_stats(text: str) -> dict[str, ColumnStats]:
    """Return the statistics that `encode_stats` wrote."""
    return {
        name: ColumnStats(decode_value(least), decode_value(greatest), *others)
        for name, (least, greatest, *others) in json.loads(text).items()
    }


def _encode(value: Value | None) -> object:
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case time():
            return {"h": value.isoformat()}
        case Decimal():
            return {"n": str(value)}
        case _:
            return value


def decode_value(value: object) -> Value | None:
    """Return a bound from how `encode_stats` writes it."""
    if not isinstance(value, dict):
        return cast("Value | None", value)
    ((kind, text),) = value.items()
    readers = {
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "h": time.fromisoformat,
        "n": Decimal,
    }
    return cast("Value", readers[kind](text))
