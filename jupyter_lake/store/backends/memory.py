"""Objects in this process's memory: for tests and for trying things out."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from jupyter_lake.store.objectstore import ObjectExists, ObjectInfo, ObjectMissing, check_key

__all__ = ["MemoryStore"]

_Objects = dict[str, tuple[bytes, datetime]]


class MemoryStore:
    """Objects of one ``memory://`` URL, shared by all who open it in this process."""

    _shelves: ClassVar[dict[str, _Objects]] = {}
    _lock = threading.Lock()

    def __init__(self, url: str, storage_options: Mapping[str, object] | None = None) -> None:
        self.url = "memory://" + url.partition("://")[2].strip("/")
        self.storage_options: Mapping[str, object] = dict(storage_options or {})
        with self._lock:
            self._objects = self._shelves.setdefault(self.url, {})

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        try:
            return self._objects[key][0][start:end]
        except KeyError:
            raise ObjectMissing(key, self.url) from None

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object or raise `ObjectExists`."""
        found = (_bytes(data), datetime.now(UTC))
        if self._objects.setdefault(check_key(key), found) is not found:
            raise ObjectExists(key, self.url)

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there."""
        with self._lock:
            self._objects[check_key(key)] = (_bytes(data), datetime.now(UTC))

    def info(self, key: str) -> ObjectInfo | None:
        """Return size and time of an object, or None."""
        found = self._objects.get(key)
        return None if found is None else _object_info(key, *found)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted."""
        for key in sorted(
            k for k in list(self._objects) if k.startswith(prefix) and k > (after or "")
        ):
            if (found := self._objects.get(key)) is not None:
                yield _object_info(key, *found)

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix, sorted."""
        below = (key[len(prefix) :] for key in list(self._objects) if key.startswith(prefix))
        return sorted({rest.partition("/")[0] for rest in below if "/" in rest})

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are passed over."""
        for key in keys:
            self._objects.pop(key, None)

    def touch(self, key: str) -> bool:
        """Set an object's time to now; False if there is none."""
        with self._lock:
            if key not in self._objects:
                return False
            self._objects[key] = (self._objects[key][0], datetime.now(UTC))
            return True

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them."""
        gone = []
        for key in keys:
            with self._lock:
                if key in self._objects and self._objects[key][1] < before:
                    del self._objects[key]
                    gone.append(key)
        return gone

    def sweep(self, before: datetime) -> int:  # noqa: ARG002 - the protocol's shape
        """Nothing is ever left behind here."""
        return 0

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002
        """Memory has no files."""
        return None

    def physical_url(self, key: str) -> str:
        """Return a URL, which only this process understands."""
        return f"{self.url}/{key}"


def _bytes(data: bytes | Path) -> bytes:
    return data.read_bytes() if isinstance(data, Path) else bytes(data)


def _object_info(key: str, data: bytes, modified: datetime) -> ObjectInfo:
    return ObjectInfo(key, len(data), modified, hashlib.sha256(data).hexdigest())
