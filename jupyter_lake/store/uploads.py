"""Bytes on their way into the lake, hashed and written side by side in bounded memory.

Nothing may lead to what is uploaded before all of it would survive a power cut: so
`Uploads.conclude` makes what leads there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from jupyter_lake.errors import ChangedError
from jupyter_lake.store.digests import Digest, check_unchanged, digest_of, hash_file, read_small
from jupyter_lake.store.gather import is_local
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.refs import create_surely
from jupyter_lake.store.reuse import Reuse
from jupyter_lake.store.threads import Threads

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["StoreUploads", "Uploads", "open_uploads"]

K = TypeVar("K")
T = TypeVar("T")

WORKERS = 16
IN_FLIGHT = 64
YOUNG_SECONDS = 600.0


class Uploads(Protocol):
    """Takes bytes in, names them by their hash, and makes them durable together."""

    def each(self, items: Iterable[K], task: Callable[[K], T]) -> Future[dict[K, T]]:
        """Run a task that adds files for each item, side by side; the answers come by item."""

    def add(self, data: bytes | str) -> Digest:
        """Bring in bytes, or a file of this machine; the same bytes are kept once."""

    def write(self, key: str, data: bytes) -> None:
        """Bring in an immutable object under a key that its bytes decide."""

    def conclude(self, key: str, data: bytes) -> None:
        """Make all that was brought in durable, then create the object that leads to it.

        Raises
        ------
        ObjectExists
            If the key is taken.
        LakeError
            If something could not be written.
        """

    def close(self) -> None:
        """End the threads, and drop what nothing leads to yet."""


def open_uploads(objects: ObjectStore, keys: RepoKeys) -> Uploads:
    """Return what fits the store: files for a folder, requests side by side for a bucket."""
    if is_local(objects):
        from jupyter_lake.store.localuploads import LocalUploads

        return LocalUploads(objects, keys)
    return StoreUploads(objects, keys)


class StoreUploads:
    """Uploads to a store whose requests take time: many at once."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._objects = objects
        self._keys = keys
        self._files = Threads(WORKERS)
        self._writes = Threads(WORKERS, most_waiting=IN_FLIGHT)
        self._waiting: list[Future[None]] = []
        self._made: dict[str, float] = {}
        self._reuse = Reuse(objects, keys)

    def each(self, items: Iterable[K], task: Callable[[K], T]) -> Future[dict[K, T]]:
        """Run a task for each item on the threads."""
        return self._files.each(items, task)

    def add(self, data: bytes | str) -> Digest:
        """Hash bytes or a file, and write what the lake doesn't have: bytes on a thread."""
        if isinstance(data, bytes):
            digest = digest_of(data)
            self.write(self._keys.object(digest.hash), data)
            return digest
        if (content := read_small(data)) is not None:  # what is hashed is what is written
            digest = digest_of(content)
            self._create(self._keys.object(digest.hash), content)
            return digest
        return self._add_large(Path(data))

    def write(self, key: str, data: bytes) -> None:
        """Write an immutable object on one of the threads."""
        self._waiting.append(self._writes.submit(lambda: self._create(key, data)))

    def conclude(self, key: str, data: bytes) -> None:
        """Wait for all writes, then make the last one."""
        self._flush()
        create_surely(self._objects, key, data)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.exception()
        for future in waiting:
            future.result()
        # What a long transaction wrote at its beginning is old by now.
        long_ago = time.monotonic() - YOUNG_SECONDS
        for key in [key for key, when in list(self._made.items()) if when < long_ago]:
            self._reuse.hold(key)
        self._reuse.make_sure()

    def close(self) -> None:
        """End the threads."""
        self._files.close()
        self._writes.close()

    def _add_large(self, file: Path) -> Digest:
        before = file.stat()
        digest = hash_file(file)
        self._create(self._keys.object(digest.hash), file)
        try:
            check_unchanged(str(file), before, file.stat())
        except ChangedError:
            self._objects.delete([self._keys.object(digest.hash)])
            raise
        return digest

    def _create(self, key: str, data: bytes | Path) -> None:
        try:
            create_surely(self._objects, key, data)
            self._made[key] = time.monotonic()
        except ObjectExists:
            if not self._reuse.take(key, data):
                self._mend(key, data)

    def _mend(self, key: str, data: bytes | Path) -> None:
        """Write over an object that is not whole, or that has just been collected."""
        if isinstance(data, bytes):
            self._objects.put(key, data)
        else:
            self._objects.delete([key])
            create_surely(self._objects, key, data)
