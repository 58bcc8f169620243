"""The columns that folders named ``key=value`` give, of the types DuckDB gives them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import unquote

__all__ = ["Pairs", "pairs_of", "types_of", "value_of"]

NULL = "__HIVE_DEFAULT_PARTITION__"

# What one file's folders say, in the order of DuckDB's columns.
Pairs = Mapping[str, str | None]

# What DuckDB's hive_types_autocast takes a folder's value for, in its order. A value
# that is escaped, or begins with zeros that would be lost, stays as it is; so do, other
# than there, curiosities: `0x7` is no number here, and `infinity` and `epoch` are no days.
_PATTERNS = {
    "DATE": re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII),
    "TIMESTAMP": re.compile(
        r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?(Z|[+-]\d{2}(:\d{2})?)?)?", re.ASCII
    ),
    "BIGINT": re.compile(r"0|-\d+|[1-9]\d*", re.ASCII),
}
_BIGINTS = range(-(2**63), 2**63)


def pairs_of(paths: Sequence[str]) -> tuple[Pairs, ...]:
    """Return what each file's folders say, if all have the same keys; else nothing."""
    if not all("=" in path for path in paths):
        return ()
    found = [_written(path) for path in paths]
    keys = sorted(found[0])
    if not keys or any(sorted(pairs) != keys for pairs in found):
        return ()
    return tuple({key: _meant(pairs[key]) for key in keys} for pairs in found)


def types_of(paths: Sequence[str]) -> dict[str, str]:
    """Return the type of each column that the folders of these paths give.

    One that not all values are of is no type of theirs: they stay texts.
    """
    values: dict[str, set[str]] = {}
    for path in paths:
        for key, value in _written(path).items():
            values.setdefault(key, set()).add(value)
    return {key: _type(found) for key, found in values.items()}


def value_of(text: str | None, kind: str) -> str | int | date | datetime | None:
    """Return what a folder's value stands for."""
    if text is None or kind == "VARCHAR":
        return text
    if kind == "BIGINT":
        return int(text)
    day, *clock = re.split("[ T]", text)
    year, month, number = map(int, day.split("-"))
    if kind == "DATE":
        return date(year, month, number)
    moment = datetime.fromisoformat(f"{year:04}-{month:02}-{number:02} {clock[0]}")
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _written(path: str) -> dict[str, str]:
    folders = [part.partition("=") for part in path.split("/")[:-1] if "=" in part]
    return {key: value for key, _, value in folders}


def _meant(value: str) -> str | None:
    return None if value == NULL else unquote(value)


def _type(values: Collection[str]) -> str:
    given = [value for value in values if value != NULL]
    for kind in _PATTERNS if given else ():
        if all(_is_of(kind, value) for value in given):
            return kind
    return "VARCHAR"


def _is_of(kind: str, value: str) -> bool:
    if not _PATTERNS[kind].fullmatch(value):
        return False
    try:
        meant = value_of(value, kind)
    except (ValueError, OverflowError):
        return False
    return kind != "BIGINT" or meant in _BIGINTS
