"""Delete what nothing leads to any more, beside people who go on working.

An object is deleted only if no ref, tag or log entry inside the retention leads
to it *and* it is older than the grace period: what a commit under way has just
written is young. What such a commit finds in the lake already it makes young,
and then waits for collectors at work (`await_collectors`) and looks again:
either the collector sees the object's new time, or the writer sees that it is
gone. A new ref to an old commit is made sure of in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.cache import beneath
from jupyter_lake.store.collectors import (
    ANNOUNCEMENT_LASTS,
    announcement,
    collected_commits,
    record_collected,
)
from jupyter_lake.store.gather import gather
from jupyter_lake.store.reach import Reach, chunks
from jupyter_lake.store.sizes import readable_bytes

if TYPE_CHECKING:
    from jupyter_lake.store.lakes import Lake
    from jupyter_lake.store.objectstore import ObjectInfo
    from jupyter_lake.store.repos import Repo

__all__ = ["GcReport", "gc"]

RETENTION = timedelta(days=30)
GRACE = timedelta(hours=24)
# Temporary files of transactions that were never finished.
ABANDONED = timedelta(days=7)
BATCH = 500
# What is known of a repo while it is looked through takes memory: 100 MB for a million files.
REPOS_AT_ONCE = 8
# Commits first, and the youngest first: a collector that dies midway leaves none whose
# files or ancestors are gone.
KINDS = ("commits", "changes", "trees", "ranges", "objects")


@dataclass(slots=True)
class GcReport:
    """What a collection deleted, or in a dry run would delete.

    Attributes
    ----------
    deleted, freed
        Objects and bytes by kind: commits, changes, trees, ranges, objects.
    kept
        The number of objects that something leads to.
    young
        The number of objects that nothing leads to, but that are too young.
    swept
        The number of unfinished writes that were cleared away.
    """

    dry_run: bool
    deleted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    freed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    kept: int = 0
    young: int = 0
    swept: int = 0

    @property
    def objects(self) -> int:
        """The number of objects deleted."""
        return sum(self.deleted.values())

    @property
    def bytes(self) -> int:
        """The bytes freed."""
        return sum(self.freed.values())

    def add(self, other: GcReport) -> None:
        """Count in what another collection did."""
        for kind in KINDS:
            self.deleted[kind] += other.deleted[kind]
            self.freed[kind] += other.freed[kind]
        self.kept += other.kept
        self.young += other.young
        self.swept += other.swept

    def to_dict(self) -> Mapping[str, object]:
        """Return the report as JSON-ready values."""
        return {
            "dry_run": self.dry_run,
            "deleted": dict(self.deleted),
            "freed": dict(self.freed),
            "objects": self.objects,
            "bytes": self.bytes,
            "kept": self.kept,
            "young": self.young,
            "swept": self.swept,
        }

    def __repr__(self) -> str:
        verb = "would delete" if self.dry_run else "deleted"
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.deleted.items() if count)
        what = f"{kinds} ({readable_bytes(self.bytes)})" if kinds else "nothing"
        young = f", spared {self.young} young ones" if self.young else ""
        return f"gc {verb} {what}, kept {self.kept} objects{young}."

    def _repr_html_(self) -> str:
        import html

        return f"<div>{html.escape(repr(self))}</div>"


def gc(
    lake: Lake,
    *,
    repo: str | None = None,
    retention: timedelta = RETENTION,
    grace: timedelta = GRACE,
    dry_run: bool = False,
) -> GcReport:
    """Delete what nothing leads to any more.

    Parameters
    ----------
    lake
        The lake; others may go on working with it.
    repo
        Only this repo.
    retention
        How long what a branch once stood at can be returned to after `undo`
        or the branch's deletion.
    grace
        How old an object must be to be deleted. It must exceed the time a
        commit takes, from its first byte on; zero only when nobody commits.
    dry_run
        Only tell what would be deleted.

    Raises
    ------
    DamagedError
        If something a repo's refs lead to is missing: then nothing of it is deleted.
    """
    report = GcReport(dry_run)
    for some in chunks([lake.repo(repo)] if repo else lake.repos(), REPOS_AT_ONCE):
        collections = [_Collection(each, retention, grace, dry_run=dry_run) for each in some]
        for found in gather(beneath(lake.objects), [each.run for each in collections]):
            report.add(found)
    if not dry_run and not repo:
        report.swept = beneath(lake.objects).sweep(datetime.now(UTC) - ABANDONED)
    return report


class _Collection:
    """One repo's collection."""

    def __init__(
        self, repo: Repo, retention: timedelta, grace: timedelta, *, dry_run: bool
    ) -> None:
        self._objects = beneath(repo.lake.objects)
        self._keys = repo.keys
        self._report = GcReport(dry_run)
        self._grace = grace
        self._since = datetime.now(UTC) - retention
        self._reach = Reach(self._objects, repo.keys)
        self._collected: set[str] = set()

    def run(self) -> GcReport:
        before = self._now() - self._grace
        self._collected = collected_commits(self._objects, self._keys)
        self._mark()
        self._reach.follow_unfinished(self._young_commits(before))
        doomed = self._doomed(before)
        if self._report.dry_run:
            for info in doomed:
                self._count(info)
            return self._report
        for some in chunks(doomed, BATCH):
            self._delete({info.key: info for info in some}, before)
        return self._report

    def _now(self) -> datetime:
        """Return the time by the store's own clock; ours may be wrong."""
        if self._report.dry_run:  # which writes nothing
            return datetime.now(UTC)
        with announcement(self._objects, self._keys) as begun:
            return begun

    def _mark(self) -> None:
        # A log goes on naming what earlier collections have deleted.
        roots = self._reach.roots(self._since)
        doubtful = sorted(roots & self._collected)
        looks = [partial(self._objects.info, self._keys.commit(id)) for id in doubtful]
        found = zip(doubtful, gather(self._objects, looks), strict=True)
        self._reach.follow(roots - {id for id, info in found if info is None})

    def _young_commits(self, before: datetime) -> Iterator[str]:
        """Yield the commits that are spared, and so are not to lose what hangs on them."""
        for info in self._objects.list(f"{self._keys.prefix}commits/"):
            if info.modified >= before and not self._reach.covers(info.key):
                self._report.young += 1
                yield _name(info.key)

    def _doomed(self, before: datetime) -> list[ObjectInfo]:
        calls = [partial(self._sifted, kind, before) for kind in KINDS]
        doomed = []
        for sifted in gather(self._objects, calls):
            doomed += sorted(sifted.doomed, key=lambda info: info.modified, reverse=True)
            self._report.kept += sifted.kept
            self._report.young += sifted.young
        return doomed

    def _sifted(self, kind: str, before: datetime) -> _Sifted:
        found = _Sifted()
        for info in self._objects.list(f"{self._keys.prefix}{kind}/"):
            if self._reach.covers(info.key):
                found.kept += 1
            elif info.modified >= before:
                found.young += 1
            else:
                found.doomed.append(info)
        return found

    def _delete(self, doomed: dict[str, ObjectInfo], before: datetime) -> None:
        """Delete what is still led to by nothing, and old."""
        done = False
        while not done:
            with announcement(self._objects, self._keys):
                begun = time.monotonic()
                # Something may have come to lead there since: who makes a ref from now on
                # sees that we are at work, and makes sure of it when we have gone.
                self._mark()
                keys = [key for key in doomed if not self._reach.covers(key)]
                self._record(keys)
                if done := time.monotonic() - begun < ANNOUNCEMENT_LASTS.total_seconds() / 2:
                    for key in self._objects.discard(keys, before=before):
                        self._count(doomed[key])

    def _count(self, info: ObjectInfo) -> None:
        kind = info.key.removeprefix(self._keys.prefix).partition("/")[0]
        self._report.deleted[kind] += 1
        self._report.freed[kind] += info.size

    def _record(self, keys: list[str]) -> None:
        start = f"{self._keys.prefix}commits/"
        if commits := [_name(key) for key in keys if key.startswith(start)]:
            record_collected(self._objects, self._keys, commits, since=self._since)


@dataclass(slots=True)
class _Sifted:
    """What there is of one kind: what stays, counted, and what may go."""

    kept: int = 0
    young: int = 0
    doomed: list[ObjectInfo] = field(default_factory=list)


def _name(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]
