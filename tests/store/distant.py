"""A store far away: what is asked of it takes its time, and is counted in round trips."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jupyter_lake.store import ObjectInfo
from jupyter_lake.store.backends.memory import MemoryStore

ANSWERS_AFTER = 0.1


class Distant(MemoryStore):
    """A store far away: every request takes its time, and is noted with its beginning and end."""

    def __init__(self, url: str, storage_options: Mapping[str, object] | None = None) -> None:
        super().__init__(url, storage_options)
        self.requests: list[tuple[float, float, str]] = []
        self.distant = False
        self._notes = threading.Lock()

    def _travel(self, what: str) -> None:
        if self.distant:
            begun = time.monotonic()
            time.sleep(ANSWERS_AFTER)
            with self._notes:
                self.requests.append((begun, time.monotonic(), what))

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        self._travel(f"get {key}")
        return super().get(key, start=start, end=end)

    def create(self, key: str, data: bytes | Path) -> None:
        self._travel(f"create {key}")
        super().create(key, data)

    def put(self, key: str, data: bytes) -> None:
        self._travel(f"put {key}")
        super().put(key, data)

    def info(self, key: str) -> ObjectInfo | None:
        self._travel(f"info {key}")
        return super().info(key)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        self._travel(f"list {prefix}")
        yield from tuple(super().list(prefix, after=after))

    def folders(self, prefix: str) -> Sequence[str]:
        self._travel(f"folders {prefix}")
        return super().folders(prefix)

    def touch(self, key: str) -> bool:
        self._travel(f"touch {key}")
        return super().touch(key)


def rounds(requests: Sequence[tuple[float, float, str]]) -> list[str]:
    """Return the longest run of requests of which each began when the one before had ended."""
    chain: list[str] = []
    free = 0.0
    for begun, ended, what in sorted(requests, key=lambda each: each[1]):
        if begun >= free:
            chain.append(what)
            free = ended
    return chain
