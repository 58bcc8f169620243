"""Bringing files and folders to the disk itself, several side by side."""

from __future__ import annotations

import os
from collections.abc import Iterable

from jupyter_lake.store.gather import pool

__all__ = ["sync", "sync_all"]

AT_ONCE = 8


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
