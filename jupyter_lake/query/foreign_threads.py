"""Threads that Python did not start, such as DuckDB's, and what makes their calls cheap."""

from __future__ import annotations

import ctypes
import threading

__all__ = ["keep_thread_state"]

_MOST = 64
_kept: set[int] = set()


def keep_thread_state() -> None:
    """Let Python remember the calling thread until the process ends.

    Otherwise it makes a state for it at each call, stack and all, and throws it
    away again, which costs more than what is called (measured: a twentieth of a
    query over a bucket). A state is 17 kB, and at most a few dozen are kept.
    """
    caller = threading.get_ident()
    if caller in _kept or len(_kept) >= _MOST:
        return
    _kept.add(caller)
    # Python counts who holds on to a thread's state; this hold is never let go.
    ctypes.pythonapi.PyGILState_Ensure()
