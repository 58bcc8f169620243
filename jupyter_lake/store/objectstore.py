"""The seam below the store: immutable objects under keys, and one primitive, put-if-absent.

Everything the lake promises rests on `ObjectStore.create`: it makes an object
whole or not at all, never over another one, and returns only when the object
would survive a power cut (or the object store has acknowledged it).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from jupyter_lake.errors import (
    AlreadyExistsError,
    InvalidPathError,
    NotFoundError,
    UnreachableError,
)

__all__ = [
    "LostAnswerError",
    "ObjectExists",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStore",
    "check_key",
    "open_store",
]


class ObjectMissing(NotFoundError):
    """No object lies under the key."""

    default_kind = "object-missing"

    def __init__(self, key: str, url: str = "") -> None:
        super().__init__(
            f"{_place(url, key)} holds no object.", hint="Run `%lake fsck` to see what is missing."
        )
        self.key = key


class ObjectExists(AlreadyExistsError):
    """Another object lies under the key already; it was left as it is."""

    default_kind = "object-exists"

    def __init__(self, key: str, url: str = "") -> None:
        super().__init__(f"{_place(url, key)} already holds an object.")
        self.key = key


class LostAnswerError(UnreachableError):
    """The store broke off before it answered: the write may or may not have happened."""

    default_kind = "lost-answer"


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store says of one object.

    Attributes
    ----------
    key
        Where it lies, relative to the store's root.
    size
        Its length in bytes.
    modified
        When it was written, by the store's own clock, in UTC.
    etag
        What changes when the object changes, without quotes; None where the
        store has no such thing.
    """

    key: str
    size: int
    modified: datetime
    etag: str | None = None


@runtime_checkable
class ObjectStore(Protocol):
    """A folder or bucket prefix; keys are ``/``-separated and relative to it.

    Calls may come from several threads at once. Errors are children of
    `LakeError`: `ObjectMissing`, `ObjectExists`, `AccessDeniedError`,
    `UnreachableError` (of which `LostAnswerError` leaves open whether a
    write has happened).
    """

    @property
    def url(self) -> str:
        """The root's URL, without credentials."""

    @property
    def storage_options(self) -> Mapping[str, object]:
        """The options the store was opened with, in fsspec's words."""

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or the slice ``[start:end]`` of them."""

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object, durably, or raise `ObjectExists` and write nothing.

        A `Path` is copied without being held in memory as a whole.
        """

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there: for hints, which nothing depends on."""

    def info(self, key: str) -> ObjectInfo | None:
        """Return what the store says of an object, or None if there is none."""

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted by key.

        Rely on the order, and on `after`, among the keys of one folder only:
        SeaweedFS sorts a tree folder by folder, not by its keys' letters.
        """

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix that ends in ``/``, sorted."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; keys without one are passed over."""

    def touch(self, key: str) -> bool:
        """Make an object as young as if it had just been written; False if there is none."""

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects last written or touched before then; return them."""

    def sweep(self, before: datetime) -> int:
        """Remove what interrupted writes begun before then left behind; return how many."""

    def local_path(self, key: str) -> Path | None:
        """Return the object's own file if the store is a local folder, else None."""

    def physical_url(self, key: str) -> str:
        """Return where other programs find the object: a file's path or a URL."""


# What every backend can hold, letter for letter; segments never begin with a
# dot, which is how temporary files are told from objects.
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=,+@~-]*(/[A-Za-z0-9_][A-Za-z0-9._=,+@~-]*)*")


def check_key(key: str) -> str:
    """Return the key if objects may be written under it.

    Raises
    ------
    InvalidPathError
        If the key could mean another place on some backend.
    """
    if not _KEY.fullmatch(key):
        raise InvalidPathError(f"{key!r} is not a key that an object of a lake may have.")
    return key


def open_store(
    url: str | os.PathLike[str], storage_options: Mapping[str, object] | None = None
) -> ObjectStore:
    """Open the store at a folder or URL; nothing is read or written yet.

    Parameters
    ----------
    url
        A folder, ``file://``, ``memory://``, ``s3://bucket/prefix``, or any
        other URL that fsspec knows (``gs://``, ``hdfs://``, ``abfs://``).
    storage_options
        What fsspec's filesystem of that protocol takes, e.g. s3fs's ``key``,
        ``secret``, ``profile``, ``anon``, ``endpoint_url``.
    """
    from jupyter_lake.store import backends

    return backends.open_store(os.fspath(url), dict(storage_options or {}))


def _place(url: str, key: str) -> str:
    return f"{url.rstrip('/')}/{key}" if url else key
