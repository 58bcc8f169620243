"""Hashes of local files that were read before, so that what hasn't changed isn't read again.

A file counts as unchanged while its size, inode, and both its times are what they
were. A file that was written only moments before it was read is not remembered:
it could change once more without its times showing it (git calls such entries
racily clean).
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from jupyter_lake import config

__all__ = ["FileHashes", "Stamp"]

RACY_NS = 2 * 10**9
KEPT_DAYS = 60
_TABLE = """
    CREATE TABLE IF NOT EXISTS files (
        path TEXT PRIMARY KEY, size INT, inode INT, modified INT, changed INT, hash TEXT, day INT
    ) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from its later self, without reading it; times in nanoseconds."""

    size: int
    inode: int
    modified: int
    changed: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """Return the stamp of a file's status."""
        return cls(found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)

    def settled(self, moment: int) -> bool:
        """Tell whether the file was left alone for a while before a moment."""
        return max(self.modified, self.changed) + RACY_NS < moment


class FileHashes:
    """Hashes by path and stamp, in a file of the user's cache; it may forget, but never errs."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = (folder or config.cache_dir()) / "hashes.sqlite"

    def under(self, folder: str) -> dict[str, tuple[Stamp, str]]:
        """Return what is known of the files under a folder."""
        start = os.path.join(os.path.abspath(folder), "")
        query = (
            "SELECT path, size, inode, modified, changed, hash FROM files "
            "WHERE path >= ? AND path < ?"
        )
        try:
            with closing(self._connect()) as connection:
                rows = connection.execute(query, (start, f"{start}\U0010ffff")).fetchall()
        except (sqlite3.Error, OSError):
            return {}
        return {path: (Stamp(*stamp), hash) for path, *stamp, hash in rows}

    def remember(self, found: Iterable[tuple[str, Stamp, str]]) -> None:
        """Keep the hashes of files, by absolute path."""
        today = int(time.time() // 86_400)
        rows = [
            (path, stamp.size, stamp.inode, stamp.modified, stamp.changed, hash, today)
            for path, stamp, hash in found
        ]
        with (
            suppress(sqlite3.Error, OSError, UnicodeEncodeError),
            closing(self._connect()) as connection,
            connection,
        ):
            connection.executemany("REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("DELETE FROM files WHERE day < ?", (today - KEPT_DAYS,))

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=1)
        try:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
        except BaseException:
            connection.close()
            raise
        return connection
