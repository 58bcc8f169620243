"""Google Cloud Storage: put-if-absent is a write of generation 0."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from jupyter_lake.errors import AccessDeniedError, LakeError, LakeNotFoundError, UnreachableError
from jupyter_lake.store.backends.filesystem import FilesystemStore
from jupyter_lake.store.objectstore import ObjectExists, ObjectMissing, check_key

__all__ = ["GcsStore"]

_UNSIGNED = "Your default credentials were not found"


class GcsStore(FilesystemStore):
    """Objects under a prefix of a Google bucket, through gcsfs."""

    extra: ClassVar[str] = "gcs"

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        """Return the bytes of an object, or a range of them."""
        try:
            return super().get(key, start=start, end=end)
        except LakeError as error:
            if _code(error.__cause__) == 416:
                return b""  # a range behind the end is empty, as in a slice
            raise

    def touch(self, key: str) -> bool:
        """Copy an object onto itself, inside the store; False if there is none."""
        path = self._path(check_key(key))
        try:
            self._fs.cp_file(path, path)
        except Exception as error:
            told = self._explain(error, key)
            if isinstance(told, ObjectMissing):
                return False
            raise told from error
        return True

    def _filesystem(self, options: dict[str, object]) -> Any:
        # The plain class: `gcsfs.GCSFileSystem` asks by gRPC what kind of bucket it is, and waits
        # a minute for each answer where an endpoint speaks no gRPC.
        from gcsfs.core import GCSFileSystem

        # It logs each refusal, such as of a second creator, as an error: we tell of those that are.
        logging.getLogger("gcsfs").addHandler(logging.NullHandler())
        return GCSFileSystem(**options)

    def _explain(self, error: Exception, key: str) -> LakeError:
        code, bucket = _code(error), self.url.partition("://")[2].partition("/")[0]
        if code == 412:
            return ObjectExists(key, self.url)
        if code == 404 and "bucket" in str(error):
            return LakeNotFoundError(
                f"There is no bucket {bucket!r}.",
                hint="Check the bucket's name, or make the bucket first.",
                kind="bucket-not-found",
            )
        if code == 401 or _UNSIGNED in str(error) or "RefreshError" in type(error).__name__:
            return AccessDeniedError(
                f"There are no credentials for {self.url} that Google accepts.",
                hint="Run `gcloud auth application-default login`, or give storage_options="
                "{'token': ...}.",
                kind="no-credentials",
            )
        if type(error).__name__ in ("ClientConnectorError", "ServerTimeoutError"):
            return UnreachableError(
                f"Nothing answers at {self.url}.",
                hint="Check the network, and `endpoint_url` if the bucket is not Google's.",
            )
        return super()._explain(error, key)


def _code(error: BaseException | None) -> int:
    code = getattr(error, "code", 0)
    return int(code) if isinstance(code, int) else 0
