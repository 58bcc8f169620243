"""A local folder on its way into a repo: files that are there unchanged are not read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from jupyter_lake.addresses import check_path
from jupyter_lake.errors import InvalidInputError
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

    def changed(self, there: Mapping[str, Entry]) -> dict[str, str]:
        """Return the files, by path, of all that is not, for certain, the entry there."""
        if not there:
            return self.files
        known = self._hashes.under(self._folder)
        return {
            path: file
            for path, file in self.files.items()
            if (entry := there.get(path)) is None
            or known.get(file) != (Stamp.of(os.stat(file)), entry.hash)
        }

    def note(self, path: str) -> None:
        """Note what state the file is in that is to have a path, and is about to be read.

        Raises
        ------
        OSError
            If it has gone.
        InvalidInputError
            If it is a pipe or a device.
        """
        found = os.stat(self.files[path])
        if not S_ISREG(found.st_mode):
            raise InvalidInputError(
                f"{self.files[path]!r} is no ordinary file.", hint="Take it out of the folder."
            )
        self._stamps[path] = Stamp.of(found)

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
