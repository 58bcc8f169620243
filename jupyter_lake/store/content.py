"""The bytes behind an entry, as a file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.objectstore import ObjectMissing

if TYPE_CHECKING:
    from jupyter_lake.store.entries import Entry
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["open_entry", "open_object", "physical_url", "read_entry"]

BUFFER = 1 << 20
HINT = "Run `%lake fsck` to see all that is broken and what it takes to mend."


def physical_url(objects: ObjectStore, keys: RepoKeys, entry: Entry) -> str:
    """Return where an engine can read the entry's bytes: a local path or a URL."""
    return entry.location or objects.physical_url(keys.object(entry.digest))


def open_entry(objects: ObjectStore, keys: RepoKeys, entry: Entry) -> BinaryIO:
    """Open an entry for reading.

    Raises
    ------
    DamagedError, ChangedError
    """
    if entry.location is not None:
        from jupyter_lake.store.external import open_external

        return open_external(entry, objects.storage_options)
    return open_object(objects, keys.object(entry.digest), entry)


def open_object(objects: ObjectStore, key: str, entry: Entry) -> BinaryIO:
    """Open the object that holds an entry's bytes.

    Raises
    ------
    DamagedError
    """
    path = objects.local_path(key)
    if path is None:
        return cast("BinaryIO", io.BufferedReader(_Ranged(objects, key, entry), BUFFER))
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise _missing(entry) from None


def read_entry(objects: ObjectStore, keys: RepoKeys, entry: Entry) -> bytes:
    """Return an entry's bytes, checked against its hash.

    Raises
    ------
    DamagedError, ChangedError
    """
    if entry.location is not None:
        with open_entry(objects, keys, entry) as file:
            return file.read()
    try:
        data = objects.get(keys.object(entry.digest))
    except ObjectMissing:
        raise _missing(entry) from None
    if hashlib.sha256(data).hexdigest() != entry.digest:
        raise DamagedError(f"{entry.path} is damaged: its bytes have changed.", hint=HINT)
    return data


def _missing(entry: Entry) -> DamagedError:
    return DamagedError(f"The bytes of {entry.path} are missing from the lake.", hint=HINT)


class _Ranged(io.RawIOBase):
    """An object of a store as a raw file: each read is a request for a range."""

    def __init__(self, objects: ObjectStore, key: str, entry: Entry) -> None:
        super().__init__()
        self._objects = objects
        self._key = key
        self._entry = entry
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._entry.size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        start, stop = self._position, min(self._position + len(buffer), self._entry.size)
        if start >= stop:
            return 0
        try:
            data = self._objects.get(self._key, start=start, end=stop)
        except ObjectMissing:
            raise _missing(self._entry) from None
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
