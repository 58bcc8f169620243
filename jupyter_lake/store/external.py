"""Files outside the lake that commits point at: found, pinned, and checked on each read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from jupyter_lake.errors import ChangedError, PathNotFoundError
from jupyter_lake.store.gather import is_local
from jupyter_lake.store.objectstore import open_store

if TYPE_CHECKING:
    from jupyter_lake.store.entries import Entry
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["Pin", "check_external", "find_external", "open_external"]


@dataclass(frozen=True, slots=True)
class Pin:
    """What an external file was like when it was imported; what is None isn't checked.

    Attributes
    ----------
    size
        Its length in bytes.
    etag
        The object store's mark of its content.
    version
        The object store's version, where the bucket keeps versions.
    modified
        When it was last changed, in seconds since 1970.
    """

    size: int
    etag: str | None = None
    version: str | None = None
    modified: float | None = None

    def encode(self) -> str:
        """Return the pin as an entry stores it."""
        known: dict[str, object] = {"size": self.size}
        for name in ("etag", "version", "modified"):
            if (value := getattr(self, name)) is not None:
                known[name] = value
        return json.dumps(known, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Pin:
        """Read what `encode` made."""
        return cls(**json.loads(text))

    @classmethod
    def of(cls, info: ObjectInfo, *, local: bool) -> Pin:
        """Return the pin of a file by what its store says of it."""
        if info.etag and not local:
            return cls(info.size, etag=info.etag)
        return cls(info.size, modified=info.modified.timestamp())

    def difference(self, found: Pin) -> str | None:
        """Say how the file differs from the pin, or None."""
        if found.size != self.size:
            return f"it has {found.size:,} bytes, not {self.size:,}"
        if self.etag and found.etag and found.etag != self.etag:
            return "its content has changed"
        if self.modified and found.modified and found.modified != self.modified:
            return "it was written again"
        return None


def find_external(url: str, options: Mapping[str, object]) -> Iterator[tuple[str, str, Pin]]:
    """Yield ``(path, location, pin)`` for a file, or for each file under a folder or prefix.

    Raises
    ------
    PathNotFoundError
        If nothing lies at the URL.
    """
    url = url.rstrip("/")
    parent, _, name = url.rpartition("/")
    if name and "://" not in f"{name}/" and parent and not parent.endswith(("/", ":")):
        found = _outside(parent, options).info(name)
        if found is not None:
            yield (name, *_pinned(_outside(parent, options), found))
            return
    empty = True
    objects = _outside(url, options)
    for info in objects.list(""):
        if not info.key.endswith("/"):  # what some tools leave to show a folder
            empty = False
            yield (info.key, *_pinned(objects, info))
    if empty:
        raise PathNotFoundError(
            f"Nothing lies at {url}.", hint="Give a file, a folder or a bucket prefix with files."
        )


def check_external(entry: Entry, options: Mapping[str, object]) -> None:
    """See that an imported file still is what the commit pinned.

    Raises
    ------
    ChangedError
        If it has changed or is gone.
    """
    objects, key = _place(entry, options)
    found = objects.info(key)
    if found is None:
        raise _changed(entry, "it is gone")
    pin = entry.pin
    if pin and (difference := pin.difference(_pinned(objects, found)[1])):
        raise _changed(entry, difference)


def open_external(entry: Entry, options: Mapping[str, object]) -> BinaryIO:
    """Open an imported file for reading, after `check_external`."""
    from jupyter_lake.store.content import open_object

    check_external(entry, options)
    objects, key = _place(entry, options)
    return open_object(objects, key, entry)


def _place(entry: Entry, options: Mapping[str, object]) -> tuple[ObjectStore, str]:
    assert entry.location is not None
    parent, _, name = entry.location.rpartition("/")
    return _outside(parent or "/", options), name


def _pinned(objects: ObjectStore, info: ObjectInfo) -> tuple[str, Pin]:
    return objects.physical_url(info.key), Pin.of(info, local=is_local(objects))


def _outside(url: str, options: Mapping[str, object]) -> ObjectStore:
    """Return the store at a URL; the lake's storage options are for buckets only."""
    bucket = "://" in url and not url.startswith(("file://", "memory://"))
    return _opened(url, json.dumps(dict(options) if bucket else {}, sort_keys=True, default=str))


@lru_cache(maxsize=64)
def _opened(url: str, options: str) -> ObjectStore:
    return open_store(url, json.loads(options))


def _changed(entry: Entry, how: str) -> ChangedError:
    return ChangedError(
        f"{entry.path} points at {entry.location}, which has changed since it was imported: {how}.",
        hint="Import it again, or restore the file.",
    )
