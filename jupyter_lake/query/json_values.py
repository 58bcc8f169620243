"""Values of tables as JSON that a browser can show: bounded, and never misread."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

__all__ = ["Json", "json_value"]

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_MAX_TEXT = 1000
_MAX_ITEMS = 50
_MAX_BYTES = 32
_EXACT = 2**53  # beyond, JavaScript's numbers skip integers


def json_value(value: object) -> Json:
    """Return a value as JSON: what JSON lacks becomes text, what is long ends in an ellipsis."""
    match value:
        case None | bool():
            return value
        case int():
            return value if -_EXACT <= value <= _EXACT else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return value if len(value) <= _MAX_TEXT else value[:_MAX_TEXT] + "…"
        case bytes() | bytearray():
            return value[:_MAX_BYTES].hex(" ") + ("…" if len(value) > _MAX_BYTES else "")
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case dict():
            fields = {str(key): json_value(value[key]) for key in islice(value, _MAX_ITEMS)}
            return fields | ({"…": "…"} if len(value) > _MAX_ITEMS else {})
        case list() | tuple():
            items = [json_value(item) for item in value[:_MAX_ITEMS]]
            return [*items, "…"] if len(value) > _MAX_ITEMS else items
        case _:
            return _text(value)


def _text(value: object) -> str:
    if isinstance(value, Decimal | timedelta):
        return str(value)
    text = str(value)
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"
