"""What a statement demands of a table's rows, as far as that compares columns with constants.

Only conditions that hold for every row that comes out are found: the conjuncts of
a WHERE. A constant is kept as what it is, since DuckDB compares by both sides' types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_lake.query.parsing import parse

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["Condition", "Constant", "conditions_at"]

# A text may stand for a value of any type, as DuckDB's literals do.
Constant = int | Decimal | str | date | datetime

# What is larger, or has more digits beside its point, is a DOUBLE.
_INTEGERS = range(2**127)
_DIGITS = 37

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


class Condition(NamedTuple):
    """A comparison of a column: its name in small letters, the operator, the constants.

    The operators are ``= < <= > >= in between``.
    """

    column: str
    operator: str
    constants: tuple[Constant, ...]


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
                found[start] = _conditions_on(table)
    return [found.get(place, []) for place in places]


def _conditions_on(table: exp.Table) -> list[Condition]:
    """Return what a parsed statement demands of the rows of one of its tables."""
    from sqlglot import exp

    select = table.find_ancestor(exp.Select, exp.Pivot)
    if not isinstance(select, exp.Select) or not _prunable(select, table):
        return []
    where = select.args.get("where")
    if where is None:
        return []
    found: list[Condition] = []
    for conjunct in _conjuncts(where.this):
        found += _conditions(conjunct, table, select)
    # A view may be asked for when texts are compared in another way.
    if _made_by(select) == "VIEW":
        return [one for one in found if not any(isinstance(c, str) for c in one.constants)]
    return found


def _prunable(select: exp.Select, table: exp.Table) -> bool:
    """Whether a row that fails the WHERE can't change which other rows come out."""
    from sqlglot import exp

    if table.args.get("pivots") or table.args.get("sample") or select.args.get("sample"):
        return False
    # In a macro a column's name may be that of a parameter, which goes first.
    if _made_by(select) in ("MACRO", "FUNCTION") or table.alias_column_names:
        return False
    joins = select.args.get("joins") or []
    if any(join.method in ("ASOF", "POSITIONAL") for join in joins):
        return False
    from_ = select.args.get("from_") or select.args.get("from")
    sources = [from_.this if from_ else None, *(join.this for join in joins)]
    return any(source is table for source in sources) and not select.find(exp.Lateral)


def _made_by(select: exp.Select) -> str:
    """Return the kind of thing that a statement is to make out of a query."""
    from sqlglot import exp

    create = select.find_ancestor(exp.Create)
    return create.kind or "" if create else ""


def _conjuncts(expression: Any) -> Iterator[Any]:
    from sqlglot import exp

    if isinstance(expression, exp.And):
        yield from _conjuncts(expression.left)
        yield from _conjuncts(expression.right)
    elif isinstance(expression, exp.Paren):
        yield from _conjuncts(expression.this)
    else:
        yield expression


def _conditions(
    expression: exp.Expression, table: exp.Table, select: exp.Select
) -> Iterator[Condition]:
    """Yield what a conjunct says of a column of the table, if all of it is understood."""
    for column, operator, others in _comparisons(expression):
        name = _column(column, table, select)
        constants = [constant for other in others if (constant := _constant(other)) is not None]
        if name and constants and len(constants) == len(others):
            yield Condition(name, operator, tuple(constants))


def _comparisons(expression: exp.Expression) -> Iterator[tuple[object, str, Sequence[object]]]:
    """Yield the ways to read a comparison: of what, by which operator, with what."""
    from sqlglot import exp

    match expression:
        case exp.Between():
            # DuckDB finds one type for all that is compared: one side alone says nothing.
            yield expression.this, "between", (expression.args["low"], expression.args["high"])
        case exp.In():
            yield expression.this, "in", expression.expressions
        case exp.EQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            names = {"EQ": "=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
            operator = names[type(expression).__name__]
            yield expression.left, operator, (expression.right,)
            yield expression.right, _MIRRORED[operator], (expression.left,)


def _column(node: object, table: exp.Table, select: exp.Select) -> str | None:
    """Return the name of a column of the table, in small letters; None for everything else."""
    from sqlglot import exp

    if not isinstance(node, exp.Column) or not node.name:
        return None
    if not node.table:
        alone = not select.args.get("joins") and not select.args.get("laterals")
        return node.name.casefold() if alone else None
    own, schema = table.alias_or_name.casefold(), node.db.casefold()
    # With a schema in front it may be a column, and the name a field inside of it.
    if node.table.casefold() != own or schema not in ("", table.db.casefold()) or schema == own:
        return None
    return None if node.catalog else node.name.casefold()


def _constant(node: object) -> Constant | None:
    """Return what a literal stands for, or None for everything else."""
    from sqlglot import exp

    if isinstance(node, exp.Neg):
        inner = _constant(node.this)
        if isinstance(inner, Decimal):
            return inner.copy_negate()  # A minus sign would round it to 28 digits.
        return -inner if isinstance(inner, int) else None
    if isinstance(node, exp.Cast):
        return _moment(node)
    if not isinstance(node, exp.Literal):
        return None
    return node.this if node.is_string else _number(node.this)


def _moment(node: exp.Cast) -> date | datetime | None:
    """Return what ``DATE '...'`` or ``TIMESTAMP '...'`` stands for."""
    from sqlglot import exp

    kinds = {exp.DType.DATE: date, exp.DType.TIMESTAMP: datetime}
    kind, text = kinds.get(node.to.this), node.this
    if (
        kind is None
        or node.to.expressions
        or not (isinstance(text, exp.Literal) and text.is_string)
    ):
        return None
    try:
        moment = kind.fromisoformat(text.this)
    except ValueError:
        return None
    return None if isinstance(moment, datetime) and moment.tzinfo else moment


def _number(text: str) -> int | Decimal | None:
    """Return a number that DuckDB compares exactly, or None for a DOUBLE."""
    if text.isdecimal():
        return int(text) if int(text) in _INTEGERS else None
    digits = sum(map(str.isdecimal, text))
    return None if "e" in text.lower() or digits > _DIGITS else Decimal(text)
