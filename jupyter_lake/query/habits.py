"""What readers usually ask for next: two requests that always follow each other become one.

A reader that filters reads a column's chunk, looks at it, and then asks for the
next column's, which lies right behind. Chunks of one column are of like length,
so from a read's length alone one can tell, after a few times, what will follow.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict

__all__ = ["Habits"]

_FINENESS = 8
_ENOUGH = 2
_REMEMBERED_READS = 64
_REMEMBERED_ENDS = 1024
_MARGIN = 1.03
_MOST_BYTES = 4 << 20


class _Habit:
    """Reads of about one length: how many, how many were followed by another, and its length."""

    __slots__ = ("followed", "length", "reads")

    def __init__(self) -> None:
        self.reads, self.followed, self.length = 0, 0, 0


class Habits:
    """What follows on reads of which length, seen over many objects of one kind."""

    def __init__(self) -> None:
        self._habits: dict[int, _Habit] = {}
        self._ends: OrderedDict[tuple[str, int], _Habit] = OrderedDict()
        self._lock = threading.Lock()

    def after(self, key: str, start: int, end: int) -> int:
        """Take note of a read; return how many bytes behind it will be read next.

        Parameters
        ----------
        key
            What names the object.
        start, end
            What is read of it.

        Returns
        -------
        int
            0 unless at least half of the reads of this length were followed by another.
        """
        length = end - start
        with self._lock:
            before = self._ends.pop((key, start), None)
            if before is not None:
                before.followed += 1
                before.length = max(length, (before.length * 7 + length) // 8)
            habit = self._habits.setdefault(_class(length), _Habit())
            usual = 2 * habit.followed >= habit.reads and habit.followed >= _ENOUGH
            self._note(habit, key, end)
        return min(int(habit.length * _MARGIN), _MOST_BYTES) if usual else 0

    def _note(self, habit: _Habit, key: str, end: int) -> None:
        habit.reads += 1
        if habit.reads >= _REMEMBERED_READS:
            habit.reads, habit.followed = habit.reads // 2, habit.followed // 2
        self._ends[key, end] = habit
        if len(self._ends) > _REMEMBERED_ENDS:
            self._ends.popitem(last=False)


def _class(length: int) -> int:
    return int(math.log2(length) * _FINENESS) if length > 0 else 0
