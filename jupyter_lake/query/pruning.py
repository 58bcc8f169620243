"""Which files of a dataset a statement can't match, by what the manifest knows of them.

Only conditions that hold for every row that comes out are used: the conjuncts
of a WHERE that compare a column with constants. A file is left out only if its
bounds say that no row of it can satisfy one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jupyter_lake.query.parsing import parse
from jupyter_lake.query.partitions import value_of
from jupyter_lake.store.statistics import decode_value

if TYPE_CHECKING:
    from sqlglot import exp

    from jupyter_lake.query.datasets import Dataset

__all__ = ["Condition", "conditions_at", "pruned"]

# A condition on a column: its name in small letters, the operator, the constants.
Condition = tuple[str, str, tuple[Any, ...]]

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def conditions_on(table: exp.Table) -> list[Condition]:
    """Return what a parsed statement demands of the rows of one of its tables."""
    from sqlglot import exp

    select = table.find_ancestor(exp.Select, exp.Pivot)
    if not isinstance(select, exp.Select) or not _prunable(select, table):
        return []
    where = select.args.get("where")
    if where is None:
        return []
    names = {table.alias_or_name.casefold()}
    alone = not select.args.get("joins") and not select.args.get("laterals")
    found: list[Condition] = []
    for conjunct in _conjuncts(where.this):
        found += _conditions(conjunct, names, alone=alone)
    return found


def conditions_at(statement: str, places: Collection[int]) -> list[list[Condition]]:
    """Return what a statement demands of the tables whose names begin at these places.

    Each place has conditions of its own; a place without any, or one that
    nobody could parse, wants all rows.
    """
    from sqlglot import exp

    found = {}
    for tree in parse(statement).values():
        for table in tree.find_all(exp.Table) if tree is not None else ():
            schema = table.args.get("db")
            start = schema.meta.get("start") if isinstance(schema, exp.Identifier) else None
            if start in places:
                found[start] = conditions_on(table)
    return [found.get(place, []) for place in places]


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
    wanted = {name for conditions in alternatives for name, _, _ in conditions}
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


def _prunable(select: exp.Select, table: exp.Table) -> bool:
    """Whether a row that fails the WHERE can't change which other rows come out."""
    from sqlglot import exp

    if table.args.get("pivots") or table.args.get("sample") or select.args.get("sample"):
        return False
    # In a macro a column's name may be that of a parameter, which goes first.
    if (made := select.find_ancestor(exp.Create)) and made.kind in ("MACRO", "FUNCTION"):
        return False
    joins = select.args.get("joins") or []
    if any(join.method in ("ASOF", "POSITIONAL") for join in joins):
        return False
    from_ = select.args.get("from_") or select.args.get("from")
    sources = [from_.this if from_ else None, *(join.this for join in joins)]
    return any(source is table for source in sources) and not select.find(exp.Lateral)


def _conjuncts(expression: Any) -> Iterator[Any]:
    from sqlglot import exp

    if isinstance(expression, exp.And):
        yield from _conjuncts(expression.left)
        yield from _conjuncts(expression.right)
    elif isinstance(expression, exp.Paren):
        yield from _conjuncts(expression.this)
    else:
        yield expression


def _conditions(expression: exp.Expression, names: set[str], *, alone: bool) -> Iterator[Condition]:
    """Yield what a conjunct says of a column of the table, if that is understood."""
    from sqlglot import exp

    column = expression.this if isinstance(expression, exp.Between | exp.In) else None
    if isinstance(expression, exp.Between) and (name := _column(column, names, alone=alone)):
        for operator, side in ((">=", "low"), ("<=", "high")):
            if (constant := _constant(expression.args[side])) is not None:
                yield name, operator, (constant,)
    elif isinstance(expression, exp.In) and (name := _column(column, names, alone=alone)):
        constants = [_constant(item) for item in expression.expressions]
        if constants and None not in constants:
            yield name, "in", tuple(constants)
    elif isinstance(expression, exp.EQ | exp.LT | exp.LTE | exp.GT | exp.GTE):
        operator = {"EQ": "=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}[
            type(expression).__name__
        ]
        for this, other, op in (
            (expression.left, expression.right, operator),
            (expression.right, expression.left, _MIRRORED[operator]),
        ):
            constant = _constant(other)
            if constant is not None and (name := _column(this, names, alone=alone)):
                yield name, op, (constant,)


