"""How far the tests go that search for what breaks a law; conftest.py says how they search."""

from __future__ import annotations

import os

__all__ = ["examples"]

FURTHER = int(os.environ.get("FURTHER", "1"))


def examples(count: int) -> int:
    """Return how many examples to try where so many do for every day: `make fuzz` tries more."""
    return count * FURTHER
