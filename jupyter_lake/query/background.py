"""Threads that read, write and fill the cache while those who asked go on."""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = ["filler", "note_demand", "reading_pool", "wait_for_quiet", "write_behind"]

_IDLE_SECONDS = 2.0
_UNWRITTEN_BYTES = 128 << 20
_THREADS = 16

_last_demand = 0.0


def note_demand() -> None:
    """Say that somebody is at work, so that what nobody waits for waits."""
    global _last_demand  # noqa: PLW0603  one network for the whole process
    _last_demand = time.monotonic()


def wait_for_quiet() -> None:
    """Wait until nobody has been at work for a while."""
    while (rest := _last_demand + _IDLE_SECONDS - time.monotonic()) > 0:
        time.sleep(rest)


@functools.cache
def reading_pool() -> ThreadPoolExecutor:
    """Return the threads that fetch side by side."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="lake-read")


class _Background:
    """A thread for what nobody waits for, not even the end of the process."""

    def __init__(self, name: str) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def put(self, task: Callable[[], None]) -> None:
        self._tasks.put(task)

    def _work(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                self._tasks.get()()


@functools.cache
def filler() -> _Background:
    """Return the thread that completes objects when all is quiet."""
    return _Background("lake-fill")


@functools.cache
def _writer() -> _Background:
    return _Background("lake-write")


_unwritten = 0
_unwritten_lock = threading.Lock()


def write_behind(count: int, task: Callable[[], None]) -> None:
    """Let a slow disk hold up nobody, until too much waits for it."""
    global _unwritten  # noqa: PLW0603  one disk for the whole process
    if _unwritten > _UNWRITTEN_BYTES:
        task()
        return
    with _unwritten_lock:
        _unwritten += count

    def write() -> None:
        global _unwritten  # noqa: PLW0603
        try:
            task()
        finally:
            with _unwritten_lock:
                _unwritten -= count

    _writer().put(write)


def _forget_threads() -> None:
    global _unwritten, _unwritten_lock
    _unwritten, _unwritten_lock = 0, threading.Lock()
    for made in (reading_pool, filler, _writer):
        made.cache_clear()


# Threads do not survive a fork; the child makes its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
