"""Telling a living writer from a dead one: the operating system drops a dead one's lock."""

from __future__ import annotations

import sys

__all__ = ["lock_file"]


if sys.platform == "win32":
    import msvcrt

    def lock_file(handle: int) -> bool:
        """Lock an open file for this process until it is closed; False if another has it."""
        import os

        position = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, 2**40, os.SEEK_SET)  # beyond any content: reading stays free
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, position, os.SEEK_SET)
        return True

else:
    import fcntl

    def lock_file(handle: int) -> bool:
        """Lock an open file for this process until it is closed; False if another has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
