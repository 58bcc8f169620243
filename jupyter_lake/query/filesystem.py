"""``lake://``: commits as a read-only filesystem for pandas, Dask, polars, pyarrow and Ray.

``lake://sales@main/orders/2026-10.parquet`` is an address with ``lake://`` in
front. What a ref means is looked up once per filesystem object and travels with
it when it is pickled, so that all workers of a computation read one commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import fsspec

from jupyter_lake import access, config
from jupyter_lake.errors import LakeError, PathNotFoundError, ReadOnlyError
from jupyter_lake.query.file_info import file_info, folder_info, info_of
from jupyter_lake.query.origins import source_of
from jupyter_lake.query.pinned_lake import PinnedLake
from jupyter_lake.query.rangedfile import RangedFile
from jupyter_lake.query.remote import identity
from jupyter_lake.store.content import physical_url
from jupyter_lake.store.entries import DataFile, Entry

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.query.fetching import Source
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.lakes import Lake

__all__ = ["LakeFileSystem"]

_THREADS = 16


class LakeFileSystem(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """The files of a lake's commits, for reading.

    Parameters
    ----------
    url, lake_url
        The lake; without it ``JUPYTER_LAKE_URL``, as everywhere. In pandas' and
        Dask's ``storage_options`` say ``lake_url``: fsspec has a ``url`` of its own.
    lake_options
        The lake's own storage options (s3fs's and so on).
    pins
        Commit ids by ``repo`` or ``repo@ref``: what these are to mean.
    via
        What the record of a read calls its reader; empty for no record.
    """

    protocol = "lake"
    cachable = False  # a new one looks refs up anew
    root_marker = ""

    def __init__(
        self,
        url: str | None = None,
        *,
        lake_url: str | None = None,
        lake_options: Mapping[str, object] | None = None,
        pins: Mapping[str, str] | None = None,
        via: str = "lake://",
        **_options: object,
    ) -> None:
        super().__init__(skip_instance_cache=True)
        url = url or lake_url
        given = lake_options if lake_options is not None or url else config.storage_options()
        self.pinned = PinnedLake(url or config.lake_url(), dict(given or {}), dict(pins or {}))
        self.via = via
        self._told: set[tuple[str, str]] = set()

    @classmethod
    def of(cls, lake: Lake, *, via: str = "lake://") -> LakeFileSystem:
        """Return the filesystem of a lake that is open."""
        return cls(lake.url, lake_options=lake.objects.storage_options, via=via)

    @classmethod
    def _strip_protocol(cls, path: str | list[str]) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return os.fspath(path).removeprefix("lake://").rstrip("/")

    @classmethod
    def _get_kwargs_from_urls(cls, path: str) -> dict[str, object]:
        del path
        return {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, (self.pinned, self.via)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LakeFileSystem) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.pinned.url)

    @property
    def lake(self) -> Lake:
        """The lake, opened when it is first needed."""
        return self.pinned.lake

    @property
    def fsid(self) -> str:
        """What tells one lake's filesystem from another's."""
        return f"lake_{self.pinned.url}"

    # Looking

    def info(self, path: str, **_options: object) -> dict[str, Any]:
        """Return name, size, type, hash, rows and times of a file, or of a folder.

        Raises
        ------
        FileNotFoundError
        """
        path = self._strip_protocol(path)
        if not path:
            return folder_info("")
        commit, inside = self.pinned.place(path)
        if not inside:
            return folder_info(path, commit.time)
        try:
            (found, *_) = commit.ls(inside)
        except PathNotFoundError as error:
            raise FileNotFoundError(f"{error.message} {error.hint}") from None
        if isinstance(found, Entry) and found.path == inside:
            return file_info(path, found, commit)
        return folder_info(path, commit.time)

    def ls(self, path: str, detail: bool = True, **_options: object) -> list[Any]:
        """List a folder of a commit; at the root, the lake's repos."""
        path = self._strip_protocol(path)
        found = self._children(path)
        return found if detail else [each["name"] for each in found]

    def find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        **_options: object,
    ) -> Any:
        """List all files under a folder, at any depth, by one pass over the manifest."""
        path = self._strip_protocol(path)
        if not path or maxdepth is not None or withdirs:
            found = super().find(path, maxdepth=maxdepth, withdirs=withdirs, detail=True)
        else:
            commit, inside = self.pinned.place(path)
            base = path.removesuffix(inside)
            base = base if base.endswith("/") else base + "/"
            found = {
                base + entry.path: file_info(base + entry.path, entry, commit)
                for entry in commit.entries(inside)
            }
        return found if detail else sorted(found)

    def exists(self, path: str, **_options: object) -> bool:
        """Return whether something lies there."""
        try:
            self.info(path)
        except (FileNotFoundError, LakeError):
            return False
        return True

    def modified(self, path: str) -> datetime:
        """Return when the commit was made; its files have never changed since."""
        moment: datetime = self.info(path)["modified"]
        return moment

    def created(self, path: str) -> datetime:
        """Return when the commit was made."""
        return self.modified(path)

    def ukey(self, path: str) -> str:
        """Return what stands for a file's very bytes."""
        info = self.info(path)
        return str(info.get("hash") or f"{path}:{info['modified']}:{info['size']}")

    checksum = ukey

    # Reading

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        """Open a file for reading; with a text mode as text."""
        if any(letter in mode for letter in "wax+"):
            raise self._read_only()
        if "b" not in mode or options.get("compression"):
            text = {key: value for key, value in options.items() if key != "block_size"}
            return super().open(path, mode, **text)
        return self._open(path, mode)

    def _open(self, path: str, mode: str = "rb", **_options: object) -> RangedFile:
        del mode
        return RangedFile(self._source(path))

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **_options: object
    ) -> bytes:
        """Return a file's bytes ``[start:end]``, where negative numbers count from the end."""
        source = self._source(path)
        first, last, _ = slice(start, end).indices(source.size)
        return source.read(first, last)

    def cat_ranges(
        self,
        paths: list[str],
        starts: int | Iterable[int | None] | None,
        ends: int | Iterable[int | None] | None,
        max_gap: int | None = None,
        on_error: str = "return",
        **_options: object,
    ) -> list[Any]:
        """Return ranges of files, fetched side by side."""
        del max_gap
        wanted = zip(paths, _each(starts, len(paths)), _each(ends, len(paths)), strict=True)

        def read(range_: tuple[str, int | None, int | None]) -> bytes | Exception:
            try:
                return self.cat_file(*range_)
            except Exception as error:
                if on_error != "return":
                    raise
                return error

        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(read, list(wanted)))

    def commit(self, path: str) -> Commit:
        """Return the commit a path lies in, the same one each time."""
        return self.pinned.place(self._strip_protocol(path))[0]

    def pin(self, path: str) -> str:
        """Return a path with its ref replaced by the commit's id."""
        return self.pinned.pinned(self._strip_protocol(path))

    # Writing is refused by name

    def _read_only(self, *_args: object, **_options: object) -> ReadOnlyError:
        return ReadOnlyError(
            "A commit never changes, so lake:// is read-only.",
            hint="Publish with `%lake publish` or repo.transaction(...).",
        )

    def _refuse(self, *_args: object, **_options: object) -> None:
        """Raise `ReadOnlyError`: a commit never changes."""
        raise self._read_only()

    mkdir = makedirs = rm = rm_file = rmdir = mv = cp_file = pipe_file = put_file = touch = _refuse

    # Inside

    def _children(self, path: str) -> list[dict[str, Any]]:
        if not path:
            return [folder_info(repo.name) for repo in self.lake.repos()]
        commit, inside = self.pinned.place(path)
        try:
            found = commit.ls(inside)
        except PathNotFoundError as error:
            raise FileNotFoundError(f"{error.message} {error.hint}") from None
        base = path.removesuffix(inside).rstrip("/")
        return [info_of(f"{base}/{each.path}", each, commit) for each in found]

    def _source(self, path: str) -> Source:
        path = self._strip_protocol(path)
        commit, inside = self.pinned.place(path)
        try:
            entry = commit.entry(inside)
        except LakeError as error:
            raise FileNotFoundError(f"{error.message} {error.hint}") from None
        self._tell(commit, inside)
        objects = self.lake.objects
        url = physical_url(objects, commit.repo.keys, entry)
        file = DataFile(inside, url, entry.size, entry.rows, entry.hash, entry)
        return source_of(objects, url, entry.size, key=identity(file), pin_text=entry.pin_text)

    def _tell(self, commit: Commit, path: str) -> None:
        if self.via and (commit.id, path) not in self._told:
            self._told.add((commit.id, path))
            lake = self.lake.url
            access.emit(access.Read(lake, commit.repo.name, commit.id, path, None, self.via))


def _made_again(pinned: PinnedLake, via: str) -> LakeFileSystem:
    options, pins = pinned.options, pinned.pins
    return LakeFileSystem(pinned.url, lake_options=options, pins=pins, via=via)


def _each(value: Any, count: int) -> list[int | None]:
    return [value] * count if value is None or isinstance(value, int) else list(value)
