"""Where the runs of a session go: to every lake that is open, and to OpenLineage.

Until a lake is open they are held. What can't be kept is told in one line,
under the cell that has just ended, and once.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING

from jupyter_lake.lineage.openlineage_events import Sender
from jupyter_lake.lineage.uploads import Outbox, Uploader

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_lake.lineage.active import ActiveRun
    from jupyter_lake.lineage.provenance import Session
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store import Lake

__all__ = ["Delivery"]

HELD_BEFORE_LAKE = 1_000
"""How many runs are remembered while no lake is open yet."""


class Delivery:
    """The lakes that a session's runs go to, and what is on the way.

    Parameters
    ----------
    session
        Says of a run what a lake is to hold.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._uploader = Uploader()
        self._sender = Sender()
        self._held: deque[ActiveRun] = deque(maxlen=HELD_BEFORE_LAKE)
        self._notices: list[str] = []
        self._told: set[str] = set()

    @property
    def outboxes(self) -> list[Outbox]:
        """What waits, by lake; the one that was opened last comes last."""
        return self._uploader.outboxes

    @property
    def lake_url(self) -> str:
        """The lake that is open, or an empty text."""
        return self.outboxes[-1].lake.url if self.outboxes else ""

    @property
    def problem(self) -> str:
        """Why runs wait to be uploaded, or an empty text."""
        return next((box.problem for box in self.outboxes if box.problem), "")

    def open(self, lake: Lake) -> None:
        """Send runs to this lake from now on, and those that no lake was open for."""
        others = [box for box in self.outboxes if box.lake.url != lake.url]
        known = [box for box in self.outboxes if box.lake.url == lake.url]
        outbox = known[0] if known else Outbox(lake, notice=self.notice)
        outbox.lake = lake
        self._uploader.outboxes = [*others, outbox]
        while self._held:
            self.keep(self._held.popleft())
        self._uploader.wake()

    def keep(self, active: ActiveRun, *, upload: bool = True) -> None:
        """Put a run down for the lake that is open, and for those it read or wrote.

        With ``upload=False`` it only waits on the disk: a cell that still runs.
        """
        if not self.outboxes:
            self._held.append(active)
            return
        last = self.outboxes[-1]
        for outbox in self.outboxes:
            if outbox is last or outbox.lake.url in active.lakes:
                outbox.add(self._session.snapshot(active, outbox.lake.url), upload=upload)
        self._uploader.wake()

    def tell_others(self, active: ActiveRun) -> None:
        """Send a run that is over wherever the user's OpenLineage configuration says."""
        self._sender.add(active.snapshot(self.lake_url), self.lake_url or "unknown")

    def waiting(self, lake_url: str) -> list[Run]:
        """Return the runs that have ended and that a lake may not have yet."""
        return [run for box in self.outboxes if box.lake.url == lake_url for run in box.waiting()]

    def spools(self) -> list[Path]:
        """Return the files in which runs wait."""
        return [box.spool_path for box in self.outboxes if box.spool_path is not None]

    def flush(self, timeout: float) -> bool:
        """Wait until the lakes have everything; False if they have not in time."""
        return self._uploader.flush(timeout)

    def close(self, timeout: float) -> None:
        """Give what waits `timeout` seconds to arrive."""
        self._uploader.close(timeout)
        self._sender.close(timeout)

    def leave_to_parent(self) -> None:
        """Let go of everything, in a process that was forked off."""
        for outbox in self.outboxes:
            outbox.abandon()
        self._uploader, self._sender = Uploader(), Sender()

    def notice(self, line: str) -> None:
        """Have a line told under the cell that is running, if it was not told before."""
        if line not in self._told:
            self._told.add(line)
            self._notices.append(line)

    def tell(self) -> None:
        """Print what has to be said."""
        while self._notices:
            print(self._notices.pop(0), file=sys.stderr)  # noqa: T201
