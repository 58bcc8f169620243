"""Several store calls at once where each of them is a round trip."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["gather", "is_local", "pool"]

T = TypeVar("T")

WORKERS = 32
THREAD_NAME = "lake-store"

_pool: ThreadPoolExecutor | None = None


def is_local(objects: ObjectStore) -> bool:
    """Tell whether objects are files here, so that threads would only cost time."""
    return objects.local_path("lake.json") is not None


def gather(objects: ObjectStore, calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make the calls, side by side unless the store is local, and return their answers.

    The first error is raised after all calls have ended. What a call gathers in
    turn goes one by one: it can't wait for the threads that wait for it.
    """
    if len(calls) < 2 or _inside() or is_local(objects):
        return [call() for call in calls]
    futures = [pool().submit(call) for call in calls]
    for future in futures:
        future.exception()
    return [future.result() for future in futures]


def _inside() -> bool:
    return threading.current_thread().name.startswith(THREAD_NAME)


def pool() -> ThreadPoolExecutor:
    """Return the threads that wait for stores, shared by all lakes of this process."""
    global _pool  # noqa: PLW0603  one pool a process
    if _pool is None:
        _pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=THREAD_NAME)
    return _pool


def _forget_pool() -> None:
    # A forked child inherits the pool but none of its threads.
    global _pool  # noqa: PLW0603
    _pool = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
