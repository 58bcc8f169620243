"""Uploads into a folder: hashed while they are copied, synced together.

Each file is written under a temporary name. In the end all get their names, and
files and folders are synced; only then is the record made that leads to them. So
a power cut may leave a name without its bytes, but never one that anything leads
to: who finds an object there compares its bytes before he uses it. All begin in
one folder, so that the disk lays them side by side; written straight to their
256 folders they would take twice as long.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.errors import (
    AccessDeniedError,
    ChangedError,
    LakeError,
    ReadOnlyError,
    UnreachableError,
)
from jupyter_lake.store import syncing
from jupyter_lake.store.backends.linking import link
from jupyter_lake.store.backends.local_faults import gone
from jupyter_lake.store.digests import (
    CHUNK,
    Digest,
    check_unchanged,
    digest_of,
    hash_file,
    read_small,
)
from jupyter_lake.store.keys import LAKE_KEY
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.reuse import Reuse
from jupyter_lake.store.syncing import WriteOut
from jupyter_lake.store.threads import Threads

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["LocalUploads"]

K = TypeVar("K")
T = TypeVar("T")

WORKERS = min(4, max(2, os.cpu_count() or 2))  # more than processors get in each other's way
UNFINISHED = ".unfinished"
YOUNG_SECONDS = 3600.0  # what is older has long been written by the disk's own cache
LONG_SECONDS = 600.0  # after which what was written first is made young, for a gc to spare it

_synced: set[str] = set()  # folders that this process knows would survive a power cut
_folder = os.path.dirname


class LocalUploads:
    """Uploads to a store that is a folder."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._keys = keys
        self._root = str(objects.local_path(keys.prefix))
        self._lake = str(objects.local_path(""))
        self._threads = Threads(WORKERS)
        self._unfinished: dict[str, str] = {}  # temporary files by their place
        self._unsynced: set[str] = set()  # objects that another process has just made
        self._reuse = Reuse(objects, keys)
        self._out = WriteOut(str(objects.local_path("")))
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(8)
        self._begun = time.monotonic()
        self._numbers = count()

    def each(self, items: Iterable[K], task: Callable[[K], T]) -> Future[dict[K, T]]:
        """Run a task for each item on the threads."""
        return self._threads.each(items, task)

    def add(self, data: bytes | str) -> Digest:
        """Copy bytes or a file, hashing them on the way."""
        content = data if isinstance(data, bytes) else read_small(data)
        if content is None:
            return self._stream(str(data))
        digest = digest_of(content)
        self._write(self._keys.object(digest.hash), content, data)
        return digest

    def write(self, key: str, data: bytes) -> None:
        """Write an object under a temporary name, unless it is there already."""
        self._write(key, data, data)

    def conclude(self, key: str, data: bytes) -> None:
        """Name and sync all, then make the object that leads to it."""
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
            unsynced, self._unsynced = self._unsynced, set()
        place = self._place(key)
        last = self._temporary()
        try:
            self._make_durable(unfinished, unsynced, last=(last, data), folder=_folder(place))
            unfinished = {}  # all have their names
            self._reuse.make_sure()
            link(last, place)
            syncing.sync(_folder(place))
        except FileExistsError:
            raise ObjectExists(key, self._root) from None
        except OSError as error:
            raise explained(error, self._root) from error
        finally:
            _drop([*unfinished.values(), last])

    def _make_durable(
        self,
        unfinished: Mapping[str, str],
        unsynced: Iterable[str],
        *,
        last: tuple[str, bytes],
        folder: str,
    ) -> None:
        folders = {*map(_folder, unfinished), *map(_folder, unsynced)}
        made = {_folder(each) for each in (*folders, folder) if self._make(each)}
        long = time.monotonic() - self._begun > LONG_SECONDS
        for place, temporary in unfinished.items():
            if long:
                os.utime(temporary)
            os.replace(temporary, place)
        _write_new(*last)
        self._out.sync([*unfinished, *unsynced, last[0], *(folders | made)])
        _synced.update((*folders, folder))

    def close(self) -> None:
        """End the threads and remove what was not flushed."""
        self._threads.close()
        self._out.close()
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
        _drop(unfinished.values())

    def _write(self, key: str, data: bytes, source: bytes | str) -> None:
        place = self._place(key)
        if place in self._unfinished or (
            os.access(place, os.F_OK)
            and self._use(key, place, source, whole=lambda: _holds(place, data))
        ):
            return
        temporary = self._temporary()
        try:
            _write_new(temporary, data)
        except OSError as error:
            with suppress(OSError):
                os.unlink(temporary)
            raise explained(error, place) from error
        self._note(place, temporary)
        self._out.wrote(len(data))

    def _stream(self, source: str) -> Digest:
        """Copy a large file piece by piece; its name is known only at the end."""
        temporary = self._temporary()
        digest, size = hashlib.sha256(), 0
        try:
            with (
                open(source, "rb", buffering=0) as file,
                open(temporary, "xb", buffering=0) as copy,
            ):
                before = os.fstat(file.fileno())
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    _write_fully(copy.fileno(), chunk)
                    self._out.wrote(len(chunk))
                check_unchanged(source, before, os.fstat(file.fileno()))
        except (OSError, ChangedError) as error:
            with suppress(OSError):
                os.unlink(temporary)
            if isinstance(error, ChangedError):
                raise
            raise explained(error, temporary) from error
        found = Digest(digest.hexdigest(), size)
        key = self._keys.object(found.hash)
        place = self._place(key)
        if os.path.exists(place) and self._use(
            key, place, source, whole=lambda: hash_file(Path(place)) == found
        ):
            os.unlink(temporary)
        else:
            self._note(place, temporary)
        return found

    def _use(self, key: str, place: str, source: bytes | str, *, whole: Callable[[], bool]) -> bool:
        """Use an object that is there, unless it is not whole or has just gone."""
        try:
            modified = os.stat(place).st_mtime
            if not whole():
                return False
        except OSError:
            return False
        if not self._reuse.take(key, Path(source) if isinstance(source, str) else source):
            return False
        if modified > time.time() - YOUNG_SECONDS:
            with self._lock:
                self._unsynced.add(place)
        return True

    def _place(self, key: str) -> str:
        return f"{self._root}/{key[len(self._keys.prefix) :]}"

    def _temporary(self) -> str:
        return f"{self._beginning}/.{self._mark}-{next(self._numbers)}{UNFINISHED}"

    @cached_property
    def _beginning(self) -> str:
        """The folder that temporary files lie in."""
        folder = f"{self._root}/objects"
        try:
            self._make_surely(folder)
        except OSError as error:
            raise explained(error, folder) from error
        return folder

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
            if not os.path.exists(f"{self._lake}/{LAKE_KEY}"):
                raise gone(self._lake)
            self._make_surely(_folder(folder))
            with suppress(FileExistsError):
                os.mkdir(folder)
        return True

    def _make_surely(self, folder: str) -> None:
        if self._make(folder):
            syncing.sync(_folder(folder))
            _synced.add(folder)


def _write_fully(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _write_new(path: str, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        _write_fully(file, data)
    finally:
        os.close(file)


def _holds(path: str, data: bytes) -> bool:
    """Tell whether a file holds just these bytes."""
    with open(path, "rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size != len(data):
            return False
        parts = range(0, len(data), CHUNK)
        return all(file.read(CHUNK) == data[start : start + CHUNK] for start in parts)


def _drop(temporaries: Iterable[str]) -> None:
    for temporary in temporaries:
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
