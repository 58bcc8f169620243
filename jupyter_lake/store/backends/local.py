"""A folder on disk: each object is a file, created by linking a finished one."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jupyter_lake.errors import InvalidPathError, NotALakeError
from jupyter_lake.store.backends.linking import link
from jupyter_lake.store.backends.local_faults import explain, gone
from jupyter_lake.store.keys import LAKE_KEY
from jupyter_lake.store.objectstore import ObjectInfo, ObjectMissing, check_key
from jupyter_lake.store.syncing import sync

__all__ = ["LocalStore"]

_UNFINISHED = ".unfinished"


class LocalStore:
    """Objects as files under one folder.

    A new object is written to a temporary file beside its place, synced, and
    then linked to its name: `os.link` refuses a name that is taken, so two
    writers can't both win. The folder is synced before `create` returns.
    """

    def __init__(
        self, url: str | os.PathLike[str], storage_options: Mapping[str, object] | None = None
    ) -> None:
        self.root = _folder(os.fspath(url))
        self.url = str(self.root)
        self.storage_options: Mapping[str, object] = dict(storage_options or {})
        self._synced_folders: set[Path] = set()
        self._is_lake = False  # as far as was seen

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        try:
            with open(f"{self.root}/{self._checked(key)}", "rb", buffering=0) as file:
                if start is None and end is None:
                    self._is_lake = self._is_lake or key == LAKE_KEY
                    return file.readall()
                size = os.fstat(file.fileno()).st_size
                first, last, _ = slice(start, end).indices(size)
                file.seek(first)
                return _read_fully(file.fileno(), last - first)
        except OSError as error:
            raise explain(error, root=self.url, key=key) from error

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object, durably, or raise `ObjectExists`."""
        path = self.root / check_key(key)
        try:
            temporary = self._write_beside(path, data, sync=True)
            try:
                link(temporary, path)
            finally:
                os.unlink(temporary)
            sync(path.parent)
        except OSError as error:
            raise explain(error, root=self.url, key=key) from error

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there, in its place: a hint may be read half-written."""
        path = self.root / check_key(key)
        try:
            self._make_folder(path.parent)
            file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                _write_fully(file, data)
                os.ftruncate(file, len(data))
            finally:
                os.close(file)
        except OSError as error:
            raise explain(error, root=self.url, key=key) from error

    def info(self, key: str) -> ObjectInfo | None:
        """Return size and time of an object, or None."""
        try:
            found = os.stat(self._path(key))
        except OSError as error:
            told = explain(error, root=self.url, key=key)
            if isinstance(told, ObjectMissing):
                return None
            raise told from error
        return None if _is_folder(found) else _object_info(key, found)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted."""
        folder, _, _ = prefix.rpartition("/")
        base = f"{folder}/" if folder else ""
        yield from self._walk(
            self._path(folder) if folder else self.root, base, prefix, after or ""
        )

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix, sorted."""
        try:
            return sorted(
                entry.name
                for entry in os.scandir(self._path(prefix))
                if entry.name[0] != "." and entry.is_dir()
            )
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise explain(error, root=self.url, key=prefix) from error

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are passed over."""
        for key in keys:
            try:
                os.unlink(self._path(key))
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
            except OSError as error:
                raise explain(error, root=self.url, key=key) from error

    def touch(self, key: str) -> bool:
        """Set an object's time to now; False if there is none."""
        try:
            os.utime(self._path(key))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise explain(error, root=self.url, key=key) from error
        return True

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them.

        An object is taken away under another name before its time is looked at:
        who touches it from then on finds it gone, and writes it anew.
        """
        return [key for key in keys if self._discard(self._path(key), key, before.timestamp())]

    def _discard(self, path: Path, key: str, before: float) -> bool:
        aside = path.parent / f".{secrets.token_hex(8)}{_UNFINISHED}"
        try:
            if os.stat(path).st_mtime >= before:
                return False
            os.rename(path, aside)
            if aside.stat().st_mtime >= before:
                with suppress(FileExistsError):
                    os.link(aside, path)
                    aside.unlink()
                    return False
            aside.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise explain(error, root=self.url, key=key) from error
        return True

    def sweep(self, before: datetime) -> int:
        """Remove temporary files that writers killed before then left behind."""
        swept = 0
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                if (
                    name.startswith(".")
                    and name.endswith(_UNFINISHED)
                    and _modified_before(path, before)
                ):
                    path.unlink(missing_ok=True)
                    swept += 1
        return swept

    def local_path(self, key: str) -> Path | None:
        """Return the object's file."""
        return self._path(key)

    def physical_url(self, key: str) -> str:
        """Return the absolute path of the object's file."""
        # Asked for every file of a dataset: five times as fast as by way of a Path.
        return f"{self.root}/{self._checked(key)}"

    def _path(self, key: str) -> Path:
        return self.root / self._checked(key)

    def _checked(self, key: str) -> str:
        if ".." in key.split("/") or key.startswith("/") or "\0" in key:
            raise InvalidPathError(f"{key!r} lies outside {self.url}.")
        return key

    def _write_beside(self, path: Path, data: bytes | Path, *, sync: bool) -> Path:
        self._make_folder(path.parent)
        temporary = path.parent / f".{secrets.token_hex(8)}{_UNFINISHED}"
        try:
            with open(temporary, "xb", buffering=0) as file:
                if isinstance(data, Path):
                    with open(data, "rb", buffering=0) as source:
                        shutil.copyfileobj(source, file, 1 << 20)
                else:
                    _write_fully(file.fileno(), data)
                if sync:
                    os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return temporary

    def _make_folder(self, folder: Path) -> None:
        """Make a folder that is still there after a power cut: each parent is synced."""
        if folder in self._synced_folders and folder.is_dir():
            return
        if self._is_lake and not (self.root / LAKE_KEY).exists():
            raise gone(self.url)  # nobody would find what is written here now
        if folder != self.root:
            self._make_folder(folder.parent)
        else:
            self._check_place()
        try:
            folder.mkdir(parents=folder == self.root)
        except FileExistsError:
            if not folder.is_dir():
                raise
        sync(folder.parent)
        self._synced_folders.add(folder)

    def _check_place(self) -> None:
        """See that the root is a folder, or can become one."""
        for place in (self.root, *self.root.parents):
            if not place.exists():
                continue
            if place.is_dir():
                return
            raise NotALakeError(
                f"{place} is a file, and a lake needs a folder.", hint="Choose another place."
            )

    def _walk(self, folder: Path, base: str, prefix: str, after: str) -> Iterator[ObjectInfo]:
        try:
            # A folder sorts as its keys do: 'a-b/x' comes before 'a/x'.
            found = sorted(
                (e.name + "/" * e.is_dir(), e) for e in os.scandir(folder) if e.name[0] != "."
            )
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise explain(error, root=self.url, key=base) from error
        for name, entry in found:
            key = base + name
            if name.endswith("/"):
                # Keep off folders that can't hold what was asked for.
                if _may_begin(key, prefix) and (key > after or after.startswith(key)):
                    yield from self._walk(folder / entry.name, key, prefix, after)
            elif key > after and key.startswith(prefix):
                try:
                    yield _object_info(key, entry.stat())
                except FileNotFoundError:
                    continue


def _folder(url: str) -> Path:
    if url.lower().startswith(("file://", "local://")):
        url = unquote(urlsplit(url).path)
    return Path(os.path.abspath(os.path.expanduser(url)))


def _write_fully(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_fully(descriptor: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(descriptor, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _is_folder(found: os.stat_result) -> bool:
    import stat

    return stat.S_ISDIR(found.st_mode)


def _object_info(key: str, found: os.stat_result) -> ObjectInfo:
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return ObjectInfo(key, found.st_size, modified, f"{found.st_mtime_ns:x}-{found.st_size:x}")


def _modified_before(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _may_begin(folder: str, prefix: str) -> bool:
    return folder.startswith(prefix) or prefix.startswith(folder)
