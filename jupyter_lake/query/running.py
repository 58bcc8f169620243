"""Running a statement so that it can be watched and stopped.

DuckDB works on a thread of its own while this one waits: the stop button's
KeyboardInterrupt arrives at once and is handed on, and the session stays usable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.query.remote import RemoteFileSystem

__all__ = ["Progress", "Runner"]

T = TypeVar("T")
Progress = Callable[[float | None, float], None]

PATIENCE = 1.0
TICK = 0.2


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
        second, with the share done (0 to 1; None if not known) and the seconds.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, filesystem: RemoteFileSystem | None = None
    ) -> None:
        self.connection = connection
        self.filesystem = filesystem
        self.progress: Progress | None = None

    def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        Raises
        ------
        KeyboardInterrupt
            If the person stopped it; the connection can be used again.
        LakeError
            If a file of the lake couldn't be read.
        """
        if threading.current_thread() is not threading.main_thread():
            return self._told(work)
        done = threading.Event()
        outcome: list[T] = []
        failure: list[BaseException] = []

        def call() -> None:
            try:
                outcome.append(self._told(work))
            except BaseException as error:  # noqa: BLE001  raised again below, in the caller
                failure.append(error)
            finally:
                done.set()

        thread = threading.Thread(target=call, name="jupyter-lake-query", daemon=True)
        thread.start()
        try:
            self._wait(done)
        except KeyboardInterrupt:
            self.connection.interrupt()
            done.wait(10)
            raise
        if failure:
            raise failure[0]
        return outcome[0]

    def _wait(self, done: threading.Event) -> None:
        waited = 0.0
        while not done.wait(TICK if waited else min(TICK, PATIENCE)):
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
        return percent / 100 if percent >= 0 else None

    def _told(self, work: Callable[[], T]) -> T:
        import duckdb

        try:
            return work()
        except duckdb.Error:
            failure = self.filesystem.take_failure() if self.filesystem else None
            if failure is not None:
                raise failure from None
            raise
