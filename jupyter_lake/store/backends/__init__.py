"""Where lakes can lie: one module a kind of store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["open_store"]

_PROTOCOL = re.compile(r"(?P<protocol>[A-Za-z][A-Za-z0-9+.-]+)://")


def open_store(url: str, storage_options: dict[str, object]) -> ObjectStore:
    """Open the store at `url` with the backend that its protocol asks for."""
    if not url or "\0" in url:
        raise InvalidInputError(
            f"{url!r} is not where a lake can lie.", hint="Give a folder or a URL."
        )
    match = _PROTOCOL.match(url)
    protocol = match["protocol"].lower() if match else "file"
    if protocol in ("file", "local"):
        from jupyter_lake.store.backends.local import LocalStore

        return LocalStore(url, storage_options)
    if protocol == "memory":
        from jupyter_lake.store.backends.memory import MemoryStore

        return MemoryStore(url, storage_options)
    if protocol in ("s3", "s3a"):
        from jupyter_lake.store.backends.s3 import S3Store

        return S3Store(url, storage_options)
    if protocol in ("gs", "gcs"):
        from jupyter_lake.store.backends.gcs import GcsStore

        return GcsStore(url, storage_options)
    if protocol in ("hdfs", "viewfs"):
        from jupyter_lake.store.backends.hdfs import HdfsStore

        return HdfsStore(url, storage_options)
    from jupyter_lake.store.backends.filesystem import FilesystemStore

    return FilesystemStore(url, storage_options)
