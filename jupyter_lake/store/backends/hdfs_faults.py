"""What HDFS, or the lack of it, says: told in the words of `jupyter_lake.errors`."""

from __future__ import annotations

from jupyter_lake.errors import AccessDeniedError, LakeError, ReadOnlyError, UnreachableError
from jupyter_lake.store.objectstore import LostAnswerError, ObjectExists, ObjectMissing

__all__ = ["NOTHING_THERE", "explain", "first_line", "forked"]

NOTHING_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_FULL = ("QuotaExceeded", "could only be replicated", "Disk space")


def explain(error: Exception, *, url: str, key: str) -> LakeError:
    """Return the `LakeError` that says what hdfs-native's error means, for an object of a lake."""
    text = first_line(error)
    if isinstance(error, LakeError):
        return error
    if isinstance(error, FileExistsError):
        return ObjectExists(key, url)
    if isinstance(error, NOTHING_THERE) or "PathComponentTooLong" in text:
        return ObjectMissing(key, url)
    if "AccessControlException" in text:
        return AccessDeniedError(
            f"This user may not use {url}/{key}.",
            hint=f"Ask the owner of {url} for access (hdfs dfs -ls shows who it is), "
            "or open another lake.",
        )
    if "SafeMode" in text:
        return ReadOnlyError(
            f"{url} is in safe mode and takes no writes.",
            hint="Wait until it has left it, or ask who keeps it (hdfs dfsadmin -safemode).",
        )
    if any(word in text for word in _FULL):
        return UnreachableError(
            f"{url} is full: {text}.",
            hint="Make room (`%lake gc` frees what nothing reaches) and try again.",
            kind="disk-full",
        )
    return LostAnswerError(f"{url}/{key}: {text}.", hint="Check the network, then try again.")


def forked(url: str) -> UnreachableError:
    """Return the error for a forked child: a read would wait for its parent's threads for ever."""
    return UnreachableError(
        f"{url} can't be used by a process that was forked from one that uses HDFS.",
        hint="Start workers by multiprocessing's 'spawn' or 'forkserver'.",
        kind="forked",
    )


def first_line(error: Exception) -> str:
    """Return what went wrong, without the Java stack that the client passes on."""
    text = (str(error) or type(error).__name__).replace("\\n", "\n").partition("\n")[0]
    return text.rstrip(' ".)')
