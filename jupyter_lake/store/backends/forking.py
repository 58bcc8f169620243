"""What a forked child inherits, and must leave alone: its parent's filesystems.

fsspec lets go of them in a child, and one that nobody holds closes its connections:
it takes them out of the epoll that child and parent share, so that the parent waits
in vain for the answers to what it asks next.
"""

from __future__ import annotations

from typing import TypeVar

__all__ = ["held"]

T = TypeVar("T")

_held: dict[int, object] = {}


def held(filesystem: T) -> T:
    """Return a filesystem that no child will let go of; fsspec holds it as long in the parent."""
    _held[id(filesystem)] = filesystem
    return filesystem