def _column(node: object, names: set[str], *, alone: bool) -> str | None:
    from sqlglot import exp

    if not isinstance(node, exp.Column) or not node.name:
        return None
    mine = node.table.casefold() in names if node.table else alone
    return node.name.casefold() if mine else None


def _constant(node: object) -> Any:
    """Return what a literal stands for, or None for everything else."""
    from sqlglot import exp

    if isinstance(node, exp.Neg):
        inner = _constant(node.this)
        if isinstance(inner, Decimal):
            return inner.copy_negate()  # A minus sign would round it to 28 digits.
        return -inner if isinstance(inner, int) else None
    if isinstance(node, exp.Cast) and node.to.this in (exp.DType.DATE, exp.DType.TIMESTAMP):
        return _constant(node.this) if isinstance(node.this, exp.Literal) else None
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return node.this
    if node.this.isdecimal():
        return int(node.this)
    # With an exponent it is a DOUBLE, and what is compared with it is rounded.
    return None if "e" in node.this.lower() else Decimal(node.this)


def _may(known: Mapping[str, tuple[Any, Any]], condition: Condition) -> bool:
    """Whether a file with these bounds may hold a row that meets the condition."""
    name, operator, constants = condition
    least, greatest = known.get(name, (None, None))
    if least is None or greatest is None:
        return True
    try:
        least, greatest = _widened(least, greatest)
    except OverflowError:
        return True
    return any(_meets(least, greatest, operator, constant) for constant in constants)


def _widened(least: Any, greatest: Any) -> tuple[Any, Any]:
    """Return bounds that hold for what was cut from them, or is cut from a constant."""
    if isinstance(least, float):
        # DuckDB rounds a constant to a FLOAT before it compares, Python does not.
        return least - abs(least) * 1e-6, greatest + abs(greatest) * 1e-6
    if isinstance(least, datetime):
        # Python's times have no nanoseconds.
        return least - timedelta.resolution, greatest + timedelta.resolution
    return least, greatest


def _meets(least: Any, greatest: Any, operator: str, constant: Any) -> bool:
    value = _comparable(constant, least)
    if value is None:
        return True
    # NaN is above every number in DuckDB, and no bound of Parquet's knows of it.
    unbounded = isinstance(greatest, float)
    above = unbounded or greatest >= value
    match operator:
        case "<":
            return bool(least < value)
        case "<=":
            return bool(least <= value)
        case ">":
            return bool(unbounded or greatest > value)
        case ">=":
            return bool(above)
        case _:
            return bool(least <= value <= greatest)


def _comparable(constant: Any, bound: object) -> Any:
    """Return a constant as something to compare with a bound, or None if they don't fit."""
    if isinstance(bound, bool):
        return None
    if isinstance(bound, int | float | Decimal):
        return None if isinstance(constant, str) else constant
    if not isinstance(constant, str):
        return None
    if isinstance(bound, str):
        return constant
    return _moment(constant, bound)


def _moment(text: str, bound: object) -> date | datetime | None:
    kind = datetime if isinstance(bound, datetime) else date
    if not isinstance(bound, kind):
        return None
    try:
        moment = kind.fromisoformat(text)
    except ValueError:
        return None
    if isinstance(bound, datetime) and isinstance(moment, datetime):
        same = (bound.tzinfo is None) == (moment.tzinfo is None)
        return moment if same else None
    return moment
