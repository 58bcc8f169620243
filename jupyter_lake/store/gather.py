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

# A lake's repos, a repo's branches, a branch's records.
_pools: list[ThreadPoolExecutor | None] = [None, None, None]


def is_local(objects: ObjectStore) -> bool:
    """Tell whether objects are files here, so that threads would only cost time."""
    return objects.local_path("lake.json") is not None


def gather(objects: ObjectStore, calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make the calls, side by side unless the store is local, and return their answers.

    The first error is raised after all calls have ended. What a call gathers in
    turn has threads of its own, so that nobody waits for threads that wait.
    """
    depth = _depth()
    if len(calls) < 2 or depth == len(_pools) or is_local(objects):
        return [call() for call in calls]
    futures = [pool(depth).submit(call) for call in calls]
    for future in futures:
        future.exception()
    return [future.result() for future in futures]


def pool(depth: int = 0) -> ThreadPoolExecutor:
    """Return the threads that wait for stores, shared by all lakes of this process.

    `depth` is 1 for what is asked by a thread of depth 0, and so on.
    """
    found = _pools[depth]
    if found is None:
        found = _pools[depth] = ThreadPoolExecutor(WORKERS, f"{THREAD_NAME}-{depth}")
    return found


def _depth() -> int:
    name = threading.current_thread().name
    return int(name.rpartition("-")[2].partition("_")[0]) + 1 if name.startswith(THREAD_NAME) else 0


def _forget_pools() -> None:
    # A forked child inherits the pools but none of their threads.
    _pools[:] = [None] * len(_pools)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pools)
