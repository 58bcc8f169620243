"""Delete what nothing leads to any more, beside people who go on working.

An object is deleted only if no ref, tag or log entry inside the retention leads
to it *and* it is older than the grace period: what a commit under way has just
written is young. What such a commit finds in the lake already it makes young,
and then waits for collectors at work (`await_collectors`) and looks again:
either the collector sees the object's new time, or the writer sees that it is
gone. Who makes a ref to an old commit, or merges one, holds it meanwhile (`holding`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.cache import beneath
from jupyter_lake.store.collectors import (
    ANNOUNCEMENT_LASTS,
    PATIENCE,
    announcement,
    await_turn,
    clear_announcements,
    collected_commits,
    record_collected,
)
from jupyter_lake.store.gather import gather
from jupyter_lake.store.holding import clear_held, held_commits
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
# Commits first, and the newest first: a collector that dies midway leaves none whose
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
        self._before = self._since  # what was written since then is young

    def run(self) -> GcReport:
        now = self._now()
        self._before = now - self._grace
        self._collected = collected_commits(self._objects, self._keys)
        self._mark()
        self._reach.follow_unfinished(self._young_commits())
        doomed = self._doomed()
        if self._report.dry_run:
            for info in doomed:
                self._count(info)
            return self._report
        for some in chunks(doomed, BATCH):
            while not self._deleted({info.key: info for info in some}):
                time.sleep(PATIENCE)
        clear_announcements(self._objects, self._keys, before=now - ABANDONED)
        clear_held(self._objects, self._keys, before=now - ABANDONED)
        return self._report

    def _now(self) -> datetime:
        """Return the time by the store's own clock; ours may be wrong."""
        if self._report.dry_run:  # which writes nothing
            return datetime.now(UTC)
        with announcement(self._objects, self._keys) as said:
            return said.modified

    def _mark(self) -> None:
        # These before the refs: who makes a ref holds its commit until the ref is there.
        held = held_commits(self._objects, self._keys, since=self._before)
        roots = self._reach.roots(self._since)
        try:
            self._reach.follow(roots - self._gone(roots))
        except DamagedError:
            known, self._collected = self._collected, collected_commits(self._objects, self._keys)
            if known == self._collected:
                raise
            self._reach.follow(roots - self._gone(roots))  # what is missing, another gc took
        self._reach.follow_unfinished(held)

    def _gone(self, roots: set[str]) -> set[str]:
        """Return what logs go on naming, though an earlier collection has deleted it."""
        doubtful = sorted(roots & self._collected)
        looks = [partial(self._objects.info, self._keys.commit(id)) for id in doubtful]
        found = zip(doubtful, gather(self._objects, looks), strict=True)
        return {id for id, info in found if info is None}

    def _young_commits(self) -> Iterator[str]:
        """Yield the commits that are spared, and so are not to lose what hangs on them."""
        for info in self._objects.list(f"{self._keys.prefix}commits/"):
            if info.modified >= self._before and not self._reach.covers(info.key):
                self._report.young += 1
                yield _name(info.key)

    def _doomed(self) -> list[ObjectInfo]:
        calls = [partial(self._sifted, kind) for kind in KINDS]
        doomed = []
        for kind, sifted in zip(KINDS, gather(self._objects, calls), strict=True):
            doomed += self._newest_first(sifted.doomed) if kind == "commits" else sifted.doomed
            self._report.kept += sifted.kept
            self._report.young += sifted.young
        return doomed

    def _newest_first(self, commits: list[ObjectInfo]) -> list[ObjectInfo]:
        """Sort commits so that none stands behind its parents, by their own times.

        A bucket tells only the second that it has them since.
        """
        calls = [partial(self._reach.time_of, _name(info.key)) for info in commits]
        times = dict(zip((info.key for info in commits), gather(self._objects, calls), strict=True))
        return sorted(commits, key=lambda i: times[i.key] or i.modified, reverse=True)

    def _sifted(self, kind: str) -> _Sifted:
        found = _Sifted()
        for info in self._objects.list(f"{self._keys.prefix}{kind}/"):
            if self._reach.covers(info.key):
                found.kept += 1
            elif info.modified >= self._before:
                found.young += 1
            else:
                found.doomed.append(info)
        return found

    def _deleted(self, doomed: dict[str, ObjectInfo]) -> bool:
        """Delete what is still led to by nothing, and old; False if it took too long to see."""
        with announcement(self._objects, self._keys) as said:
            begun = time.monotonic()
            if not await_turn(self._objects, self._keys, said):
                return False
            # Something may have come to lead there since: who makes a ref from now on
            # sees that we are at work, and goes on when we have gone.
            self._mark()
            keys = [key for key in doomed if not self._reach.covers(key)]
            self._record(keys)
            if time.monotonic() - begun > ANNOUNCEMENT_LASTS.total_seconds() / 2:
                return False
            for key in self._objects.discard(keys, before=self._before):
                self._count(doomed[key])
        return True

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
