"""HDFS: an object is a finished file, renamed to its name.

HDFS shows a file from its first byte on, so a new one is written beside its
place, flushed to the disks of its DataNodes, and renamed: the NameNode refuses
a rename to a name that is taken, and has logged the one it acknowledges.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_lake.errors import AccessDeniedError, InvalidInputError, UnreachableError
from jupyter_lake.store.backends.discarding import look_and_delete
from jupyter_lake.store.backends.hdfs_faults import NOTHING_THERE, explain, first_line, forked
from jupyter_lake.store.objectstore import ObjectExists, ObjectInfo, ObjectMissing, check_key

if TYPE_CHECKING:
    from hdfs_native import Client, FileStatus

__all__ = ["HdfsStore"]

_UNFINISHED = ".unfinished"
_CONNECT_SECONDS = 4  # the client itself tries for three minutes
_used_by: set[int] = set()  # the process that uses hdfs-native; a forked child inherits it


class HdfsStore:
    """Objects as files below a folder of HDFS, through hdfs-native.

    What it makes has the permissions of the lake's own folder: who lets a
    group write there (``hdfs dfs -chmod 775``) lets it write the whole lake.
    """

    def __init__(self, url: str, storage_options: Mapping[str, object] | None = None) -> None:
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self.storage_options: Mapping[str, object] = dict(storage_options or {})
        self._server = f"{parts.scheme}://{parts.netloc}"
        self._address = (parts.hostname, parts.port)
        self._root = parts.path.rstrip("/")
        self._opened: tuple[int, Client] | None = None
        self._permission: int | None = None

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        with self._asking(key), self._client.read(self._path(key)) as file:
            first, last, _ = slice(start, end).indices(len(file))
            return file.read_range(first, last - first) if last > first else b""

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object, durably, or raise `ObjectExists`."""
        path = self._path(check_key(key))
        with self._asking(key):
            if self._is_file(path):
                raise ObjectExists(key, self.url)
            self._write_and_rename(path, data, overwrite=False)

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there."""
        path = self._path(check_key(key))
        with self._asking(key):
            self._write_and_rename(path, data, overwrite=True)

    def info(self, key: str) -> ObjectInfo | None:
        """Return size and time of an object, or None."""
        with self._asking(key):
            try:
                found = self._client.get_file_info(self._path(key))
            except NOTHING_THERE:
                return None
        return None if found.isdir else _object_info(key, found)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted."""
        found = self._files(prefix.rpartition("/")[0])
        for key in sorted(found):
            if key.startswith(prefix) and key > (after or "") and not key.endswith(_UNFINISHED):
                yield _object_info(key, found[key])

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix, sorted."""
        with self._asking(prefix):
            try:
                found = list(self._client.list_status(self._path(prefix.rstrip("/")), False))
            except NOTHING_THERE:
                return []
        return sorted(each.path.rpartition("/")[2] for each in found if each.isdir)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are passed over."""
        for key in keys:
            with self._asking(key):
                try:
                    self._client.delete(self._path(key), False)
                except NOTHING_THERE:
                    continue
                except RuntimeError as error:
                    if "PathIsNotEmptyDirectory" not in str(error):
                        raise

    def touch(self, key: str) -> bool:
        """Set an object's time to now; False if there is none.

        A file that somebody else owns is replaced by a copy, where the folder
        permits that: HDFS lets only its owner and its writers set a time.
        """
        now = int(time.time() * 1000)
        try:
            with self._asking(key):
                self._client.set_times(self._path(key), now, now)
        except ObjectMissing:
            return False
        except AccessDeniedError:
            self.put(key, self.get(key))
        return True

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them."""
        return look_and_delete(self, keys, before=before)

    def sweep(self, before: datetime) -> int:
        """Remove temporary files that writers killed before then left behind."""
        swept = 0
        for key, found in self._files("").items():
            if key.endswith(_UNFINISHED) and _object_info(key, found).modified < before:
                self.delete([key])
                swept += 1
        return swept

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002 - the protocol's shape
        """Return None: these are no files of this machine."""
        return None

    def physical_url(self, key: str) -> str:
        """Return the object's URL."""
        return f"{self.url}/{key}"

    @property
    def _client(self) -> Client:
        if self._opened is None:
            self._opened = (os.getpid(), self._connect())
        elif self._opened[0] != os.getpid():
            raise forked(self.url)
        return self._opened[1]

    def _connect(self) -> Client:
        if _used_by and os.getpid() not in _used_by:
            raise forked(self.url)
        _used_by.add(os.getpid())
        try:
            from hdfs_native import Client
        except ImportError as error:
            raise InvalidInputError(
                f"An hdfs:// lake needs a package that is not installed: {error}.",
                hint="pip install 'jupyter_lake[hdfs]'",
            ) from error
        host, port = self._address
        if host and port:  # else it is a name of Hadoop's own configuration
            try:
                socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()
            except OSError as error:
                raise UnreachableError(
                    f"Nothing answers at {self._server}.",
                    hint="Check the network and the NameNode's address, then try again.",
                ) from error
        settings = {name: str(value) for name, value in self.storage_options.items()}
        try:
            return Client(self._server, settings)
        except Exception as error:
            raise InvalidInputError(
                f"{self.url!r} is not where a lake can lie: {first_line(error)}.",
                hint="Write hdfs://namenode:port/folder.",
            ) from error

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}" if key else self._root or "/"

    def _files(self, folder: str) -> dict[str, FileStatus]:
        with self._asking(folder):
            try:
                found = list(self._client.list_status(self._path(folder), True))
            except NOTHING_THERE:
                return {}
        return {each.path[len(self._root) + 1 :]: each for each in found if not each.isdir}

    def _is_file(self, path: str) -> bool:
        try:
            return not self._client.get_file_info(path).isdir
        except NOTHING_THERE:
            return False

    def _write_and_rename(self, path: str, data: bytes | Path, *, overwrite: bool) -> None:
        folder = path.rpartition("/")[0]
        temporary = f"{folder}/.{secrets.token_hex(8)}{_UNFINISHED}"
        try:
            with self._new_file(temporary) as file:
                if isinstance(data, Path):
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, file, 1 << 20)
                else:
                    file.write(bytes(data))
                if not overwrite:
                    file.hsync()
            self._client.rename(temporary, path, overwrite)
        except BaseException:
            with suppress(Exception):
                self._client.delete(temporary, False)
            raise

    def _new_file(self, path: str) -> Any:
        from hdfs_native import WriteOptions

        permission = self._folder_permission()
        options = WriteOptions(overwrite=False, create_parent=False, permission=permission & 0o666)
        try:
            return self._client.create(path, options)
        except FileNotFoundError:
            self._client.mkdirs(path.rpartition("/")[0], permission, True)
            return self._client.create(path, options)

    def _folder_permission(self) -> int:
        if self._permission is None:
            try:
                self._permission = self._client.get_file_info(self._root or "/").permission
            except FileNotFoundError:
                return 0o755
        return self._permission

    @contextmanager
    def _asking(self, key: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise explain(error, url=self.url, key=key) from error


def _object_info(key: str, found: FileStatus) -> ObjectInfo:
    modified = datetime.fromtimestamp(found.modification_time / 1000, UTC)
    mark = f"{found.modification_time:x}-{found.length:x}"
    return ObjectInfo(key, found.length, modified, mark)
