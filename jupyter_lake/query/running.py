"""Running a statement so that it can be watched and stopped.

DuckDB works on a thread of its own while this one waits: the stop button's
KeyboardInterrupt arrives at once and is handed on, and the session stays usable.
"""

from __future__ import annotations

import contextvars
import queue
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.errors import QueryError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from jupyter_lake.query.remote import RemoteFileSystem

__all__ = ["Progress", "Runner"]

T = TypeVar("T")
Progress = Callable[[float | None, float], None]

PATIENCE = 1.0
TICK = 0.2
STOPPING = 0.05


class Runner:
    """Runs work on one connection, one piece at a time.

    Parameters
    ----------
    connection
        The connection to work on.
    filesystem
        What reads remote files on its behalf; it remembers why a read failed.

    Attributes
    ----------
    progress
        Called about five times a second, once a statement has run for a
        second, with the share done (0 to 1; None if not known) and the seconds;
        at the end once more, with 1.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, filesystem: RemoteFileSystem | None = None
    ) -> None:
        self.connection = connection
        self.filesystem = filesystem
        self.progress: Progress | None = None
        self._thread: _Thread | None = None
        self._stream: pa.RecordBatchReader | None = None

    def stream(self, relation: duckdb.DuckDBPyRelation, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield a relation's rows in batches.

        A connection has one stream at a time: the next piece of work ends this one.

        Raises
        ------
        QueryError
            If it was ended before its end.
        """
        reader = self.run(lambda: relation.to_arrow_reader(rows))
        self._stream = reader
        try:
            while True:
                if self._stream is not reader:
                    raise QueryError(
                        "Another statement of this session ended the stream.",
                        hint="Read the batches to their end first, or take `.arrow()`.",
                    )
                batch = self._run(lambda: next(reader, None))
                if batch is None:
                    return
                yield batch
        finally:
            if self._stream is reader:
                self._end_stream()

    def _end_stream(self) -> None:
        # DuckDB 2 refuses further work as long as a result is open.
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        Raises
        ------
        KeyboardInterrupt
            If the person stopped it; the connection can be used again.
        LakeError
            If a file of the lake couldn't be read.
        """
        self._end_stream()
        return self._run(work)

    def _run(self, work: Callable[[], T]) -> T:
        # Only the main thread is told of the stop button, so only it has to be free to hear it.
        if threading.current_thread() is not threading.main_thread():
            return self._told(work)
        task = _Task(lambda: self._told(work))
        if self._thread is None or not self._thread.alive:
            self._thread = _Thread()
            weakref.finalize(self, self._thread.tasks.put, None)
        self._thread.tasks.put(task)
        try:
            self._wait(task.done)
        except BaseException:
            self._stop(task.done)
            raise
        if task.failure is not None:
            raise task.failure
        return task.outcome  # type: ignore[return-value]

    def _stop(self, done: threading.Event) -> None:
        # An interrupt that arrives before DuckDB has begun is forgotten: say it until it is heard.
        while not done.is_set():
            self.connection.interrupt()
            done.wait(STOPPING)

    def _wait(self, done: threading.Event) -> None:
        waited = 0.0
        while not done.wait(TICK):
            waited += TICK
            if self.progress is not None and waited >= PATIENCE:
                self.progress(self._share(), waited)
        if self.progress is not None and waited >= PATIENCE:
            self.progress(1.0, waited)

    def _share(self) -> float | None:
        try:
            percent = float(self.connection.query_progress())
        except Exception:  # noqa: BLE001  progress is a courtesy
            return None
        return min(percent / 100, 1.0) if percent >= 0 else None

    def forget_failures(self) -> None:
        """Let go of why earlier reads failed: what follows is about something else."""
        if self.filesystem is not None:
            self.filesystem.take_failure()

    def cause_of(self, error: Exception) -> Exception:
        """Return why a file couldn't be read, if that is what DuckDB's error is about."""
        import duckdb

        if self.filesystem is None or not isinstance(error, duckdb.Error):
            return error
        return self.filesystem.take_failure() or error

    def _told(self, work: Callable[[], T]) -> T:
        import duckdb

        try:
            return work()
        except duckdb.Error as error:
            cause = self.cause_of(error)
            if cause is error:
                raise
            raise cause from None


class _Task:
    """A piece of work, and what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.done = threading.Event()
        self.outcome: object = None
        self.failure: BaseException | None = None
        self._work = work
        self._context = contextvars.copy_context()

    def do(self) -> None:
        try:
            self.outcome = self._context.run(self._work)
        except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
            self.failure = error
        finally:
            self.done.set()


class _Thread:
    """A thread that does what is put into its queue, until that is None."""

    def __init__(self) -> None:
        self.tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=_work_off, args=(self.tasks,), name="jupyter-lake-query", daemon=True
        )
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it is there: a fork takes no threads along."""
        return self._thread.is_alive()


def _work_off(tasks: queue.SimpleQueue[_Task | None]) -> None:
    while (task := tasks.get()) is not None:
        task.do()
        del task
