"""A local folder on its way into a repo: files that are there unchanged are not read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.addresses import check_path
from jupyter_lake.store.filehashes import FileHashes, Stamp

if TYPE_CHECKING:
    from jupyter_lake.store.entries import Entry

__all__ = ["FolderCopy"]


class FolderCopy:
    """The files of a folder and the paths they are to have.

    Attributes
    ----------
    files
        Local files by path, sorted.

    Raises
    ------
    InvalidPathError
        If a file's name can't be a path of a repo.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = os.path.abspath(folder)
        self._hashes = FileHashes()
        self._began = time.time_ns()
        self._stamps: dict[str, Stamp] = {}
        skip = len(os.path.join(self._folder, ""))
        self.files = {
            check_path(f"{prefix}/{file[skip:].replace(os.sep, '/')}"): file
            for file in _under(self._folder)
        }

    def changed(self, there: Mapping[str, Entry]) -> Iterator[tuple[str, Path]]:
        """Yield path and file of what is not, for certain, the entry there."""
        known = self._hashes.under(self._folder) if there else {}
        for path, file in self.files.items():
            stamp = Stamp.of(os.stat(file))
            entry = there.get(path)
            if entry is None or known.get(file) != (stamp, entry.hash):
                self._stamps[path] = stamp
                yield path, Path(file)

    def remember(self, hashes: Mapping[str, str | None]) -> None:
        """Keep the hashes, by path, of the files that were read."""
        self._hashes.remember(
            (self.files[path], stamp, hash)
            for path, stamp in self._stamps.items()
            if (hash := hashes.get(path)) and stamp.settled(self._began)
        )


def _under(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(place, name) for name in sorted(names))
