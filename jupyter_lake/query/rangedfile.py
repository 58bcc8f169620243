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

    A read goes on where the calling thread has sought, if it has since its
    last read; else where the file stands, which every seek and read moves, as
    in any file. So threads that each seek and then read don't lead each other
    astray, and threads that take turns see one file.

    Notes
    -----
    Threads are told apart by their number: what `threading.local` holds is
    lost between two calls from a thread that Python did not start.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0
        self._lock = threading.Lock()
        self._sought: dict[int, int] = {}
        self._seeker: int | None = None

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
        """Go to a place; this thread's next read begins there whatever others do."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError(f"A file has no byte {base + offset}.")
        caller = threading.get_ident()
        with self._lock:
            self._position = self._sought[caller] = base + offset
            self._seeker = caller
        return base + offset

    def tell(self) -> int:
        """Return where this thread's next read will begin."""
        return self._sought.get(threading.get_ident(), self._position)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def _advance(self, size: int | None) -> tuple[int, int]:
        with self._lock:
            sought = self._sought.pop(threading.get_ident(), None)
            if sought is None and self._seeker is not None:
                # Another thread has sought for this one; it will not read there itself.
                self._sought.pop(self._seeker, None)
            self._seeker = None
            start = min(self._position if sought is None else sought, self.size)
            end = self.size if size is None or size < 0 else min(start + size, self.size)
            self._position = end
        return start, end
