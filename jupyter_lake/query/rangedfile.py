"""A file object over ranges of bytes, safe for any number of threads at once."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_lake.query.fetching import Source

__all__ = ["RangedFile"]

_PEEK_BYTES = 64 * 1024


class RangedFile(io.BufferedIOBase):
    """A file over ranges of an object that any number of threads may read at once.

    `seek` binds to the calling thread and to its next read; reads without a
    seek go on where the last one ended.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0
        self._lock = threading.Lock()
        self._sought = threading.local()

    @property
    def size(self) -> int:
        """The file's length in bytes."""
        return self._source.size

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next `size` bytes, or all that are left."""
        start, end = self._advance(size)
        return self._source.read(start, end)

    def read1(self, size: int = -1, /) -> bytes:
        """Return some of the next bytes, at most `size`."""
        return self.read(size if size >= 0 else _PEEK_BYTES)

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer; return how many bytes there were."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def peek(self, size: int = 0, /) -> bytes:
        """Return some of the next bytes and stay where we are."""
        at = self.tell()
        return self._source.read(at, at + max(size, _PEEK_BYTES))

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place; it holds for this thread's next read."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError(f"A file has no byte {base + offset}.")
        self._sought.position = base + offset
        return base + offset

    def tell(self) -> int:
        """Return where this thread's next read will begin."""
        sought: int | None = getattr(self._sought, "position", None)
        return self._position if sought is None else sought

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def _advance(self, size: int | None) -> tuple[int, int]:
        sought: int | None = getattr(self._sought, "position", None)
        self._sought.position = None
        with self._lock:
            start = min(self._position if sought is None else sought, self.size)
            end = self.size if size is None or size < 0 else min(start + size, self.size)
            self._position = end
        return start, end
