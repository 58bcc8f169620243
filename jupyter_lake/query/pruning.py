"""Which files of a dataset a statement can't match, by what the manifest knows of them.

A file is left out only if its bounds say that no row of it can satisfy one of
the conditions that hold for every row that comes out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyter_lake.query.partitions import value_of
from jupyter_lake.store.statistics import decode_value

if TYPE_CHECKING:
    from jupyter_lake.query.conditions import Condition, Constant
    from jupyter_lake.query.datasets import Dataset

__all__ = ["pruned"]


def pruned(dataset: Dataset, alternatives: Sequence[Sequence[Condition]]) -> Dataset:
    """Return the dataset without the files that can't match; at least one file stays.

    Files whose columns differ all stay: each may bring a column, or a type.

    Parameters
    ----------
    dataset
        What is to be read.
    alternatives
        For each place where it is read, the conditions that all hold there.
    """
    if len(dataset.files) < 2 or not all(alternatives) or not dataset.uniform:
        return dataset
    wanted = {name for conditions in alternatives for name, *_ in conditions}
    keep = []
    for index in range(len(dataset.files)):
        known = _known(dataset, index, wanted)
        if any(all(_may(known, condition) for condition in one) for one in alternatives):
            keep.append(index)
    keep = keep or [0]
    return dataset.only(keep)


def _known(dataset: Dataset, index: int, wanted: Collection[str]) -> dict[str, tuple[Any, Any]]:
    """Return the bounds of some of a file's columns, those that its path gives included."""
    path = dataset.files[index].path
    bounds: dict[str, tuple[Any, Any]] = {"filename": (path, path)}
    for name, (least, greatest, *_) in (dataset.statistics[index] or {}).items():
        if name.casefold() in wanted:
            bounds[name.casefold()] = (decode_value(least), decode_value(greatest))
    if dataset.partitions:
        for key, text in dataset.partitions[index].items():
            value = value_of(text, dataset.partition_types[key])
            bounds[key.casefold()] = (value, value)
    return bounds


def _may(known: Mapping[str, tuple[Any, Any]], condition: Condition) -> bool:
    """Whether a file with these bounds may hold a row that meets the condition."""
    least, greatest = known.get(condition.column, (None, None))
    if least is None or greatest is None:
        return True
    values = [_comparable(constant, least) for constant in condition.constants]
    if None in values:
        return True
    try:
        bounds = _widened(least, greatest)
    except OverflowError:
        return True
    if condition.operator == "between":
        return _meets(*bounds, ">=", values[0]) and _meets(*bounds, "<=", values[1])
    return any(_meets(*bounds, condition.operator, value) for value in values)


def _comparable(constant: Constant, bound: object) -> Any:
    """Return a constant as something to compare with a bound, or None if they don't fit."""
    match bound:
        case bool():
            return None
        case int() | float() | Decimal():
            return constant if isinstance(constant, int | Decimal) else None
        case str():
            return constant if isinstance(constant, str) else None
        case datetime():
            return _moment(constant, zoned=bound.tzinfo is not None)
        case date():
            return _day(constant)
        case _:
            return None


def _moment(constant: Constant, *, zoned: bool) -> datetime | None:
    """Return a constant as a moment; without a zone it isn't one of those that have a zone."""
    try:
        if isinstance(constant, str):
            constant = datetime.fromisoformat(constant)
    except ValueError:
        return None
    if isinstance(constant, date) and not isinstance(constant, datetime):
        constant = datetime.combine(constant, time.min)
    if not isinstance(constant, datetime) or (constant.tzinfo is not None) != zoned:
        return None
    return constant


def _day(constant: Constant) -> date | None:
    if isinstance(constant, str):
        try:
            return date.fromisoformat(constant)
        except ValueError:
            return None
    if isinstance(constant, datetime) or not isinstance(constant, date):
        return None
    return constant


def _widened(least: Any, greatest: Any) -> tuple[Any, Any]:
    """Return bounds that hold for what was cut from them, or is cut from a constant."""
    if isinstance(least, float):
        # DuckDB rounds a constant to a FLOAT before it compares, Python does not.
        return least - abs(least) * 1e-6, greatest + abs(greatest) * 1e-6
    if isinstance(least, datetime):
        # Python's times have no nanoseconds.
        return least - timedelta.resolution, greatest + timedelta.resolution
    return least, greatest


def _meets(least: Any, greatest: Any, operator: str, value: Any) -> bool:
    # NaN is above every number in DuckDB, and no bound of Parquet's knows of it.
    unbounded = isinstance(greatest, float)
    match operator:
        case "<":
            return bool(least < value)
        case "<=":
            return bool(least <= value)
        case ">":
            return bool(unbounded or greatest > value)
        case ">=":
            return bool(unbounded or greatest >= value)
        case _:
            return bool(least <= value <= greatest)
