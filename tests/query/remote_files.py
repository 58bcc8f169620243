"""Files on the S3 server, as the query layer names them, and a count of what is asked of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from jupyter_lake.query import origins
from jupyter_lake.store.entries import DataFile, Entry

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore


def upload(objects: ObjectStore, path: Path, name: str | None = None) -> DataFile:
    """Put a file into a store and return it as a dataset's file."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    key = f"objects/{digest[:2]}/{digest}"
    if objects.info(key) is None:
        objects.create(key, data)
    entry = Entry(name or path.name, len(data), f"sha256:{digest}")
    url = objects.physical_url(key)
    return DataFile(entry.path, url, entry.size, None, entry.hash, entry)


def as_lake(objects: ObjectStore) -> SimpleNamespace:
    """Return as much of a lake as reading needs."""
    return SimpleNamespace(objects=objects)


class Requests:
    """What was fetched from afar: (url, start, end), in order."""

    def __init__(self) -> None:
        self.ranges: list[tuple[str, int, int]] = []
        self._lock = threading.Lock()

    def note(self, url: str, start: int, end: int) -> None:
        with self._lock:
            self.ranges.append((url, start, end))

    @property
    def objects(self) -> set[str]:
        return {url for url, _, _ in self.ranges}

    @property
    def bytes(self) -> int:
        return sum(end - start for _, start, end in self.ranges)


@contextmanager
def counted() -> Iterator[Requests]:
    """Count the ranges that are fetched from buckets."""
    requests, real = Requests(), origins._remote

    def remote(objects: ObjectStore, url: str, pin_text: str | None) -> origins.Fetch:
        fetch = real(objects, url, pin_text)

        def counting(start: int, end: int) -> object:
            requests.note(url, start, end)
            return fetch(start, end)

        return counting  # type: ignore[return-value]

    origins._remote = remote
    try:
        yield requests
    finally:
        origins._remote = real
