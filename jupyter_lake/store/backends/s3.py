"""A bucket: put-if-absent is S3's own ``If-None-Match: *``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from jupyter_lake.errors import (
    AccessDeniedError,
    InvalidInputError,
    LakeError,
    UnreachableError,
)
from jupyter_lake.store.backends.discarding import look_and_delete
from jupyter_lake.store.backends.s3_config import obstore_for, s3_filesystem
from jupyter_lake.store.backends.s3_faults import explain, is_passing, not_s3
from jupyter_lake.store.objectstore import ObjectExists, ObjectInfo, ObjectMissing, check_key

__all__ = ["S3Store"]

_T = TypeVar("_T")
_PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0)
_WORTH_A_LOOK = 1 << 20
_PART_BYTES = 16 << 20
_PARTS_AT_ONCE = 4
_PAGE = 1000


class S3Store:
    """Objects under a prefix of a bucket, through s3fs; long listings through obstore.

    An answer that is lost to the network leaves open whether an object was
    made: then `create` raises `LostAnswerError`, or, where botocore has asked
    again by itself, `ObjectExists` for an object this very call has made.
    """

    def __init__(self, url: str, storage_options: Mapping[str, object] | None = None) -> None:
        bucket, _, prefix = url.partition("://")[2].partition("/")
        if not bucket:
            raise InvalidInputError(f"{url!r} names no bucket.", hint="Write s3://bucket/prefix.")
        self.bucket = bucket
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self.url = f"s3://{bucket}/{self.prefix}".rstrip("/")
        self.storage_options: Mapping[str, object] = dict(storage_options or {})
        self._opened: tuple[int, Any] | None = None

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        if start is not None and end is not None and 0 <= end <= start:
            return b""
        if ((start or 0) < 0 and end is not None) or (end or 0) < 0:
            size = self._size(key)
            start, end, _ = slice(start, end).indices(size)
            return self.get(key, start=start, end=end)
        try:
            return self._ask(lambda: self._read(key, _range(start, end)), key, reading=True)
        except AccessDeniedError as error:
            raise self._missing_or(error, key) from error

    def create(self, key: str, data: bytes | Path) -> None:
        """Write a new object or raise `ObjectExists`."""
        where = self.prefix + check_key(key)
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        if size >= _WORTH_A_LOOK and self.info(key) is not None:
            raise ObjectExists(key, self.url)  # without sending it all for that answer
        if isinstance(data, Path) and size >= 2 * _PART_BYTES:
            self._ask(lambda: self._upload(where, data), key)
            return
        body = data.read_bytes() if isinstance(data, Path) else bytes(data)
        self._call("put_object", key, Key=where, Body=body, IfNoneMatch="*")

    def put(self, key: str, data: bytes) -> None:
        """Write an object over what is there."""
        self._call("put_object", key, Key=self.prefix + check_key(key), Body=bytes(data))

    def info(self, key: str) -> ObjectInfo | None:
        """Return size, time and etag of an object, or None."""
        try:
            found = self._call("head_object", key, Key=self.prefix + key)
        except ObjectMissing:
            return None
        except AccessDeniedError as error:
            told = self._missing_or(error, key)
            if isinstance(told, ObjectMissing):
                return None
            raise
        etag = str(found.get("ETag") or "").strip('"')
        return ObjectInfo(key, found["ContentLength"], found["LastModified"], etag or None)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        """Yield the objects behind `after` whose keys begin with `prefix`, sorted."""
        # The first page by s3fs, which explains what is wrong; a long rest by
        # obstore, which is several times faster.
        page = self._page(prefix, after)
        yield from page
        if len(page) == _PAGE:
            yield from self._rest(prefix, page[-1].key)

    def folders(self, prefix: str) -> Sequence[str]:
        """Return the names of the folders right below a prefix, sorted."""
        base = self.prefix + prefix
        arguments = {"Prefix": base, "Delimiter": "/"}
        names: set[str] = set()
        while True:
            answer = self._listing(prefix, **arguments)
            names |= {each["Prefix"][len(base) : -1] for each in answer.get("CommonPrefixes", ())}
            if not answer.get("IsTruncated"):
                return sorted(names)
            arguments["ContinuationToken"] = answer["NextContinuationToken"]

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, a thousand a request; missing ones are passed over."""
        rest = iter(keys)
        while some := list(islice(rest, _PAGE)):
            named = {"Objects": [{"Key": self.prefix + key} for key in some], "Quiet": True}
            answer = self._call("delete_objects", some[0], Delete=named)
            for error in answer.get("Errors", ()):
                if error.get("Code") != "NoSuchKey":
                    raise self._refused_delete(error)

    def touch(self, key: str) -> bool:
        """Copy an object onto itself, inside the store; False if there is none."""
        where = self.prefix + check_key(key)
        source = {"Bucket": self.bucket, "Key": where}
        try:
            self._call(
                "copy_object", key, Key=where, CopySource=source, MetadataDirective="REPLACE"
            )
        except ObjectMissing:
            return False
        return True

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        """Delete those of the objects that are older; return them."""
        return look_and_delete(self, keys, before=before)

    def sweep(self, before: datetime) -> int:
        """Abort the uploads in parts that were begun before then and never finished."""
        answer = self._call("list_multipart_uploads", "", Prefix=self.prefix)
        stale = [each for each in answer.get("Uploads", ()) if each["Initiated"] < before]
        for each in stale:
            self._call("abort_multipart_upload", "", Key=each["Key"], UploadId=each["UploadId"])
        return len(stale)

    def local_path(self, key: str) -> Path | None:  # noqa: ARG002 - the protocol's shape
        """Return None: a bucket has no files."""
        return None

    def physical_url(self, key: str) -> str:
        """Return the object's ``s3://`` URL."""
        return f"{self.url}/{key}"

    @property
    def _fs(self) -> Any:
        # A forked child must not talk through its parent's connections.
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = (os.getpid(), s3_filesystem(self.storage_options))
        return self._opened[1]

    def _call(self, method: str, key: str, **arguments: object) -> Any:
        return self._ask(lambda: self._fs.call_s3(method, Bucket=self.bucket, **arguments), key)

    def _ask(self, request: Callable[[], _T], key: str, *, reading: bool = False) -> _T:
        pauses = iter(_PAUSES)
        while True:
            try:
                return request()
            except Exception as error:
                pause = next(pauses, None) if is_passing(error, reading=reading) else None
                if pause is None:
                    raise self._explain(error, key) from error
                time.sleep(pause)

    @property
    def _endpoint(self) -> str:
        client = self._opened[1]._s3 if self._opened is not None else None
        return str(client.meta.endpoint_url) if client is not None else ""

    def _explain(self, error: Exception, key: str) -> LakeError:
        return explain(error, url=self.url, key=key, endpoint=self._endpoint)

    def _read(self, key: str, byte_range: dict[str, str]) -> bytes:
        from fsspec.asyn import sync

        fs = self._fs

        async def body() -> bytes:
            answer = await fs._call_s3(
                "get_object", Bucket=self.bucket, Key=self.prefix + key, **byte_range
            )
            async with answer["Body"] as stream:
                return bytes(await stream.read())

        try:
            return bytes(sync(fs.loop, body))
        except OSError as error:
            if "InvalidRange" in str(error.__cause__ or error):
                return b""  # a range behind the end is empty, as in a slice
            raise

    def _missing_or(self, error: AccessDeniedError, key: str) -> LakeError:
        """Return what a refusal means.

        AWS refuses, instead of saying that nothing is there, to those who may
        list a part of the bucket only; within that part a listing tells.
        """
        if error.kind != AccessDeniedError.default_kind:
            return error
        try:
            there = any(info.key == key for info in self._page(key, None))
        except LakeError:
            return error
        return error if there else ObjectMissing(key, self.url)

    def _upload(self, where: str, data: Path) -> None:
        size = max(_PART_BYTES, -(-data.stat().st_size // 9_000))
        self._fs.put_file(
            str(data),
            f"{self.bucket}/{where}",
            mode="create",
            chunksize=size,
            max_concurrency=_PARTS_AT_ONCE,
        )

    def _size(self, key: str) -> int:
        found = self.info(key)
        if found is None:
            raise ObjectMissing(key, self.url)
        return found.size

    def _page(self, prefix: str, after: str | None) -> Sequence[ObjectInfo]:
        arguments = {"Prefix": self.prefix + prefix, "MaxKeys": _PAGE}
        if after:
            arguments["StartAfter"] = self.prefix + after
        answer = self._listing(prefix, **arguments)
        return [
            ObjectInfo(
                each["Key"][len(self.prefix) :],
                each["Size"],
                each["LastModified"],
                each.get("ETag", "").strip('"') or None,
            )
            for each in answer.get("Contents", ())
        ]

    def _listing(self, prefix: str, **arguments: object) -> Any:
        answer = self._call("list_objects_v2", prefix, **arguments)
        if "Name" not in answer:
            raise not_s3(self._endpoint, "a listing without a name")
        return answer

    def _rest(self, prefix: str, after: str) -> Iterator[ObjectInfo]:
        from obstore.exceptions import BaseError

        try:
            for info in self._quick_list(prefix, after):
                yield info
                after = info.key
        except BaseError:
            # Keys that obstore can't spell, or a setting only s3fs understands.
            while page := self._page(prefix, after):
                yield from page
                after = page[-1].key

    def _quick_list(self, prefix: str, after: str) -> Iterator[ObjectInfo]:
        store = obstore_for(self.bucket, self.storage_options)
        folder = (self.prefix + prefix).rpartition("/")[0]
        offset = self.prefix + after
        for chunk in store.list(folder or None, offset=offset, chunk_size=_PAGE):
            for each in chunk:
                key = each["path"][len(self.prefix) :]
                if key.startswith(prefix):
                    etag = (each["e_tag"] or "").strip('"')
                    yield ObjectInfo(key, each["size"], each["last_modified"], etag or None)

    def _refused_delete(self, error: Mapping[str, str]) -> LakeError:
        code, key = error.get("Code", ""), error.get("Key", "")
        wrapped = OSError(error.get("Message", code))
        wrapped.response = {"Error": {"Code": code}}  # type: ignore[attr-defined]
        found = self._explain(wrapped, key[len(self.prefix) :])
        return found if code else UnreachableError(f"{key} was not deleted.", hint="Try again.")


def _range(start: int | None, end: int | None) -> dict[str, str]:
    if start is None and end is None:
        return {}
    if start is not None and start < 0:
        return {"Range": f"bytes={start}"}
    last = "" if end is None else end - 1
    return {"Range": f"bytes={start or 0}-{last}"}
