"""Bytes on their way into the lake, hashed and written side by side in bounded memory.

Nothing may lead to what is uploaded before all of it would survive a power cut: so
`Uploads.conclude` makes what leads there.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from jupyter_lake.errors import ChangedError
from jupyter_lake.store.gather import is_local
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.refs import create_surely
from jupyter_lake.store.reuse import Reuse

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["Digest", "StoreUploads", "Uploads", "open_uploads"]

T = TypeVar("T")

WORKERS = 16
IN_FLIGHT = 64
CHUNK = 1 << 20
WHOLE = 8 * 2**20  # files up to this size are read at once
YOUNG_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Digest:
    """The sha256 of some bytes, in hex digits, and how many they are."""

    hash: str
    size: int


class Uploads(Protocol):
    """Takes bytes in, names them by their hash, and makes them durable together."""

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task that adds files on a thread; waits while many are under way."""

    def add(self, data: bytes | Path) -> Digest:
        """Bring in a file's bytes; the same bytes are kept once."""

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


class Threads:
    """A few threads, made when there is work, that take only so much of it at a time."""

    def __init__(self, workers: int, in_flight: int) -> None:
        self._workers = workers
        self._slots = threading.BoundedSemaphore(in_flight)
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task on a thread, as soon as there is a place for it."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="lake-upload")
        self._slots.acquire()
        future = self._pool.submit(task)
        future.add_done_callback(lambda _: self._slots.release())
        return future

    def close(self) -> None:
        """End the threads; what has not begun never will."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


class StoreUploads:
    """Uploads to a store whose requests take time: many at once."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._objects = objects
        self._keys = keys
        self._files = Threads(WORKERS, IN_FLIGHT)
        self._writes = Threads(WORKERS, IN_FLIGHT)
        self._waiting: list[Future[None]] = []
        self._made: dict[str, float] = {}
        self._reuse = Reuse(objects, keys)

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task on one of the threads."""
        return self._files.submit(task)

    def add(self, data: bytes | Path) -> Digest:
        """Hash bytes or a file, and write what the lake doesn't have: bytes on a thread."""
        if isinstance(data, bytes):
            digest = Digest(hashlib.sha256(data).hexdigest(), len(data))
            self.write(self._keys.object(digest.hash), data)
            return digest
        before = data.stat()
        if before.st_size <= WHOLE:
            content = data.read_bytes()  # what is hashed is what is written
            digest = Digest(hashlib.sha256(content).hexdigest(), len(content))
            self._create(self._keys.object(digest.hash), content)
            return digest
        digest = hash_file(data)
        self._create(self._keys.object(digest.hash), data)
        after = data.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            self._objects.delete([self._keys.object(digest.hash)])
            raise ChangedError(f"{data} was changed while it was read.", hint="Write it again.")
        return digest

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


def hash_file(path: Path) -> Digest:
    """Hash a file without holding it in memory."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Digest(digest.hexdigest(), size)
