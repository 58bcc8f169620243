"""Threads that read, write and fill the cache while those who asked go on."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

__all__ = [
    "filler",
    "note_demand",
    "reading_pool",
    "wait_for_quiet",
    "write_behind",
    "write_waiting",
]

_IDLE_SECONDS = 2.0
_PAUSE_SECONDS = 0.2
_EXIT_SECONDS = 1.0
_TICK = 0.02
_THREADS = 16
_MOST_UNWRITTEN = 512 << 20
_UNWRITTEN_SHARE = 32

_last_demand = 0.0

Task = Callable[[], None]


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
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def put(self, task: Task) -> None:
        self._tasks.put(task)

    def _work(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                self._tasks.get()()


@functools.cache
def filler() -> _Background:
    """Return the thread that completes objects when all is quiet."""
    return _Background("lake-fill")


class _Writer:
    """Writes what has come once nobody is at work, since that needs the same processors.

    Attributes
    ----------
    capacity
        Bytes that may wait in memory; who brings more writes it himself.
    """

    def __init__(self) -> None:
        self.capacity = min(_MOST_UNWRITTEN, _memory() // _UNWRITTEN_SHARE)
        self._waiting: deque[tuple[int, Task]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._some = threading.Event()
        threading.Thread(target=self._work, name="lake-write", daemon=True).start()

    def put(self, count: int, task: Task) -> None:
        """Keep a task for later; run it here if it has no room."""
        with self._lock:
            waits = self._bytes + count <= self.capacity
            if waits:
                self._bytes += count
                self._waiting.append((count, task))
        if waits:
            self._some.set()
        else:
            task()

    def write_waiting(self, *, deadline: float | None = None) -> None:
        """Write all that waits, or as much as there is time for."""
        while deadline is None or time.monotonic() < deadline:
            if not self._write_one():
                return

    def _write_one(self) -> bool:
        try:
            count, task = self._waiting.popleft()
        except IndexError:
            return False
        try:
            with contextlib.suppress(Exception):
                task()
        finally:
            with self._lock:
                self._bytes -= count
        return True

    def _work(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            while self._waiting:
                if time.monotonic() - _last_demand < _PAUSE_SECONDS:
                    time.sleep(_TICK)
                else:
                    self._write_one()


@functools.cache
def _writer() -> _Writer:
    return _Writer()


def write_behind(count: int, task: Task) -> None:
    """Run a task that writes `count` bytes when nobody is at work, or when too much waits."""
    _writer().put(count, task)


def write_waiting() -> None:
    """Write all that waits, now."""
    _writer().write_waiting()


@atexit.register
def _write_at_exit() -> None:
    if _writer.cache_info().currsize:
        _writer().write_waiting(deadline=time.monotonic() + _EXIT_SECONDS)


def _memory() -> int:
    """Return this machine's memory in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 4 << 30


def _forget_threads() -> None:
    for made in (reading_pool, filler, _writer):
        made.cache_clear()


# Threads do not survive a fork; the child makes its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
