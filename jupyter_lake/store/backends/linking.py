"""Giving a finished file its name: what put-if-absent is on a disk."""

from __future__ import annotations

import errno
import os

from jupyter_lake.errors import UnsafeStoreError

__all__ = ["link"]

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def link(temporary: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    """Give a finished file its name, which must not be taken.

    Raises
    ------
    OSError, UnsafeStoreError
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        # A network filesystem may lose the answer to a link that was made.
        if os.stat(temporary).st_nlink != 2:
            raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.name == "nt":
            os.rename(temporary, path)  # refuses a name that is taken, there
            open(temporary, "xb").close()
            return
        raise UnsafeStoreError(
            f"The disk that holds {os.path.dirname(path)} has no hard links: "
            "two writers could overwrite each other.",
            hint="Put the lake on another disk or in a bucket.",
        ) from error
