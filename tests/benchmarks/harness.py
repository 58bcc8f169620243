"""How a figure is measured: in turn with its peer, in one run, as medians of ratios.

A benchmark is a module ``bench_NAME.py`` here with a function ``rows()`` that
yields `Row`s. ``make bench`` runs them all; ``make bench ONLY=store`` runs one.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours, what it is held against, and what we promise.

    `bound` is the promise: on the ratio where there is a peer (``ours / theirs``),
    else on `ours`. `bound` None makes the row informative.
    """

    what: str
    ours: float
    unit: str = "s"
    peer: str = ""
    theirs: float | None = None
    ratio: float | None = None
    bound: float | None = None

    @property
    def held(self) -> bool | None:
        """Whether the promise holds; None where there is none."""
        if self.bound is None:
            return None
        return (self.ratio if self.ratio is not None else self.ours) <= self.bound


def seconds(action: Callable[[], object]) -> float:
    """Run `action` once, with the garbage collector held, and return its wall time."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start
    finally:
        gc.enable()


def median(action: Callable[[], object], *, runs: int = 5, warmup: int = 1) -> float:
    """Return the median wall time of `runs` runs after `warmup` uncounted ones."""
    for _ in range(warmup):
        action()
    return statistics.median(seconds(action) for _ in range(runs))


def against(
    what: str,
    ours: Callable[[], object],
    peer: str,
    theirs: Callable[[], object],
    *,
    bound: float | None = None,
    runs: int = 5,
    warmup: int = 1,
    settle: Callable[[], object] = lambda: None,
) -> Row:
    """Run the two in turn, A B A B ..., and return the median of the ratios pair by pair.

    `settle` is run before each, uncounted, so that none pays for what the other left to do.
    """

    def settled(action: Callable[[], object]) -> float:
        settle()
        return seconds(action)

    for _ in range(warmup):
        ours()
        theirs()
    pairs = [(settled(ours), settled(theirs)) for _ in range(runs)]
    return Row(
        what,
        statistics.median(mine for mine, _ in pairs),
        peer=peer,
        theirs=statistics.median(other for _, other in pairs),
        ratio=statistics.median(mine / other for mine, other in pairs),
        bound=bound,
    )
