"""Threads of one transaction, which end with it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

__all__ = ["Threads"]

K = TypeVar("K")
T = TypeVar("T")


class Threads:
    """A few threads, made when there is work.

    Parameters
    ----------
    workers
        How many there are at most.
    most_waiting
        How many submitted tasks may be under way before the next has to wait.
    """

    def __init__(self, workers: int, *, most_waiting: int = 64) -> None:
        self._workers = workers
        self._slots = threading.BoundedSemaphore(most_waiting)
        self._pool: ThreadPoolExecutor | None = None
        self._drawings: list[_Drawing[Any, Any]] = []

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run a task on a thread, as soon as there is a place for it."""
        self._slots.acquire()
        future = self._threads().submit(task)
        future.add_done_callback(lambda _: self._slots.release())
        return future

    def each(self, items: Iterable[K], task: Callable[[K], T]) -> Future[dict[K, T]]:
        """Run a task for each item; the future holds the answers by item, or the first error.

        The threads draw the items from one queue, so a small task costs little
        more than itself and a long one holds up nobody.
        """
        drawing = _Drawing(items, task)
        self._drawings.append(drawing)
        threads = self._threads()
        for draw in drawing.hands(self._workers):
            threads.submit(draw)
        return drawing.done

    def close(self) -> None:
        """End the threads; what has not begun never will."""
        for drawing in self._drawings:
            drawing.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="lake-upload")
        return self._pool


class _Drawing(Generic[K, T]):
    """Items that several threads draw from one queue until it is empty."""

    def __init__(self, items: Iterable[K], task: Callable[[K], T]) -> None:
        self.done: Future[dict[K, T]] = Future()
        self._items = deque(items)
        self._task = task
        self._answers: dict[K, T] = {}
        self._hands = 0
        self._lock = threading.Lock()

    def hands(self, most: int) -> list[Callable[[], None]]:
        """Return what that many threads are to run; all of them must."""
        self._hands = min(most, len(self._items))
        if not self._hands:
            self.done.set_result(self._answers)
        return [self._draw] * self._hands

    def stop(self) -> None:
        """Leave the items that nobody has drawn."""
        self._items.clear()

    def _drawn(self) -> Iterator[K]:
        while True:
            try:
                item = self._items.popleft()
            except IndexError:
                return
            yield item

    def _draw(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._drawn():
                self._answers[item] = self._task(item)
        except BaseException as raised:  # noqa: BLE001  whoever waits for the answers gets it
            error = raised
        with self._lock:
            self._hands -= 1
            if error is not None and not self.done.done():
                self.done.set_exception(error)
            elif not self._hands and not self.done.done():
                self.done.set_result(self._answers)
