"""How single values read: short on the screen, exact in the tooltip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

__all__ = [
    "Cell",
    "count",
    "exact_time",
    "id_cell",
    "moment",
    "number",
    "plural",
    "quantity",
    "short_id",
    "size",
]

Style = Literal["", "id", "number", "muted", "strong", "added", "removed", "changed", "graph"]

_STEPS = ((60, "s"), (60, "min"), (24, "h"), (30, "d"), (12, "months"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text with, perhaps, a tooltip and a style.

    No meaning lies in the style alone: where colour says 'removed', a word or
    a sign in the text says so too.
    """

    text: str
    tip: str = ""
    style: Style = ""


def short_id(commit: str) -> str:
    """Return the eight characters of a commit id that people read."""
    return commit.rpartition(":")[2][:8]


def id_cell(commit: str) -> Cell:
    """Show a commit id in eight characters, whole in the tooltip."""
    return Cell(short_id(commit), tip=commit, style="id")


def number(value: int | None) -> Cell:
    """Show a whole number with separators; None as nothing."""
    return Cell("" if value is None else f"{value:,}", style="number")


def size(value: int | None) -> Cell:
    """Show bytes in the largest unit that keeps them above one."""
    if value is None:
        return Cell("", style="number")
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    text = f"{value} B" if unit == "B" else f"{amount:.1f} {unit}"
    return Cell(text, tip=f"{value:,} bytes", style="number")


def exact_time(time: datetime) -> str:
    """Return a time as it is written in full, in the reader's zone."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")


def moment(time: datetime, *, now: datetime | None = None) -> Cell:
    """Show how long ago something was, the exact time in the tooltip."""
    seconds = ((now or datetime.now(UTC)) - time).total_seconds()
    return Cell(_ago(seconds), tip=exact_time(time), style="muted")


def _ago(seconds: float) -> str:
    if seconds < 10:
        return "now" if seconds > -60 else "in the future"
    amount = seconds
    for step, unit in _STEPS:
        if amount < step:
            return f"{int(amount)} {unit if unit != 'months' or amount >= 2 else 'month'} ago"
        amount /= step
    years = int(amount)
    return f"{years} year{'s' if years > 1 else ''} ago"


def plural(noun: str) -> str:
    """Return the noun for several of it, for the nouns this project counts."""
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("ch", "s")) else f"{noun}s"


def quantity(value: int, noun: str) -> str:
    """Return a count with its noun: ``1 row``, ``1,024 rows``, ``2 branches``."""
    return f"{value:,} {noun if value == 1 else plural(noun)}"


def count(items: Sequence[object], noun: str) -> str:
    """Return how many items there are, with their noun."""
    return quantity(len(items), noun)
