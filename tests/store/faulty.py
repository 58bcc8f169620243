"""A store that fails at a chosen call, in a chosen way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from jupyter_lake.errors import UnreachableError
from jupyter_lake.store.objectstore import LostAnswerError, ObjectInfo, ObjectStore

T = TypeVar("T")

# What can happen to a call: it fails; it seems to time out, without effect or with it;
# or the process dies before it or right behind it.
FAULTS = ("fails", "times out", "applied", "dies before", "dies after")


class DiedError(BaseException):
    """The process is gone: nothing it would still do has any effect."""


class Faulty:
    """Counts the calls; the `at`-th of them goes wrong, and all behind it if `lasting`."""

    def __init__(
        self,
        objects: ObjectStore,
        *,
        at: int | None = None,
        fault: str = "fails",
        lasting: bool = False,
    ) -> None:
        self.objects = objects
        self.url = objects.url
        self.storage_options: Mapping[str, object] = objects.storage_options
        self.at = at
        self.fault = fault
        self.lasting = lasting
        self.calls: list[str] = []
        self.dead = False
        self._lock = threading.Lock()

    @property
    def struck(self) -> bool:
        """Whether the chosen call was made at all."""
        return self.at is not None and len(self.calls) > self.at

    def _call(self, name: str, do: Callable[[], T]) -> T:
        with self._lock:
            if self.dead:
                raise DiedError
            number = len(self.calls)
            self.calls.append(name)
            hit = self.at is not None and (number == self.at or (self.lasting and number > self.at))
            if not hit or self.fault in ("applied", "dies after"):
                answer = do()
            if not hit:
                return answer
            if self.fault.startswith("dies"):
                self.dead = True
                raise DiedError
            if self.fault == "fails":
                raise UnreachableError(f"{name}: the store is out of order.", hint="Try again.")
            raise LostAnswerError(f"{name}: no answer.", hint="Try again.")

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        return self._call(f"get {key}", lambda: self.objects.get(key, start=start, end=end))

    def create(self, key: str, data: bytes | Path) -> None:
        self._call(f"create {key}", lambda: self.objects.create(key, data))

    def put(self, key: str, data: bytes) -> None:
        self._call(f"put {key}", lambda: self.objects.put(key, data))

    def info(self, key: str) -> ObjectInfo | None:
        return self._call(f"info {key}", lambda: self.objects.info(key))

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        return iter(
            self._call(f"list {prefix}", lambda: tuple(self.objects.list(prefix, after=after)))
        )

    def folders(self, prefix: str) -> Sequence[str]:
        return self._call(f"folders {prefix}", lambda: self.objects.folders(prefix))

    def delete(self, keys: Iterable[str]) -> None:
        named = tuple(keys)
        self._call(f"delete {len(named)}", lambda: self.objects.delete(named))

    def touch(self, key: str) -> bool:
        return self._call(f"touch {key}", lambda: self.objects.touch(key))

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        named = tuple(keys)
        return self._call(
            f"discard {len(named)}", lambda: self.objects.discard(named, before=before)
        )

    def sweep(self, before: datetime) -> int:
        return self._call("sweep", lambda: self.objects.sweep(before))

    def local_path(self, key: str) -> Path | None:
        return None

    def physical_url(self, key: str) -> str:
        return self.objects.physical_url(key)
