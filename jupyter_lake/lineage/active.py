"""A cell while it runs: what it has read and written so far."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.access import Read, Write
from jupyter_lake.lineage.redaction import recordable
from jupyter_lake.lineage.runs import (
    Input,
    Run,
    RunRead,
    RunWrite,
    Upstream,
    folded,
    new_run_id,
    next_moment,
)

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow import Pending

__all__ = ["ActiveRun", "Place"]

MOST_READS = 100_000
MOST_PATHS = 1_000
"""How many files of one commit a record names, before it names their folders."""
MOST_UNTRACKED = 1_000
SPOOL_SECONDS = 0.2
"""How often a run is put down, at most, while it goes on writing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and by whom a cell is run."""

    notebook: str
    user: str
    session: str
    host: str


@dataclass(slots=True)
class ActiveRun:
    """What is known of a run before it ends; `snapshot` says it in a `Run`.

    Attributes
    ----------
    source
        The cell as it may be recorded: redacted, or None.
    code
        The cell as Python: magics turned into calls.
    pending
        What the data flow noted before the cell ran.
    nested
        How many cells this one is running itself (``%run``, ``run_cell``).
    """

    place: Place
    cell_id: str | None
    execution_count: int | None
    source: str | None
    code: str = ""
    pending: Pending | None = None
    nested: int = 0
    run_id: str = field(default_factory=new_run_id)
    started: datetime = field(default_factory=next_moment)
    status: str = "running"
    revision: int = 0
    seconds: float = 0.0
    upstream: tuple[Upstream, ...] = ()
    untracked: dict[str, None] = field(default_factory=dict)
    lakes: set[str] = field(default_factory=set)
    _spooled: float = 0.0
    _clock: float = field(default_factory=time.perf_counter)
    _reads: dict[tuple[str, str, str, str, str], tuple[str, ...] | None] = field(
        default_factory=dict
    )
    _writes: dict[tuple[str, RunWrite], None] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether the cell is over; what it started may go on."""
        return self.status != "running"

    def saw(self, event: Read | Write) -> None:
        """Take a read or write in; reads of one path add up their columns."""
        self.lakes.add(event.lake_url)
        if isinstance(event, Write):
            for path in event.paths or ("",):
                write = RunWrite(event.repo, event.commit, path, event.branch, event.via)
                self._writes[event.lake_url, write] = None
            return
        key = (event.lake_url, event.repo, event.commit, event.path, event.via)
        if key not in self._reads:
            if len(self._reads) < MOST_READS:
                self._reads[key] = event.columns
            return
        known = self._reads[key]
        if known is not None:
            new = event.columns
            self._reads[key] = None if new is None else tuple(dict.fromkeys((*known, *new)))

    def spool_again(self) -> bool:
        """Say whether it is time to put this run down once more, before it ends."""
        now_ = time.monotonic()
        if now_ - self._spooled < SPOOL_SECONDS:
            return False
        self._spooled = now_
        return True

    def bypassed(self, names: Iterable[str]) -> None:
        """Note what the cell read past the lake."""
        for name in names:
            if len(self.untracked) < MOST_UNTRACKED and name not in self.untracked:
                self.untracked[recordable(name)] = None

    def end(self, status: str, upstream: tuple[Upstream, ...]) -> None:
        """Note how the cell ended, and what it stands on."""
        self.status, self.upstream = status, upstream
        self.seconds = round(time.perf_counter() - self._clock, 6)
        self.revision += 1

    def inputs(self, lake_url: str) -> list[Input]:
        """Return what was read of a lake, in the order it was."""
        return [
            Input(repo, commit, path)
            for url, repo, commit, path, _ in self._reads
            if url == lake_url
        ]

    def _reads_of(self, lake_url: str) -> Iterator[RunRead]:
        """Yield the reads of a lake; thousands of files of a commit become their folders."""
        paths: dict[tuple[str, str, str], list[str]] = {}
        for url, repo, commit, path, via in self._reads:
            if url == lake_url:
                paths.setdefault((repo, commit, via), []).append(path)
        for (repo, commit, via), read in paths.items():
            for path in folded(read, most=MOST_PATHS):
                columns = self._reads.get((lake_url, repo, commit, path, via))
                yield RunRead(repo, commit, path, columns, via)

    def snapshot(self, lake_url: str) -> Run:
        """Return the run as a lake is to hold it: reads of other lakes are untracked there."""
        elsewhere = [
            f"{url}/{repo}@{commit[:8]}/{path}".rstrip("/")
            for url, repo, commit, path, _ in self._reads
            if url != lake_url
        ]
        return Run(
            run_id=self.run_id,
            notebook=self.place.notebook,
            cell_id=self.cell_id,
            execution_count=self.execution_count,
            source=self.source,
            user=self.place.user,
            started=self.started,
            seconds=self.seconds,
            status=self.status,
            reads=tuple(self._reads_of(lake_url)),
            writes=tuple(write for url, write in self._writes if url == lake_url),
            upstream=self.upstream,
            untracked=(*elsewhere, *self.untracked),
            session=self.place.session,
            host=self.place.host,
            revision=self.revision,
        )
