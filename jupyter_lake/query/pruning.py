"""Which files of a dataset a statement can't match, by what the manifest knows of them.

Only conditions that hold for every row that comes out are used: the conjuncts
of a WHERE that compare a column with constants. A file is left out only if its
bounds say that no row of it can satisfy one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.store import ColumnStats

__all__ = ["Condition", "conditions_on", "pruned"]

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


def pruned(dataset: Dataset, conditions: Sequence[Condition]) -> Dataset:
    """Return the dataset without the files that can't match; at least one file stays.

    Files whose columns differ all stay: each may bring a column.
    """
    if not conditions or len(dataset.files) < 2 or not dataset.uniform:
        return dataset
    folded = [_folded(file.entry.stats or {}) for file in dataset.files]
    keep = [i for i, stats in enumerate(folded) if all(_may(stats, c) for c in conditions)] or [0]
    if len(keep) == len(dataset.files):
        return dataset
    partitions = tuple(dataset.partitions[i] for i in keep) if dataset.partitions else ()
    return replace(dataset, files=tuple(dataset.files[i] for i in keep), partitions=partitions)


def _folded(stats: Mapping[str, ColumnStats]) -> dict[str, ColumnStats]:
    return {name.casefold(): column for name, column in stats.items()}


def _prunable(select: exp.Select, table: exp.Table) -> bool:
    """Whether a row that fails the WHERE can't change which other rows come out."""
    from sqlglot import exp

    if table.args.get("pivots") or table.args.get("sample") or select.args.get("sample"):
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
        return -inner if isinstance(inner, int | Decimal) else None
    if isinstance(node, exp.Cast) and node.to.this in (exp.DType.DATE, exp.DType.TIMESTAMP):
        return _constant(node.this) if isinstance(node.this, exp.Literal) else None
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        return node.this
    return int(node.this) if node.this.isdecimal() else Decimal(node.this)


def _may(stats: Mapping[str, ColumnStats], condition: Condition) -> bool:
    """Whether a file with these bounds may hold a row that meets the condition."""
    name, operator, constants = condition
    column = stats.get(name)
    if column is None or column.min is None or column.max is None:
        return True
    return any(_meets(column.min, column.max, operator, constant) for constant in constants)


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
