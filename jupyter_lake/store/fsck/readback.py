"""Reading objects back, and noting what is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.store.fsck.report import Damage, FsckReport, Kind
from jupyter_lake.store.gather import gather
from jupyter_lake.store.objectstore import ObjectMissing
from jupyter_lake.store.reach import chunks

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["RESTORE", "Readback", "Subject", "commits_named"]

T = TypeVar("T")

RESTORE = "Restore the object from a backup."
_AT_ONCE = 64
_PIECE = 8 << 20


@dataclass(frozen=True, slots=True)
class Subject:
    """An object to be read back: where, what it is, what its loss means, what mends it."""

    key: str
    what: str
    lost: str | Callable[[], str]
    mend: str = RESTORE


@dataclass(frozen=True, slots=True)
class Readback:
    """Reads the objects of one repo (or, its name empty, of the lake itself)."""

    objects: ObjectStore
    keys: RepoKeys
    report: FsckReport

    def add(self, kind: Kind, subject: Subject, wrong: str) -> None:
        """Note that something is wrong."""
        what = f"{subject.what} {wrong} ({subject.key})."
        lost = subject.lost if isinstance(subject.lost, str) else subject.lost()
        damage = Damage(kind, self.keys.name, subject.key, what, lost, subject.mend)
        self.report.damages.append(damage)

    def foreign(self, key: str) -> None:
        """Note that something is no part of a lake."""
        lost = "Nothing is lost: nothing reads it."
        subject = Subject(key, "A file", lost, "Find out who put it there, and take it away.")
        self.add("foreign", subject, "is no part of a lake")

    def data(self, subject: Subject, id: str | None = None) -> bytes | None:
        """Return an object's bytes, or None if they are missing or not what the id says."""
        try:
            data = self.objects.get(subject.key)
        except ObjectMissing:
            self.add("missing", subject, "is missing")
            return None
        self.report.bytes += len(data)
        if id is not None and hashlib.sha256(data).hexdigest() != id:
            self.add("damaged", subject, "is damaged: its bytes have changed")
            return None
        return data

    def decoded(
        self, decode: Callable[[bytes], T], subject: Subject, id: str | None = None
    ) -> T | None:
        """Return what an object's bytes mean, or None if something is wrong."""
        data = self.data(subject, id)
        if data is None:
            return None
        try:
            return decode(data)
        except (ValueError, KeyError, TypeError, OSError):  # Arrow's errors are of these, too
            self.add("damaged", subject, "is damaged: it can't be read")
            return None

    def gathered(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        """Make many calls, some of them at once, and yield their answers in order."""
        for some in chunks(calls, _AT_ONCE):
            yield from gather(self.objects, some)

    def digest(self, key: str, size: int) -> str:
        """Return the hex digits of an object's hash, read piece by piece; empty if missing."""
        digest = hashlib.sha256()
        try:
            for start in range(0, size, _PIECE):
                piece = self.objects.get(key, start=start, end=min(start + _PIECE, size))
                digest.update(piece)
        except ObjectMissing:
            return ""
        self.report.bytes += size
        return digest.hexdigest()


def commits_named(ids: Sequence[str]) -> str:
    """Return some commits as a person names them: one, or the first and how many more."""
    if len(ids) <= 3:
        return f"commit{'s' * (len(ids) > 1)} " + ", ".join(id[:8] for id in ids)
    return f"{len(ids):,} commits ({ids[0][:8]} to {ids[-1][:8]})"
