"""Objects that a commit needs and finds in the lake already.

They may be as old as the lake, and led to by nothing: just what a collector
deletes. So each is made young, and after that we look for a collector: one that
comes later sees that the object is young, and one at work now is waited for.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import UnreachableError
from jupyter_lake.store.collectors import await_collectors
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.refs import create_surely

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["Reuse"]


class Reuse:
    """The objects of one commit that were there before."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._objects = objects
        self._keys = keys
        self._sources: dict[str, bytes | Path | None] = {}
        self._told: datetime | None = None  # the store's own time, when it last told us
        self._lock = threading.Lock()

    def take(self, key: str, source: bytes | Path) -> bool:
        """Use the object that is there; False if there is none, or only a part of one.

        `source` is where its bytes can be had again.
        """
        if not self._objects.touch(key):
            return False
        info = self._objects.info(key)
        if info is None or info.size != _size(source):
            return False
        self._note(info, source)
        return True

    def hold(self, key: str) -> None:
        """Use an object that was written for this commit, but long ago.

        Raises
        ------
        UnreachableError
            If it has been collected: its bytes can't be had again.
        """
        info = self._objects.info(key) if self._objects.touch(key) else None
        if info is None:
            raise _collected(key)
        self._note(info, None)

    def make_sure(self) -> None:
        """Return when no collector can take what was used.

        Raises
        ------
        UnreachableError
            If one has taken what can't be written again.
        """
        with self._lock:
            sources, self._sources = self._sources, {}
        if not sources or self._told is None:
            return
        await_collectors(self._objects, self._keys, told=self._told)
        # One that has come and gone since may have deleted what it saw before it was young.
        for key, source in sources.items():
            if self._objects.info(key) is None:
                if source is None:
                    raise _collected(key)
                with suppress(ObjectExists):
                    create_surely(self._objects, key, source)

    def _note(self, info: ObjectInfo, source: bytes | Path | None) -> None:
        with self._lock:
            self._sources[info.key] = source
            self._told = max(self._told or info.modified, info.modified)


def _collected(key: str) -> UnreachableError:
    return UnreachableError(
        f"This transaction has been open for so long that a gc has deleted {key}.",
        hint="Write the files again and commit.",
        kind="collected",
    )


def _size(source: bytes | Path) -> int:
    return source.stat().st_size if isinstance(source, Path) else len(source)
