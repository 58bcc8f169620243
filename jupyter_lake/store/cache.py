"""What never changes is fetched from a bucket once: the rest of the time it is read from disk.

Ranges, trees, commits, change lists and recorded runs are immutable, so a copy is as good as
the original for ever. Each copy carries a checksum: a copy that a crash cut
short, or that a disk has altered, counts as none. All processes of a user
share the folder; any of it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake import config

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["CachedStore", "DiskCache", "beneath", "cached"]

# File contents are read in ranges, which the query layer caches by itself.
_CACHED = re.compile(
    r"(?:repos/[^/]+/(?:ranges|trees|commits|changes)/(?:[^/]+/)?|lineage/(?:runs|packs)/)"
    r"(?P<name>[^/]+)"
)
_SHARE = 10  # of the user's cache, a tenth is for this
_TRIM_EVERY = 32 << 20
_KEPT = 0.9
_SUM_BYTES = 32


def cached(objects: ObjectStore) -> ObjectStore:
    """Return the store with a cache on disk before it, if it is one that takes time to answer."""
    if objects.local_path("lake.json") is not None or objects.url.startswith("memory://"):
        return objects
    folder = config.cache_dir() / "manifests"
    return CachedStore(objects, DiskCache(folder, capacity=config.cache_bytes() // _SHARE))


def beneath(objects: ObjectStore) -> ObjectStore:
    """Return the store itself, without a cache: for those who want to see what is really there."""
    return objects.beneath if isinstance(objects, CachedStore) else objects


class DiskCache:
    """Immutable values by name in one folder, at most `capacity` bytes of them.

    Nothing here ever fails: a disk that is full or read-only, or a folder that
    somebody deletes, makes a cache that forgets.
    """

    def __init__(self, folder: Path, *, capacity: int) -> None:
        self.folder = folder
        self.capacity = capacity
        self._written = _TRIM_EVERY  # so that the first write looks at what is there
        self._lock = threading.Lock()

    def get(self, name: str) -> bytes | None:
        """Return the value that was kept under the name, or None."""
        path = self._path(name)
        try:
            data = path.read_bytes()
            body, sum_ = data[:-_SUM_BYTES], data[-_SUM_BYTES:]
            if hashlib.sha256(body).digest() != sum_:
                path.unlink()
                return None
            os.utime(path)  # what was used last is forgotten last
        except OSError:
            return None
        return body

    def put(self, name: str, value: bytes) -> None:
        """Keep a value."""
        path = self._path(name)
        temporary = path.with_name(f".{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(value + hashlib.sha256(value).digest())
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            return
        with self._lock:
            self._written += len(value)
            due = self._written >= min(_TRIM_EVERY, self.capacity // 10)
            self._written = 0 if due else self._written
        if due:
            self.trim()

    def trim(self) -> None:
        """Forget what was used longest ago, until nine tenths of the capacity are left."""
        found = sorted(self._files())
        size = sum(each[1] for each in found)
        if size <= self.capacity:
            return
        for _, length, path in found:
            if size <= self.capacity * _KEPT:
                return
            with suppress(OSError):
                path.unlink()
            size -= length

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = Path(folder, name)
                with suppress(OSError):
                    status = path.stat()
                    yield status.st_mtime, status.st_size, path


class CachedStore:
    """A store whose immutable small objects are read from disk when they were read before."""

    def __init__(self, objects: ObjectStore, cache: DiskCache) -> None:
        self.beneath = objects
        self.url = objects.url
        self.storage_options: Mapping[str, object] = objects.storage_options
        self._cache = cache

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, from the disk if they are there."""
        match = _CACHED.fullmatch(key)
        if match is None or start is not None or end is not None:
            return self.beneath.get(key, start=start, end=end)
        value = self._cache.get(match["name"])
        if value is None:
            value = self.beneath.get(key)
            self._cache.put(match["name"], value)
        return value

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object or raise `ObjectExists`."""
        self.beneath.create(key, data)

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there."""
        self.beneath.put(key, data)

    def info(self, key: str) -> ObjectInfo | None:
        """Return what the store itself says of an object."""
        return self.beneath.info(key)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield what the store itself lists."""
        return self.beneath.list(prefix, after=after)

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the folders right below a prefix."""
        return self.beneath.folders(prefix)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects."""
        self.beneath.delete(keys)

    def touch(self, key: str) -> bool:
        """Make an object young."""
        return self.beneath.touch(key)

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them."""
        return self.beneath.discard(keys, before=before)

    def sweep(self, before: datetime) -> int:
        """Remove what interrupted writes left behind."""
        return self.beneath.sweep(before)

    def local_path(self, key: str) -> Path | None:
        """Return the object's own file, if it has one."""
        return self.beneath.local_path(key)

    def physical_url(self, key: str) -> str:
        """Return where other programs find the object."""
        return self.beneath.physical_url(key)
