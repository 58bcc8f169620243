"""Reading ranges of one immutable object: fetched once, together, and ahead of need.

Reads are widened to whole blocks, runs of missing blocks are fetched in one
request each (large ones in parallel parts), two threads that want the same
block share one request, and a reader that goes through an object in order
finds the next blocks already on their way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from jupyter_lake.errors import DamagedError
from jupyter_lake.query.background import (
    filler,
    note_demand,
    reading_pool,
    wait_for_quiet,
    write_behind,
    write_waiting,
)
from jupyter_lake.query.blocks import BLOCK_BYTES
from jupyter_lake.query.habits import Habits

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from jupyter_lake.query.blocks import CachedObject

__all__ = ["CachedSource", "Fetch", "PlainSource", "Source"]

Fetch = Callable[[int, int], "Buffer"]

_PART_BLOCKS = (4 << 20) // BLOCK_BYTES
_SMALL_BLOCKS = (512 << 10) // BLOCK_BYTES
_GAP_BLOCKS = (128 << 10) // BLOCK_BYTES
_AHEAD_BYTES = (1 << 20, 32 << 20)
_LARGE_BYTES = 4 << 20
_IN_ORDER = 2
_FILL_FROM = 0.25
_FILL_BYTES = 256 << 20
_TICK = 0.005


class Source(Protocol):
    """Something of a known size whose bytes can be read from any thread."""

    size: int

    def read(self, start: int, end: int) -> bytes:
        """Return bytes ``[start:end]``, fewer only where the object ends."""


class PlainSource:
    """An object read by its fetcher alone, with no cache: memory, or a local file."""

    def __init__(self, fetch: Fetch, size: int) -> None:
        self.size = size
        self._fetch = fetch

    def read(self, start: int, end: int) -> bytes:
        """Return bytes ``[start:end]``."""
        end = min(end, self.size)
        return bytes(self._fetch(start, end)) if start < end else b""


class CachedSource:
    """A remote object, read through the block cache.

    Parameters
    ----------
    fetch
        Returns bytes ``[start:end]`` of the object from afar; any thread may call it.
    cached
        The object's place in the cache.
    habits
        What readers of such objects ask for next; objects of one kind share it.
    """

    def __init__(self, fetch: Fetch, cached: CachedObject, habits: Habits | None = None) -> None:
        self.size = cached.size
        self._habits = Habits() if habits is None else habits
        self.cached = cached
        self._fetch = fetch
        self._lock = threading.Lock()
        self._coming: dict[int, _Run] = {}
        self._next, self._streak, self._ahead = 0, 0, _AHEAD_BYTES[0]
        self._recent: _Run | None = None
        self._filling = False

    def read(self, start: int, end: int) -> bytes:
        """Return bytes ``[start:end]``."""
        end = min(end, self.size)
        if start >= end:
            return b""
        note_demand()
        follows = self._habits.after(self.cached.key, start, end)
        data = self.cached.load(start, end)
        if data is None:
            data = self._read_through(start, end, min(end + follows, self.size))
        self._read_ahead(start, end)
        return data

    def fill(self) -> None:
        """Fetch what is still missing, then let the object be read as a plain file."""
        for block in range(0, self.cached.blocks, _PART_BLOCKS):
            wait_for_quiet()
            self._bring(block, min(block + _PART_BLOCKS, self.cached.blocks))
            self.settle()
            if not self.cached.keeps:
                return
        self.cached.finish()

    def settle(self) -> None:
        """Save all that has come, and what still comes."""
        while self._coming:
            write_waiting()
            time.sleep(_TICK)

    def _read_through(self, start: int, end: int, until: int) -> bytes:
        """Return a range that isn't in the cache, having fetched more behind it."""
        recent = self._recent
        if recent is not None and (data := recent.slice(start, end)) is not None:
            return data
        runs = self._bring(*self._widened(start, until))
        # Where nothing can be kept, small steps at least share what came last.
        self._recent = runs[-1] if runs and not self.cached.keeps else None
        for run in runs:
            if (data := run.slice(start, end)) is not None:
                return data
        data = self.cached.load(start, end)
        return self._assemble(runs, start, end) if data is None else data

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """Return the blocks to fetch for a range: of a small object, all."""
        if self.cached.blocks <= _SMALL_BLOCKS:
            return 0, self.cached.blocks
        return start // BLOCK_BYTES, -(-end // BLOCK_BYTES)

    def _bring(self, first: int, last: int) -> list[_Run]:
        """Return the runs that were missing in a range of blocks, once they have come."""
        mine, others = self._claim(first, last)
        for run in mine[:-1]:
            reading_pool().submit(self._fetch_run, run)
        for run in mine[-1:]:
            self._fetch_run(run)
        for run in (*mine, *others):
            run.wait()
        return [*mine, *others]

    def _claim(self, first: int, last: int) -> tuple[list[_Run], list[_Run]]:
        """Return the runs this thread is to fetch, and those that others are fetching."""
        with self._lock:
            others = {run.first: run for b in range(first, last) if (run := self._coming.get(b))}
            mine: list[_Run] = []
            for begin, stop in _merged(self.cached.missing(first, last)):
                for block in range(begin, stop):
                    if block in self._coming:
                        continue
                    if mine and mine[-1].last == block and mine[-1].blocks < _PART_BLOCKS:
                        mine[-1].last = block + 1
                    else:
                        mine.append(_Run(block, block + 1))
                    self._coming[block] = mine[-1]
            return mine, list(others.values())

    def _fetch_run(self, run: _Run) -> None:
        start, end = run.first * BLOCK_BYTES, min(run.last * BLOCK_BYTES, self.size)
        try:
            run.data = _checked(memoryview(self._fetch(start, end)), end - start)
        except BaseException as error:  # noqa: BLE001  whoever waits for the run gets it
            self._arrived(run)
            run.came(error)
        else:
            run.came()
            write_behind(len(run.data), lambda: self._keep(run))

    def _keep(self, run: _Run) -> None:
        """Save what has come; until then whoever wants it has it from the run."""
        try:
            if run.data is not None:
                self.cached.save(run.first, run.data)
        finally:
            self._arrived(run)
        self._fill_later()

    def _arrived(self, run: _Run) -> None:
        with self._lock:
            for block in range(run.first, run.last):
                self._coming.pop(block, None)

    def _assemble(self, runs: list[_Run], start: int, end: int) -> bytes:
        """Put a range together from what came and what was there, asking again for lost blocks."""
        parts = []
        at = start
        while at < end:
            run = next((r for r in runs if r.holds(at)), None)
            stop = min(end, run.end if run else (at // BLOCK_BYTES + 1) * BLOCK_BYTES)
            part = run.slice(at, stop) if run else self.cached.load(at, stop)
            parts.append(bytes(self._fetch(at, stop)) if part is None else part)
            at = stop
        return b"".join(parts)

    def _read_ahead(self, start: int, end: int) -> None:
        """Fetch what comes next if this object is being read in order."""
        if start != self._next:
            self._next, self._streak, self._ahead = end, 0, _AHEAD_BYTES[0]
            return
        self._next, self._streak = end, self._streak + 1
        # A reader of large pieces shows sooner what it is about, and wants more at once.
        patience = 1 if end - start >= _LARGE_BYTES else _IN_ORDER
        if self._streak < patience or end >= self.size or not self.cached.keeps:
            return
        self._ahead = min(max(self._ahead, end - start), _AHEAD_BYTES[1])
        first = -(-end // BLOCK_BYTES)
        last = -(-min(end + self._ahead, self.size) // BLOCK_BYTES)
        if first < last and self.cached.missing(first, last):
            self._ahead *= 2
            for run in self._claim(first, last)[0]:
                reading_pool().submit(self._fetch_run, run)

    def _fill_later(self) -> None:
        """Fetch the rest when nothing else is going on, once much of it is here."""
        if self._filling or self.size > _FILL_BYTES or self.cached.fraction < _FILL_FROM:
            return
        self._filling = True
        filler().put(self.fill)


class _Run:
    """A run of blocks on its way."""

    __slots__ = ("_error", "_way", "data", "first", "last")

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.data: memoryview | None = None
        self._error: BaseException | None = None
        self._way = threading.Lock()
        self._way.acquire()

    def came(self, error: BaseException | None = None) -> None:
        """Let those who wait go on: with the data, or with why there are none."""
        self._error = error
        self._way.release()

    def wait(self) -> None:
        """Wait until it has come."""
        with self._way:
            if self._error is not None:
                raise self._error

    @property
    def blocks(self) -> int:
        return self.last - self.first

    @property
    def end(self) -> int:
        return self.first * BLOCK_BYTES + len(self.data or b"")

    def holds(self, at: int) -> bool:
        return self.first * BLOCK_BYTES <= at < self.end

    def slice(self, start: int, end: int) -> bytes | None:
        base = self.first * BLOCK_BYTES
        if self.data is None or start < base or end > self.end:
            return None
        return bytes(self.data[start - base : end - base])


def _checked(data: memoryview, expected: int) -> memoryview:
    if len(data) != expected:
        raise DamagedError(
            f"{len(data)} bytes came where {expected} were asked for.",
            hint="Run `%lake fsck` to see whether the object is whole.",
        )
    return data


def _merged(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs with so little between them that one request costs less than two."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and first - joined[-1][1] <= _GAP_BLOCKS:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
