"""What people write into commits and tags: messages and names."""

from __future__ import annotations

from jupyter_lake.errors import InvalidInputError

__all__ = ["check_text"]


def check_text(text: str, what: str) -> str:
    """Return a message or a name that can be stored and shown exactly.

    Raises
    ------
    InvalidInputError
        If it holds NUL or half of a character (a lone surrogate).
    """
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInputError(
            f"The {what} holds a character that can't be stored.",
            hint="Take out NUL characters and broken Unicode.",
        )
    return text
