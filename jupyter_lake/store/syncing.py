"""Bringing files and folders to the disk itself: some side by side, very many as a whole."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from jupyter_lake.store import filesystems
from jupyter_lake.store.gather import pool

__all__ = ["WriteOut", "sync", "sync_all"]

AT_ONCE = 8
MANY = 256  # files and folders whose filesystem is sooner synced as a whole
STEP = 64 * 2**20  # bytes after which the disk begins to write while more are on their way


def sync(path: str | os.PathLike[str]) -> None:
    """Return when a file's bytes, or a folder's names, would survive a power cut."""
    if os.name == "nt" and os.path.isdir(path):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(paths: Iterable[str]) -> None:
    """Sync files and folders, some side by side: the disk's journal takes them together."""
    paths = list(paths)
    batches = [batch for start in range(AT_ONCE) if (batch := paths[start::AT_ONCE])]
    waiting = [pool().submit(_sync_each, batch) for batch in batches[1:]]
    if batches:
        _sync_each(batches[0])
    for done in waiting:
        done.result()


def _sync_each(paths: Iterable[str]) -> None:
    for path in paths:
        sync(path)


class WriteOut:
    """What one commit writes below a folder, on its way to the disk while more is written.

    Where the system can sync a filesystem as a whole and tells of its errors,
    the disk need not be idle until all is written, and thousands of files are
    synced by one call: measured, 10,000 of them in a third of the time.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._waiting = 0
        self._descriptor: int | None = None
        self._under_way: Future[None] | None = None
        self._lock = threading.Lock()

    def wrote(self, size: int) -> None:
        """Take note of bytes that were written; now and then let the disk begin with them."""
        with self._lock:
            self._waiting += size
            if self._waiting >= STEP and not self._busy() and self._open():
                self._waiting = 0
                self._under_way = pool().submit(self._sync_filesystem)

    def sync(self, paths: Sequence[str]) -> None:
        """Return when files and folders would survive a power cut; all lie below the folder.

        Raises
        ------
        OSError
            If the disk could not write some of them, now or before.
        """
        self._check()
        if len(paths) >= MANY and self._open():
            self._sync_filesystem()
        else:
            sync_all(paths)

    def close(self) -> None:
        """Let go of the disk."""
        with suppress(OSError):
            self._check()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _busy(self) -> bool:
        """Tell whether the disk is at work, or has failed, which is for `sync` to say."""
        going = self._under_way
        return going is not None and (not going.done() or going.exception() is not None)

    def _open(self) -> bool:
        if self._descriptor is None and filesystems.syncs_as_a_whole(self._folder):
            with suppress(OSError):
                self._descriptor = os.open(self._folder, os.O_RDONLY)
        return self._descriptor is not None

    def _check(self) -> None:
        """Raise what the disk met in the background."""
        if self._under_way is not None:
            self._under_way.result()

    def _sync_filesystem(self) -> None:
        assert self._descriptor is not None
        filesystems.sync_filesystem(self._descriptor)
