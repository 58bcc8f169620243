"""Moving runs from this process to the lake, out of the user's way.

A run goes to the spool at once, in the user's thread; everything else happens
in one background thread. A lake that is away is tried again, ever more rarely:
what waits, waits on the disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_lake.errors import AccessDeniedError, ReadOnlyError
from jupyter_lake.lineage import packs, spool
from jupyter_lake.lineage.batches import upload_batch
from jupyter_lake.lineage.runs import Run, new_run_id
from jupyter_lake.lineage.untracked import own_thread

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_lake.store import Lake

__all__ = ["Outbox", "Uploader"]

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.3
"""How long a run waits for company before it is uploaded."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries of a lake that does not answer."""
REFUSED_PAUSE = 600.0
"""Seconds between tries of a lake that takes nothing from this user."""
BATCH_RUNS = 500
HELD_RUNS = 10_000
"""How many runs are held in memory; more than these wait on the disk alone."""
LOOK_SECONDS = 60.0
"""How often a session looks for what dead ones left."""


class Outbox:
    """What one process has for one lake: on the disk, and on its way.

    Parameters
    ----------
    lake
        Where the runs go.
    notice
        Called with one quiet line when something can't be kept.
    """

    def __init__(self, lake: Lake, *, notice: Callable[[str], None]) -> None:
        self.lake = lake
        self.problem = ""
        self.tries = 0
        self._notice = notice
        self._lock = threading.Lock()
        self._waiting: dict[str, Run] = {}
        self._batch: tuple[str, list[Run]] | None = None
        self._spool: spool.Spool | None = None
        self._drained = False
        self._look_again = 0.0
        self._more_on_disk = False
        self._pause = 0.0
        self._not_before = 0.0

    def add(self, run: Run, *, upload: bool = True) -> None:
        """Put a run down where a killed process can't take it along.

        With ``upload=False`` it only waits on the disk: a cell that still runs.
        """
        self._keep(run)
        if not upload:
            return
        with self._lock:
            self._waiting[run.run_id] = run
            while len(self._waiting) > HELD_RUNS:
                self._waiting.pop(next(iter(self._waiting)))
                self._more_on_disk = True

    def _keep(self, run: Run) -> None:
        try:
            if self._spool is None:
                self._spool = spool.Spool.new(self.lake.url)
            self._spool.append(run)
        except Exception as error:  # noqa: BLE001  it is kept in memory, whatever it was
            reason = getattr(error, "strerror", None) or str(error)
            self._notice(
                f"jupyter_lake: runs can't be written to {spool.folder_of(self.lake.url)} "
                f"({reason}); they are kept in memory until they reach the lake."
            )

    def waiting(self) -> list[Run]:
        """Return the runs that have not reached the lake."""
        with self._lock:
            return list(self._waiting.values())

    @property
    def spool_path(self) -> Path | None:
        """The file in which runs wait, once there is one."""
        return self._spool.path if self._spool is not None else None

    @property
    def idle(self) -> bool:
        """True when there is nothing left to do."""
        return self._drained and not self._waiting and self._batch is None

    @property
    def due(self) -> float:
        """Seconds until there is something to try."""
        return max(0.0, (self._look_again if self.idle else self._not_before) - time.monotonic())

    def hurry(self) -> None:
        """Try again now, whatever the pause."""
        self._not_before, self.problem = 0.0, ""

    def send(self) -> None:
        """Upload what waits, here and in the files of dead processes; never raises."""
        self.tries += 1
        try:
            if self._spool is not None:
                self._spool.sync()
            while runs := self._next_batch():
                upload_batch(self.lake.objects, *runs)
                self._sent(runs[1])
            if time.monotonic() >= self._look_again:
                self._drained = False
                self._drain()
                self._drained = True
                self._look_again = time.monotonic() + LOOK_SECONDS
            packs.pack(self.lake.objects)
        except (AccessDeniedError, ReadOnlyError) as error:
            self._later(error, REFUSED_PAUSE)
            self._notice(
                f"jupyter_lake: {self.lake.url} takes no runs from you; "
                "they stay on this machine. `%lake record off` stops recording."
            )
        except Exception as error:  # noqa: BLE001  whatever it is, the notebook goes on
            self._later(error, min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self._pause)))
        else:
            self.problem, self._pause, self._not_before = "", 0.0, 0.0

    def _later(self, error: Exception, pause: float) -> None:
        self.problem, self._pause = str(error) or type(error).__name__, pause
        self._not_before = time.monotonic() + pause
        log.debug("runs wait for %s: %s", self.lake.url, error)

    def _next_batch(self) -> tuple[str, list[Run]] | None:
        """Return the batch to upload: the same one, id and all, until it has arrived."""
        with self._lock:
            if not self._waiting and self._more_on_disk and self._spool is not None:
                self._more_on_disk = False
                self._waiting = {run.run_id: run for run in self._spool.runs()}
            if self._batch is None and self._waiting:
                self._batch = (new_run_id(), list(self._waiting.values())[:BATCH_RUNS])
            return self._batch

    def _sent(self, runs: list[Run]) -> None:
        with self._lock:
            for run in runs:
                if self._waiting.get(run.run_id) is run:
                    del self._waiting[run.run_id]
            self._batch = None
        if self._spool is not None:
            self._spool.mark_uploaded(runs)

    def _drain(self) -> None:
        """Bring what processes left that died before they could."""
        for left in spool.left_behind(self.lake.url):
            try:
                runs = [spool.died(run) for run in left.runs()]
                for start in range(0, len(runs), BATCH_RUNS):
                    batch = runs[start : start + BATCH_RUNS]
                    upload_batch(self.lake.objects, new_run_id(), batch)
                    left.mark_uploaded(batch)
            finally:
                left.close()

    def abandon(self) -> None:
        """Leave the spool to the process that this one was forked from."""
        if self._spool is not None:
            self._spool.abandon()

    def close(self) -> None:
        """Let the spool go: what it still holds is for the next process."""
        if self._spool is not None:
            self._spool.close()


class Uploader:
    """The background thread, and the outboxes it empties."""

    def __init__(self) -> None:
        self.outboxes: list[Outbox] = []
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the thread look, and start it if need be."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._work, name="jupyter_lake lineage", daemon=True
            )
            self._thread.start()
        self._wake.set()

    def flush(self, timeout: float) -> bool:
        """Wait until everything has arrived; False if it has not within `timeout` seconds."""
        end = time.monotonic() + timeout
        self._hurry.set()
        # A try that is under way does not count: it may have begun to fail before.
        tries = {id(outbox): outbox.tries for outbox in self.outboxes}
        while any(
            not outbox.idle and not (outbox.problem and outbox.tries > tries.get(id(outbox), 0))
            for outbox in self.outboxes
        ):
            left = end - time.monotonic()
            if left <= 0:
                break
            for outbox in self.outboxes:
                if outbox.tries <= tries.get(id(outbox), 0):
                    outbox.hurry()
            self.wake()
            time.sleep(min(0.005, left))
        self._hurry.clear()
        return all(outbox.idle for outbox in self.outboxes)

    def close(self, timeout: float) -> None:
        """Send what can be sent in `timeout` seconds, then stop."""
        self.flush(timeout)
        self._closed = True
        self._hurry.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=0.5)
        for outbox in self.outboxes:
            outbox.close()

    def _work(self) -> None:
        own_thread()
        while not self._closed:
            self._wake.wait(min((outbox.due for outbox in self.outboxes), default=None))
            self._wake.clear()
            self._hurry.wait(GATHER_SECONDS)
            for outbox in tuple(self.outboxes):
                if outbox.due == 0.0:
                    outbox.send()
