"""What people write into commits and tags: messages and names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jupyter_lake.errors import InvalidInputError

__all__ = ["check_json", "check_text"]


def check_text(text: str, what: str) -> str:
    """Return a message or a name that can be stored and shown exactly.

    Raises
    ------
    InvalidInputError
        If it is no text, or holds NUL or half of a character (a lone surrogate).
    """
    if not isinstance(text, str):
        raise InvalidInputError(
            f"The {what} is no text: it is of type {type(text).__name__}.", hint="Give a str."
        )
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInputError(
            f"The {what} holds a character that can't be stored.",
            hint="Take out NUL characters and broken Unicode.",
        )
    return text


def check_json(value: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return what people keep with a commit as it will be read again.

    Numbers and arrays of numpy become plain ones, and what JSON has no word for its text.

    Raises
    ------
    InvalidInputError
        If it is no mapping, or JSON can't hold it: NaN, keys that are no text, broken Unicode.
    """
    try:
        text = json.dumps({**value}, ensure_ascii=False, allow_nan=False, default=_plain)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"The {what} can't be kept as JSON: {error}.",
            hint="Give a dict of text, finite numbers, and lists and dicts of them.",
        ) from None
    found: dict[str, Any] = json.loads(text)
    return found


def _plain(value: Any) -> object:
    tolist = getattr(value, "tolist", None)
    return tolist() if callable(tolist) else str(value)
