"""Which run each read and write belongs to: of the running cell, a task, a callback, a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.lineage.guarded import Guarded, harmless

if TYPE_CHECKING:
    from jupyter_lake.lineage.active import ActiveRun
    from jupyter_lake.lineage.callbacks import Callbacks
    from jupyter_lake.lineage.delivery import Delivery
    from jupyter_lake.lineage.workers import Workers

__all__ = ["Listening"]


class Listening(Guarded):
    """The part of a recorder that hears what passes through the lake, and past it.

    Attributes
    ----------
    paused
        True while nothing is recorded.
    delivery
        Where runs go.
    """

    paused: bool
    delivery: Delivery
    _callbacks: Callbacks
    _workers: Workers
    _lock: threading.RLock
    _last: ActiveRun | None

    def current(self) -> ActiveRun | None:
        """Return the run of the cell that is running now."""
        raise NotImplementedError

    def notice(self, text: str) -> None:
        """Tell the user something."""
        self.delivery.notice(text)

    def _owner(self, *, guess: bool) -> ActiveRun | None:
        """Return the run that the running code belongs to.

        A task is its that started the task, whoever waits for it; a callback its that wrote the
        callback. What a thread does that nobody knows is, by a guess, its that ran last.
        """
        run = self._callbacks.started() or self.current() or self._callbacks.running()
        if run is None and guess and threading.current_thread() is not threading.main_thread():
            run = self._last
        if run is not None and run.has_ended:
            if self.paused:
                return None
            self._callbacks.late[run.run_id] = run
        return run

    @harmless
    def _saw(self, event: access.Read | access.Write) -> None:
        if self._workers.here:
            self._workers.tell(event)
            return
        with self._lock:
            run = self._owner(guess=True)
            if run is None:
                return
            run.saw(event)
            if run.has_ended:
                if run.spool_again():
                    self._keep_again(run)
            elif isinstance(event, access.Write) and not self.paused and run.spool_again():
                # The commit names this run: let it be known even if the kernel dies now.
                self.delivery.keep(run, upload=False)

    @harmless
    def _bypassed(self, names: Iterable[str]) -> None:
        if self._workers.here:
            self._workers.tell(names)
        elif run := self._owner(guess=False):
            run.bypassed(names)

    def _hear_workers(self, run: ActiveRun) -> bool:
        """Take in what other processes have read; tell whether there was any."""
        told = list(self._workers.heard())
        if self.paused:
            return False
        for event in told:
            if isinstance(event, list):
                run.bypassed(event)
            else:
                run.saw(event)
        return bool(told)

    @harmless
    def _keep_late(self) -> None:
        """Record anew what runs' tasks, callbacks and workers did after they had ended."""
        if self._last is not None and self._hear_workers(self._last):
            self._callbacks.late[self._last.run_id] = self._last
        for run in list(self._callbacks.late.values()):
            self._keep_again(run)

    def _keep_again(self, run: ActiveRun) -> None:
        self._callbacks.late.pop(run.run_id, None)
        run.revision += 1
        self.delivery.keep(run)
