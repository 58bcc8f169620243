"""Branches as numbered, create-only records.

A branch moves when somebody creates its next record: of two who try, the store
lets one. Where the log ends is found from a hint, which may be stale or lost, by
looking forward from it; so the cost doesn't grow with the log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError, LakeError, UnreachableError
from jupyter_lake.store.gather import gather, is_local, pool
from jupyter_lake.store.objectstore import LostAnswerError, ObjectExists, ObjectMissing
from jupyter_lake.store.records import BranchRecord

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["BranchLogs", "MovedError", "create_surely"]

Likely = tuple[str | None, str | None]  # a commit and its tree
Ahead = Callable[[str | None, str | None], Sequence[Callable[[], object]]]

NOTHING: Likely = (None, None)
ATTEMPTS = 4
PATIENCE = 10.0  # seconds
BEGINNING = datetime.fromtimestamp(0, UTC)


class MovedError(Exception):
    """Somebody else moved the branch first; `head` is where it stands now."""

    def __init__(self, head: BranchRecord) -> None:
        super().__init__(f"record {head.number} is taken")
        self.head = head


def create_surely(objects: ObjectStore, key: str, data: bytes | Path) -> None:
    """Create an object, asking again when the store's answer gets lost.

    Raises
    ------
    ObjectExists
        Which may be our own, made by an attempt whose answer was lost.
    """
    for attempt in range(ATTEMPTS):
        asked = time.monotonic()
        try:
            objects.create(key, data)
        except LostAnswerError:
            # A network that swallows what it is given would do so again, and take as long.
            if attempt == ATTEMPTS - 1 or time.monotonic() - asked > PATIENCE:
                raise
            time.sleep(0.05 * 2**attempt)
        else:
            return


class BranchLogs:
    """The branches of one repo."""

    def __init__(
        self, objects: ObjectStore, keys: RepoKeys, *, ahead: Ahead = lambda _commit, _tree: ()
    ) -> None:
        """Open the logs; `ahead` names what else to read once a commit is likely the head."""
        self._objects = objects
        self._keys = keys
        self._ahead = ahead
        self._local = is_local(objects)
        self._records: dict[tuple[str, int], BranchRecord] = {}
        self._ends: dict[str, int] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Return every name a branch has ever had, sorted."""
        return list(self._objects.folders(self._keys.branches))

    def head(self, branch: str) -> BranchRecord | None:
        """Return the last record of a branch, or None if there never was one.

        At most two round trips, one when this process has seen the branch.
        """
        known, likely = self._ends.get(branch), NOTHING
        if known is None:
            if (hinted := self._hinted(branch)) is None:
                return self._last(branch, after=0)
            known, likely = hinted
        looks: list[Callable[[], BranchRecord | None]] = [
            partial(self.record, branch, known),
            partial(self.record, branch, known + 1),
        ]
        if likely[0] and not self._local:
            looks += [partial(_try, call) for call in self._ahead(*likely)]
        last, beyond, *_ = gather(self._objects, looks)
        if beyond is not None:
            return self._last(branch, after=known + 1) or beyond
        if last is None:  # a hint whose record was never made
            return self._last(branch, after=0)
        return last

    def record(self, branch: str, number: int) -> BranchRecord | None:
        """Return one record, or None if the log doesn't reach so far."""
        if (known := self._records.get((branch, number))) is not None:
            return known
        try:
            data = self._objects.get(self._keys.head(branch, number))
        except ObjectMissing:
            return None
        try:
            record = BranchRecord.from_bytes(number, data)
        except (ValueError, KeyError, TypeError):
            raise DamagedError(
                f"Record {number} of branch {branch} can't be read.",
                hint="Run `%lake fsck` to see all that is broken and what it takes to mend.",
            ) from None
        self._remember(branch, record)
        return record

    def log(self, branch: str) -> Iterator[BranchRecord]:
        """Yield a branch's records, newest first."""
        head = self.head(branch)
        numbers = range(head.number, 0, -1) if head else range(0)
        for start in range(0, len(numbers), 256):
            some = numbers[start : start + 256]
            calls = [partial(self.record, branch, number) for number in some]
            for number, record in zip(some, gather(self._objects, calls), strict=True):
                if record is None:
                    raise DamagedError(
                        f"Record {number} of branch {branch} is missing.",
                        hint="Run `%lake fsck` to see all that is broken.",
                    )
                yield record

    def at(self, branch: str, moment: datetime) -> BranchRecord | None:
        """Return the last record made at or before a moment, in O(log n) requests."""
        head = self.head(branch)
        if head is None:
            return None
        low, high, best = 1, head.number, None
        while low <= high:
            middle = (low + high) // 2
            record = self.record(branch, middle)
            if record is not None and record.when <= moment:
                best, low = record, middle + 1
            else:
                high = middle - 1
        return best

    def append(
        self,
        branch: str,
        record: BranchRecord,
        after: BranchRecord | None,
        *,
        tree: str | None = None,
        create: Callable[[str, bytes], None] | None = None,
    ) -> BranchRecord:
        """Write the record that follows `after`, and return it as written.

        Who says which `tree` its commit has spares the readers a round trip.
        `create` makes the object, where something is to be done before.

        Raises
        ------
        MovedError
            If another record stands in that place.
        """
        number = after.number + 1 if after else 1
        record = record.numbered(number, after=after.when if after else BEGINNING)
        hint = " ".join([str(number), *filter(None, (record.commit, tree))]).encode()
        create = create or partial(create_surely, self._objects)
        if self._local:
            self._create(branch, record, create)
            self._hint(branch, hint)
        else:
            hinting = pool().submit(self._hint, branch, hint)
            try:
                self._create(branch, record, create)
            finally:
                hinting.exception()
        self._remember(branch, record)
        return record

    def _create(
        self, branch: str, record: BranchRecord, create: Callable[[str, bytes], None]
    ) -> None:
        key = self._keys.head(branch, record.number)
        try:
            create(key, record.to_bytes())
        except ObjectExists:
            self._accept_or_yield(branch, record)
        except UnreachableError:
            # It may have happened all the same: then what we find is ours.
            found = self.record(branch, record.number)
            if found is None or found.write != record.write:
                raise

    def _accept_or_yield(self, branch: str, record: BranchRecord) -> None:
        found = self.record(branch, record.number)
        if found is None or found.write != record.write:
            head = self.head(branch)
            assert head is not None
            raise MovedError(head)

    def _hint(self, branch: str, hint: bytes) -> None:
        with suppress(LakeError):  # readers look further without it
            self._objects.put(self._keys.hint(branch), hint)

    def _hinted(self, branch: str) -> tuple[int, Likely] | None:
        """Return about where the log ends, and what is likely there."""
        try:
            number, *rest = self._objects.get(self._keys.hint(branch)).decode().split()
            commit, tree, *_ = *rest, None, None
            return (int(number), (commit, tree)) if int(number) > 0 else None
        except (ObjectMissing, ValueError):
            return None

    def _last(self, branch: str, *, after: int) -> BranchRecord | None:
        """Return the last record behind one that is there (0: of the whole log)."""
        look = self._last_probed if self._local else self._last_listed
        return look(branch, after)

    def _last_probed(self, branch: str, low: int) -> BranchRecord | None:
        """Look forward in doubled steps, then halve: where a look costs less than a list."""
        step = 1
        while self.record(branch, low + step) is not None:
            low, step = low + step, 2 * step
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.record(branch, middle) is None else (middle, high)
        return self.record(branch, low) if low else None

    def _last_listed(self, branch: str, after: int) -> BranchRecord | None:
        prefix = self._keys.heads(branch)
        start = self._keys.head(branch, after) if after else None
        last = None
        for info in self._objects.list(prefix, after=start):
            last = info
        if last is None:
            return None
        return self.record(branch, int(last.key.removeprefix(prefix)))

    def _remember(self, branch: str, record: BranchRecord) -> None:
        with self._lock:
            self._records[branch, record.number] = record
            self._ends[branch] = max(record.number, self._ends.get(branch, 0))


def _try(call: Callable[[], object]) -> None:
    try:
        call()
    except UnreachableError:
        raise  # what is asked next would wait as long, and as vainly
    except LakeError:
        pass
