"""Uploads into a folder: hashed while they are copied, synced together.

Each file is written under a temporary name. A flush syncs all of them, gives them
their names, and syncs the folders: a name never stands for bytes that a power cut
could still take away.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.errors import AccessDeniedError, LakeError, ReadOnlyError, UnreachableError
from jupyter_lake.store.reuse import Reuse
from jupyter_lake.store.uploads import CHUNK, Digest, Threads

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["LocalUploads"]

T = TypeVar("T")

WHOLE = 8 * 2**20  # files up to this size are read at once
WORKERS = 4
FEW = 32
UNFINISHED = ".unfinished"


class LocalUploads:
    """Uploads to a store that is a folder."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._objects = objects
        self._keys = keys
        self._threads = Threads(WORKERS, 4 * WORKERS)
        self._unfinished: dict[Path, Path] = {}
        self._reuse = Reuse(objects, keys)
        self._lock = threading.Lock()

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task on one of the threads."""
        return self._threads.submit(task)

    def add(self, data: bytes | Path) -> Digest:
        """Copy bytes or a file, hashing them on the way."""
        source = data
        if isinstance(data, Path):
            if data.stat().st_size > WHOLE:
                return self._stream(data)
            data = data.read_bytes()
        digest = Digest(hashlib.sha256(data).hexdigest(), len(data))
        self._write(self._keys.object(digest.hash), data, source)
        return digest

    def write(self, key: str, data: bytes) -> None:
        """Write an object beside its place, unless it is there already."""
        self._write(key, data, data)

    def flush(self) -> None:
        """Sync, name, sync the folders."""
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
        try:
            _sync_all(list(unfinished.values()))
            for place, temporary in unfinished.items():
                os.replace(temporary, place)
            _sync_all(sorted({place.parent for place in unfinished}))
        except OSError as error:
            _drop(unfinished)
            raise explained(error, Path(self._objects.url)) from error
        self._reuse.make_sure()

    def close(self) -> None:
        """End the threads and remove what was not flushed."""
        self._threads.close()
        with self._lock:
            unfinished, self._unfinished = self._unfinished, {}
        _drop(unfinished)

    def _write(self, key: str, data: bytes, source: bytes | Path) -> None:
        place = self._place(key)
        with self._lock:
            if place in self._unfinished:
                return
        if place.exists() and self._reuse.take(key, source):
            return
        temporary = self._temporary(place.parent)
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            try:
                _write_fully(file, data)
            finally:
                os.close(file)
        except OSError as error:
            raise explained(error, place) from error
        self._note(place, temporary)

    def _stream(self, source: Path) -> Digest:
        """Copy a large file piece by piece; its name is known only at the end."""
        temporary = self._temporary(self._place(self._keys.object("00")).parent)
        digest, size = hashlib.sha256(), 0
        try:
            with (
                open(source, "rb", buffering=0) as file,
                open(temporary, "xb", buffering=0) as copy,
            ):
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    _write_fully(copy.fileno(), chunk)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise explained(error, temporary) from error
        found = Digest(digest.hexdigest(), size)
        key = self._keys.object(found.hash)
        place = self._place(key)
        self._make_folder(place.parent)
        if place.exists() and self._reuse.take(key, source):
            temporary.unlink()
        else:
            self._note(place, temporary)
        return found

    def _place(self, key: str) -> Path:
        place = self._objects.local_path(key)
        assert place is not None
        return place

    def _temporary(self, folder: Path) -> Path:
        self._make_folder(folder)
        return folder / f".{secrets.token_hex(8)}{UNFINISHED}"

    def _note(self, place: Path, temporary: Path) -> None:
        with self._lock:
            if self._unfinished.setdefault(place, temporary) == temporary:
                return
        temporary.unlink()  # another thread has brought in the same bytes

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        try:
            folder.mkdir(exist_ok=True)
            _sync(folder.parent)
        except OSError as error:
            raise explained(error, folder) from error


def _write_fully(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_all(paths: list[Path]) -> None:
    """Sync files or folders; many side by side: the disk's journal takes them together."""
    if len(paths) <= FEW:
        for path in paths:
            _sync(path)
        return
    with ThreadPoolExecutor(min(8, len(paths))) as threads:
        for _ in threads.map(_sync, paths, chunksize=1):
            pass


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop(unfinished: dict[Path, Path]) -> None:
    for temporary in unfinished.values():
        temporary.unlink(missing_ok=True)


def explained(error: OSError, place: Path) -> LakeError:
    """Return what a person should read of a disk's error."""
    import errno

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
