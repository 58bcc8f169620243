"""Filesystems of this machine that can be synced as a whole.

Linux has a call for it, ``syncfs``, which since Linux 5.8 tells of what could not
be written (syncfs(2)). A filesystem in user space may take it for nothing to do,
so it is used on those only that are known to keep what it promises.
"""

from __future__ import annotations

import os
import platform
import re
from functools import cache

__all__ = ["sync_filesystem", "syncs_as_a_whole"]

KNOWN = {"ext2", "ext3", "ext4", "xfs", "btrfs"}
_MOUNTS = "/proc/self/mountinfo"


def syncs_as_a_whole(folder: str) -> bool:
    """Tell whether `sync_filesystem` makes all below a folder durable, or says why not."""
    try:
        return _tells_of_errors() and _kind(os.stat(folder).st_dev) in KNOWN
    except OSError:
        return False


def sync_filesystem(descriptor: int) -> None:
    """Return when all that was written to an open folder's filesystem is on its disk.

    Raises
    ------
    OSError
        If some of it could not be written since the folder was opened.
    """
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syncfs(descriptor):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


@cache
def _tells_of_errors() -> bool:
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if platform.system() != "Linux" or release is None:
        return False
    return (int(release[1]), int(release[2])) >= (5, 8)


@cache
def _kind(device: int) -> str | None:
    """Return the kind of the filesystem on a device, as the kernel names it."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with open(_MOUNTS, encoding="utf-8", errors="replace") as mounts:
        for line in mounts:  # "36 35 98:0 /root /mount options - ext4 /dev/x ..."
            fields = line.split()
            if fields[2] == wanted:
                return fields[fields.index("-") + 1]
    return None
