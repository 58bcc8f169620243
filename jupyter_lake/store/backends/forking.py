"""What a forked child inherits, and must leave alone: its parent's filesystems.

fsspec lets go of them in a child, and one that nobody holds closes its connections:
it takes them out of the epoll that child and parent share, so that the parent waits
in vain for the answers to what it asks next.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["hold_inherited"]

_inherited: list[object] = []


def hold_inherited() -> None:
    """Hold on to every filesystem that fsspec has opened, in a child until its end."""
    if (spec := sys.modules.get("fsspec.spec")) is not None:
        for kind in _kinds(spec.AbstractFileSystem):
            _inherited.extend(kind._cache.values())


def _kinds(kind: Any) -> Iterator[Any]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=hold_inherited)
