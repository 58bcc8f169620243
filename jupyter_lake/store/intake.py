"""Files and tables on their way into a transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import AccessDeniedError, InvalidInputError, LakeError, PathNotFoundError
from jupyter_lake.store.entries import Entry
from jupyter_lake.store.folders import FolderCopy
from jupyter_lake.store.footers import rows_and_stats
from jupyter_lake.store.tables import parquet_of
from jupyter_lake.store.uploads import Uploads, open_uploads

if TYPE_CHECKING:
    from jupyter_lake.store.edits import Edit
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.staging import Staging
    from jupyter_lake.store.tables import ArrowStreamable
    from jupyter_lake.store.trees import Tree

__all__ = ["Intake"]


class Intake:
    """Brings bytes, files, folders and tables into a repo and stages their entries.

    Parameters
    ----------
    repo
        Where the bytes go.
    staging
        Where the entries go.
    """

    def __init__(self, repo: Repo, staging: Staging) -> None:
        self._repo = repo
        self._staging = staging
        self._copies: list[FolderCopy] = []

    @cached_property
    def uploads(self) -> Uploads:
        """What carries the bytes."""
        return open_uploads(self._repo.lake.objects, self._repo.keys)

    def take_bytes(self, path: str, data: bytes) -> None:
        """Stage a file by its bytes."""
        self._staging.put(self._added(path, data))

    def take_file(self, path: str, source: Path) -> None:
        """Stage a copy of a local file, which is read in the background."""
        self._take({path: str(source)})

    def take_folder(self, path: str, source: Path, base: Tree) -> None:
        """Stage copies of all files under a folder that `base` doesn't hold already."""
        copy = FolderCopy(source, path)
        there = self._repo.manifests.found(base, copy.files) if base.ranges else {}
        for staged in self._staging.paths:
            there.pop(staged, None)
        self._take(copy.changed(there), copy.note)
        self._copies.append(copy)

    def take_table(self, path: str, data: ArrowStreamable) -> None:
        """Stage a table as a Parquet file."""
        from jupyter_lake.store.statistics import describe_parquet

        with parquet_of(data) as (content, metadata):
            digest = self.uploads.add(content)
        rows, stats = describe_parquet(metadata)
        hash = f"sha256:{digest.hash}"
        self._staging.put(Entry(path, digest.size, hash, rows=rows, stats_text=stats))

    def remember(self, staged: Edit) -> None:
        """Keep the hashes of files that came from folders, for when they come again."""
        if self._copies:
            hashes = {entry.path: entry.hash for entry in staged.puts}
            for copy in self._copies:
                copy.remember(hashes)

    def close(self) -> None:
        """Drop what was not committed."""
        if "uploads" in self.__dict__:
            with suppress(OSError):
                self.uploads.close()

    def _take(self, files: Mapping[str, str], note: Callable[[str], None] | None = None) -> None:
        """Stage copies of local files by path; `note` hears of each before it is read."""

        def copied(path: str) -> Entry:
            try:
                if note is not None:
                    note(path)
                return self._added(path, files[path])
            except OSError as error:
                raise _unreadable(files[path], error) from error

        self._staging.put_coming(files, self.uploads.each(files, copied))

    def _added(self, path: str, data: bytes | str) -> Entry:
        digest = self.uploads.add(data)
        rows, stats = rows_and_stats(path, data)
        hash = f"sha256:{digest.hash}"
        return Entry(path, digest.size, hash, rows=rows, stats_text=stats)


def _unreadable(file: str, error: OSError) -> LakeError:
    """Return what a person should read when a local file can't be read."""
    if isinstance(error, FileNotFoundError):
        return PathNotFoundError(f"There is no file {file!r} here.", hint="Check the path.")
    if isinstance(error, PermissionError):
        return AccessDeniedError(
            f"This user may not read {file!r}.", hint="Ask the file's owner for access."
        )
    return InvalidInputError(
        f"{file!r} can't be read: {error.strerror or error}.", hint="Check the file."
    )
