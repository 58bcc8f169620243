"""What a disk says: told in the words of `jupyter_lake.errors`."""

from __future__ import annotations

import errno

from jupyter_lake.errors import AccessDeniedError, LakeError, ReadOnlyError, UnreachableError
from jupyter_lake.store.objectstore import ObjectExists, ObjectMissing

__all__ = ["explain", "gone"]


def gone(root: str) -> UnreachableError:
    """Return what to say when a lake's folder was moved, or its disk taken away."""
    return UnreachableError(
        f"The lake at {root} is not there any more.",
        hint="Open the lake where it is now, or bring back the disk it lies on.",
        kind="lake-gone",
    )


def explain(error: OSError, *, root: str, key: str) -> LakeError:
    """Return the `LakeError` that says what a system call's error means, for a lake's object."""
    where = f"{root}/{key}".rstrip("/")
    if isinstance(error, FileExistsError):
        return ObjectExists(key, root)
    if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return ObjectMissing(key, root)
    if error.errno == errno.ENAMETOOLONG:  # so nothing can lie there
        return ObjectMissing(key, root)
    if isinstance(error, PermissionError):
        return AccessDeniedError(
            f"This user may not use {where}.",
            hint=f"Ask the owner of {root} for access, or open another lake.",
        )
    if error.errno == errno.EROFS:
        return ReadOnlyError(
            f"{root} lies on a read-only disk.", hint="Open a lake that takes writes."
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UnreachableError(
            f"The disk that holds {root} is full.",
            hint="Make room (`%lake gc` frees what nothing reaches) and try again.",
            kind="disk-full",
        )
    return UnreachableError(
        f"{where}: {error.strerror or error}.", hint="Check the disk, then try again."
    )
