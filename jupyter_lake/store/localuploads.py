"""Uploads into a folder: hashed while they are copied, synced together.

Each file is written under a temporary name. A flush syncs all of them, gives them
their names, and syncs the folders: a name never stands for bytes that a power cut
could still take away. All begin in one folder, so that the disk lays them side by
side; written straight to their 256 folders they would take twice as long.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from io import FileIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.errors import AccessDeniedError, LakeError, ReadOnlyError, UnreachableError
from jupyter_lake.store.gather import pool
from jupyter_lake.store.reuse import Reuse
from jupyter_lake.store.uploads import CHUNK, Digest, Threads

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["LocalUploads"]

T = TypeVar("T")

WHOLE = 8 * 2**20  # files up to this size are read at once
WORKERS = 4
UNFINISHED = ".unfinished"

_synced: set[str] = set()  # folders that this process knows would survive a power cut


class LocalUploads:
    """Uploads to a store that is a folder."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._keys = keys
        self._root = str(objects.local_path(keys.prefix))
        self._threads = Threads(WORKERS, 4 * WORKERS)
        self._unfinished: dict[str, str] = {}  # temporary files by their place
        self._reuse = Reuse(objects, keys)
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(8)
        self._numbers = count()

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task on one of the threads."""
        return self._threads.submit(task)

    def add(self, data: bytes | Path) -> Digest:
        """Copy bytes or a file, hashing them on the way."""
        source = data
        if isinstance(data, Path):
            with open(data, "rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_size > WHOLE:
                    return self._stream(file, data)
                data = file.readall()
        digest = Digest(hashlib.sha256(data).hexdigest(), len(data))
        self._write(self._keys.object(digest.hash), data, source)
        return digest

    def write(self, key: str, data: bytes) -> None:
        """Write an object under a temporary name, unless it is there already."""
        self._write(key, data, data)

    def flush(self) -> None:
        """Sync, name, sync the folders."""
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
        folders = {os.path.dirname(place) for place in unfinished}
        try:
            made = {os.path.dirname(folder) for folder in folders if self._make(folder)}
            _sync_all(unfinished.values())
            for place, temporary in unfinished.items():
                os.replace(temporary, place)
            _sync_all(folders | made)
            _synced.update(folders)
        except OSError as error:
            _drop(unfinished)
            raise explained(error, self._root) from error
        self._reuse.make_sure()

    def close(self) -> None:
        """End the threads and remove what was not flushed."""
        self._threads.close()
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
        _drop(unfinished)

    def _write(self, key: str, data: bytes, source: bytes | Path) -> None:
        place = self._place(key)
        if place in self._unfinished or self._there(key, place, source):
            return
        temporary = self._temporary()
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                _write_fully(file, data)
            finally:
                os.close(file)
        except OSError as error:
            with suppress(OSError):
                os.unlink(temporary)
            raise explained(error, place) from error
        self._note(place, temporary)

    def _stream(self, file: FileIO, source: Path) -> Digest:
        """Copy a large file piece by piece; its name is known only at the end."""
        temporary = self._temporary()
        digest, size = hashlib.sha256(), 0
        try:
            with open(temporary, "xb", buffering=0) as copy:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    _write_fully(copy.fileno(), chunk)
        except OSError as error:
            with suppress(OSError):
                os.unlink(temporary)
            raise explained(error, temporary) from error
        found = Digest(digest.hexdigest(), size)
        key = self._keys.object(found.hash)
        if self._there(key, self._place(key), source):
            os.unlink(temporary)
        else:
            self._note(self._place(key), temporary)
        return found

    def _there(self, key: str, place: str, source: bytes | Path) -> bool:
        return os.path.exists(place) and self._reuse.take(key, source)

    def _place(self, key: str) -> str:
        return f"{self._root}/{key[len(self._keys.prefix) :]}"

    def _temporary(self) -> str:
        folder = f"{self._root}/objects"
        try:
            self._make_surely(folder)
        except OSError as error:
            raise explained(error, folder) from error
        return f"{folder}/.{self._mark}-{next(self._numbers)}{UNFINISHED}"

    def _note(self, place: str, temporary: str) -> None:
        with self._lock:
            if self._unfinished.setdefault(place, temporary) == temporary:
                return
        os.unlink(temporary)  # another thread has brought in the same bytes

    def _make(self, folder: str) -> bool:
        """Make a folder whose parent is yet to be synced; False if that was done already.

        One that is there may be another process's, which has not synced it yet.
        """
        if folder in _synced and os.path.isdir(folder):
            return False
        if not os.path.isdir(folder):
            self._make_surely(os.path.dirname(folder))
            with suppress(FileExistsError):
                os.mkdir(folder)
        return True

    def _make_surely(self, folder: str) -> None:
        if self._make(folder):
            _sync(os.path.dirname(folder))
            _synced.add(folder)


def _write_fully(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_all(paths: Iterable[str]) -> None:
    """Sync files or folders, some side by side: the disk's journal takes them together."""
    paths = list(paths)
    batches = [batch for start in range(WORKERS) if (batch := paths[start::WORKERS])]
    waiting = [pool().submit(_sync_each, batch) for batch in batches[1:]]
    if batches:
        _sync_each(batches[0])
    for done in waiting:
        done.result()


def _sync_each(paths: Iterable[str]) -> None:
    for path in paths:
        _sync(path)


def _sync(path: str) -> None:
    if os.name == "nt" and os.path.isdir(path):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop(unfinished: Mapping[str, str]) -> None:
    for temporary in unfinished.values():
        with suppress(OSError):
            os.unlink(temporary)


def explained(error: OSError, place: str) -> LakeError:
    """Return what a person should read of a disk's error."""
    if isinstance(error, PermissionError):
        return AccessDeniedError(
            f"This user may not write {place}.", hint="Ask the lake's owner for access."
        )
    if error.errno == errno.EROFS:
        return ReadOnlyError(f"{place} lies on a read-only disk.", hint="Open another lake.")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UnreachableError(
            f"The disk that holds {place} is full.",
            hint="Make room (`%lake gc` frees what nothing reaches) and try again.",
            kind="disk-full",
        )
    return UnreachableError(f"{place}: {error.strerror or error}.", hint="Check the disk.")
