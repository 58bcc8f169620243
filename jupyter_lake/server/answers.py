"""How answers are written: JSON, with times in UTC and numbers that browsers can read."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

__all__ = ["encode", "plain"]

SAFE_INTEGER = 2**53


def encode(answer: object) -> str:
    """Return an answer as JSON text that every browser parses.

    Examples
    --------
    >>> encode({"rows": float("nan")})
    '{"rows": null}'
    """
    return json.dumps(plain(answer), ensure_ascii=False)


def plain(value: object) -> object:
    """Return `value` in JSON's own types; what has no such type becomes text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {str(key): plain(item) for key, item in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)
