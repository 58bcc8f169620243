"""The folder of a user's block cache: where its files lie, and which must go when it is full."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from pathlib import Path

__all__ = ["BlockCache", "shared_cache"]

_TRIM_EVERY = 64 << 20
_KEEP_SECONDS = 15 * 60
_TOUCH_SECONDS = 60


class BlockCache:
    """Blocks of many objects in one folder, at most `capacity` bytes of them.

    Parameters
    ----------
    folder
        Where the files lie; made when the first block is saved.
    capacity
        Bytes on disk; 0 for no cache. Past it, what was used longest ago is deleted; what was
        used in the last quarter of an hour stays, and while that alone fills
        the cache nothing new is saved.
    """

    def __init__(self, folder: Path, *, capacity: int) -> None:
        self.folder = folder
        self.capacity = capacity
        self._full = False
        self._trimmed = 0.0
        self._saved = _TRIM_EVERY  # so that the first save looks at what is there
        self._lock = threading.Lock()
        self._touched: dict[str, float] = {}

    @property
    def full(self) -> bool:
        """Whether nothing more may be saved for now."""
        if self.capacity <= 0:
            return True
        if self._full and time.monotonic() - self._trimmed > _TOUCH_SECONDS:
            self.trim()
        return self._full

    def whole(self, key: str, size: int) -> Path | None:
        """Return the file that holds all of an object, if every block is here."""
        path = self.path(key, "whole")
        try:
            if os.stat(path).st_size != size:
                return None
        except OSError:
            return None
        self.touch(path)
        return path

    def path(self, key: str, kind: str) -> Path:
        """Return where a file of an object lies, there or not."""
        return self.folder / key[:2] / f"{key}.{kind}"

    def touch(self, path: Path) -> None:
        """Remember that a file is in use, so that it is not the next to go."""
        now = time.monotonic()
        if now - self._touched.get(str(path), -_TOUCH_SECONDS) >= _TOUCH_SECONDS:
            self._touched[str(path)] = now
            with contextlib.suppress(OSError):
                os.utime(path)

    def note_saved(self, count: int) -> None:
        """Count bytes saved; every so often make room for more."""
        with self._lock:
            self._saved += count
            if self._saved < min(_TRIM_EVERY, self.capacity // 8):
                return
            self._saved = 0
        self.trim()

    def trim(self) -> None:
        """Delete what was used longest ago until the cache is well within its bounds."""
        entries = self._entries()
        total = sum(used for _, used, _ in entries)
        goal = self.capacity if total <= self.capacity else self.capacity * 4 // 5
        deadline = time.time() - _KEEP_SECONDS
        for modified, used, paths in sorted(entries):
            if total <= goal or modified > deadline:
                break
            for path in paths:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            total -= used
        self._full = total >= self.capacity
        self._trimmed = time.monotonic()

    def _entries(self) -> list[tuple[float, int, list[str]]]:
        """Return (last use, bytes on disk, files) of each object."""
        found: dict[str, tuple[float, int, list[str]]] = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    status = os.stat(path)
                    key = name.partition(".")[0]
                    modified, used, paths = found.get(key, (0.0, 0, []))
                    used += getattr(status, "st_blocks", status.st_size // 512 + 1) * 512
                    found[key] = max(modified, status.st_mtime), used, [*paths, path]
        return list(found.values())


@functools.cache
def _cache_at(folder: Path, capacity: int) -> BlockCache:
    return BlockCache(folder, capacity=capacity)


def shared_cache() -> BlockCache:
    """Return the cache that the configuration names, one object per process."""
    from jupyter_lake.config import cache_bytes, cache_dir

    return _cache_at(cache_dir() / "blocks", cache_bytes())
