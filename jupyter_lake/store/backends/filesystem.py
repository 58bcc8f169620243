"""Any other fsspec filesystem: Azure's buckets, and whatever else there is.

An object is created only where there is none by fsspec's ``mode="create"``,
which is generation 0 at Google and ``If-None-Match`` at Azure.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from jupyter_lake.errors import (
    AccessDeniedError,
    InvalidInputError,
    LakeError,
    UnreachableError,
    UnsafeStoreError,
)
from jupyter_lake.store.backends.discarding import look_and_delete
from jupyter_lake.store.backends.forking import held
from jupyter_lake.store.objectstore import (
    LostAnswerError,
    ObjectExists,
    ObjectInfo,
    ObjectMissing,
    check_key,
)

__all__ = ["FilesystemStore"]

_TIMES = (
    "modified",
    "last_modified",
    "LastModified",
    "mtime",
    "updated",
    "modification_time",
    "created",
)
_NOTHING_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class FilesystemStore:
    """Objects under one URL of an fsspec filesystem.

    Attributes
    ----------
    extra
        Which of our extras brings the filesystem; empty if none does.
    """

    extra: ClassVar[str] = ""

    def __init__(self, url: str, storage_options: Mapping[str, object] | None = None) -> None:
        self.url = url.rstrip("/")
        self.protocol = url.partition("://")[0].lower()
        self.storage_options: Mapping[str, object] = dict(storage_options or {})
        self._opened: tuple[int, Any] | None = None
        self._root = str(self._fs._strip_protocol(self.url)).rstrip("/")

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        try:
            return bytes(self._fs.cat_file(self._path(key), start=start, end=end))
        except Exception as error:
            raise self._explain(error, key) from error

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object or raise `ObjectExists`."""
        path = self._path(check_key(key))
        try:
            if isinstance(data, Path):
                self._fs.put_file(str(data), path, mode="create")
            else:
                self._fs.pipe_file(path, bytes(data), mode="create")
        except Exception as error:
            raise self._explain(error, key) from error

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there."""
        path = self._path(check_key(key))
        try:
            self._fs.pipe_file(path, bytes(data))
        except Exception as error:
            raise self._explain(error, key) from error

    def info(self, key: str) -> ObjectInfo | None:
        """Return size and time of an object, or None."""
        try:
            found = self._fs.info(self._path(key))
        except _NOTHING_THERE:
            return None
        except Exception as error:
            told = self._explain(error, key)
            if isinstance(told, ObjectMissing):
                return None
            raise told from error
        return None if found["type"] == "directory" else _object_info(key, found)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted."""
        folder = prefix.rpartition("/")[0]
        try:
            found = self._fs.find(self._path(folder), detail=True, refresh=True)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._explain(error, prefix) from error
        keys = {str(path)[len(self._root) :].lstrip("/"): each for path, each in found.items()}
        for key in sorted(keys):
            if key.startswith(prefix) and key > (after or ""):
                yield _object_info(key, keys[key])

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix, sorted."""
        try:
            found = self._fs.ls(self._path(prefix.rstrip("/")), detail=True, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except Exception as error:
            raise self._explain(error, prefix) from error
        return sorted(
            str(each["name"]).rstrip("/").rpartition("/")[2]
            for each in found
            if each["type"] == "directory"
        )

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are passed over."""
        for key in keys:
            try:
                self._fs.rm_file(self._path(key))
            except _NOTHING_THERE:
                continue
            except Exception as error:
                raise self._explain(error, key) from error

    def touch(self, key: str) -> bool:
        """Write an object over itself; False if there is none."""
        try:
            self.put(key, self.get(key))
        except ObjectMissing:
            return False
        return True

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them."""
        return look_and_delete(self, keys, before=before)

    def sweep(self, before: datetime) -> int:  # noqa: ARG002 - the protocol's shape
        """Nothing is left behind: an object appears whole or not at all."""
        return 0

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002
        """Return None: these are no files of this machine."""
        return None

    def physical_url(self, key: str) -> str:
        """Return the object's URL."""
        return f"{self.url}/{key}"

    @property
    def _fs(self) -> Any:
        # A forked child must not talk through its parent's connections.
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), self._open())
        return self._opened[1]

    def _open(self) -> Any:
        try:
            options = {"use_listings_cache": False, **self.storage_options}
            return held(self._filesystem(options))
        except ImportError as error:
            extra = self.extra
            what = (
                f"jupyter_lake[{extra}]" if extra else f"the fsspec filesystem for {self.protocol}"
            )
            raise InvalidInputError(
                f"A {self.protocol}:// lake needs a package that is not installed: {error}.",
                hint=f"pip install '{what}'" if extra else f"Install {what}.",
            ) from error
        except ValueError as error:
            raise InvalidInputError(
                f"{self.url!r} is not where a lake can lie: {error}.",
                hint="Give a folder, or an s3://, gs:// or hdfs:// URL.",
            ) from error
        except Exception as error:
            raise self._explain(error, "") from error

    def _filesystem(self, options: dict[str, object]) -> Any:
        import fsspec

        return fsspec.core.url_to_fs(self.url, **options)[0]

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}" if key else self._root

    def _explain(self, error: Exception, key: str) -> LakeError:
        if isinstance(error, LakeError):
            return error
        if isinstance(error, FileExistsError) or "AlreadyExists" in type(error).__name__:
            return ObjectExists(key, self.url)
        if isinstance(error, _NOTHING_THERE) or getattr(error, "errno", 0) == errno.ENAMETOOLONG:
            return ObjectMissing(key, self.url)
        if isinstance(error, PermissionError) or "403" in str(error):
            return AccessDeniedError(
                f"These credentials give no permission for {self.physical_url(key)}.",
                hint="Ask whoever keeps it for access, or choose other credentials.",
            )
        if isinstance(error, NotImplementedError):
            return UnsafeStoreError(
                f"{self.protocol}:// has no way to create an object only where there is none.",
                hint="Put the lake in a folder, or on S3, Google Cloud Storage or HDFS.",
            )
        if isinstance(error, (ConnectionRefusedError, TimeoutError)):
            return UnreachableError(
                f"Nothing answers at {self.url}.", hint="Check the network, then try again."
            )
        return LostAnswerError(
            f"{self.physical_url(key)}: {error or type(error).__name__}.",
            hint="Check the network, then try again.",
        )


def _object_info(key: str, found: Mapping[str, Any]) -> ObjectInfo:
    moment = next((found[name] for name in _TIMES if found.get(name) is not None), 0)
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    elif not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment / (1000 if moment > 1e11 else 1), UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    etag = found.get("ETag") or found.get("etag") or found.get("generation")
    return ObjectInfo(key, int(found["size"] or 0), moment, str(etag).strip('"') if etag else None)
