"""Delete what nothing leads to any more, beside people who go on working.

An object is deleted only if no ref, tag or log entry inside the retention leads
to it *and* it is older than the grace period: what a commit under way has just
written is young. What such a commit finds in the lake already it makes young,
and then waits for collectors at work (`await_collectors`) and looks again:
either the collector sees the object's new time, or the writer sees that it is
gone. A new ref to an old commit is made sure of in the same way.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_lake.store.cache import beneath
from jupyter_lake.store.reach import Reach, chunks
from jupyter_lake.store.sizes import readable_bytes

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.lakes import Lake
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore
    from jupyter_lake.store.repos import Repo

__all__ = ["GcReport", "await_collectors", "collected_commits", "gc", "outlives_collectors"]

RETENTION = timedelta(days=30)
GRACE = timedelta(hours=24)
# Temporary files of transactions that were never finished.
ABANDONED = timedelta(days=7)
# A collector that said it was at work this long ago has died.
ANNOUNCEMENT_LASTS = timedelta(minutes=2)
BATCH = 500
PATIENCE = 0.1
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
        If something the refs lead to is missing: then nothing is deleted.
    """
    report = GcReport(dry_run)
    for each in [lake.repo(repo)] if repo else lake.repos():
        _Collection(each, retention, grace, report).run()
    if not dry_run and not repo:
        report.swept = beneath(lake.objects).sweep(datetime.now(UTC) - ABANDONED)
    return report


class _Collection:
    """One repo's collection."""

    def __init__(
        self, repo: Repo, retention: timedelta, grace: timedelta, report: GcReport
    ) -> None:
        self._objects = beneath(repo.lake.objects)
        self._keys = repo.keys
        self._report = report
        self._grace = grace
        self._since = datetime.now(UTC) - retention
        self._reach = Reach(self._objects, repo.keys)
        self._collected = collected_commits(self._objects, repo.keys)

    def run(self) -> None:
        before = self._now() - self._grace
        self._mark()
        self._reach.follow_unfinished(self._young_commits(before))
        doomed = list(self._doomed(before))
        if self._report.dry_run:
            for info in doomed:
                self._count(info)
            return
        for some in chunks(doomed, BATCH):
            self._delete({info.key: info for info in some}, before)

    def _now(self) -> datetime:
        """Return the time by the store's own clock; ours may be wrong."""
        if self._report.dry_run:  # which writes nothing
            return datetime.now(UTC)
        with announcement(self._objects, self._keys) as begun:
            return begun

    def _mark(self) -> None:
        # A log goes on naming what earlier collections have deleted.
        roots = self._reach.roots(self._since)
        gone = {
            id
            for id in roots & self._collected
            if self._objects.info(self._keys.commit(id)) is None
        }
        self._reach.follow(roots - gone)

    def _young_commits(self, before: datetime) -> Iterator[str]:
        """Yield the commits that are spared, and so are not to lose what hangs on them."""
        for info in self._objects.list(f"{self._keys.prefix}commits/"):
            if info.modified >= before and not self._reach.covers(info.key):
                self._report.young += 1
                yield _name(info.key)

    def _doomed(self, before: datetime) -> Iterator[ObjectInfo]:
        for kind in KINDS:
            doomed = []
            for info in self._objects.list(f"{self._keys.prefix}{kind}/"):
                if self._reach.covers(info.key):
                    self._report.kept += 1
                elif info.modified >= before:
                    self._report.young += 1
                else:
                    doomed.append(info)
            yield from sorted(doomed, key=lambda info: info.modified, reverse=True)

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
        """Leave word of the commits that go, so that nobody takes them for lost."""
        start = f"{self._keys.prefix}commits/"
        commits = [_name(key) for key in keys if key.startswith(start)]
        if commits:
            now = datetime.now(UTC)
            record = {"when": now.isoformat(), "since": self._since.isoformat(), "commits": commits}
            key = f"{self._keys.prefix}gc/done/{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.json"
            self._objects.create(key, json.dumps(record).encode())


@contextmanager
def announcement(objects: ObjectStore, keys: RepoKeys) -> Iterator[datetime]:
    """Say that a collector is at work; yield the moment, by the store's clock."""
    key = f"{_running(keys)}{secrets.token_hex(8)}"
    objects.create(key, b"")
    try:
        info = objects.info(key)
        yield info.modified if info else datetime.now(UTC)
    finally:
        objects.delete([key])


def outlives_collectors(objects: ObjectStore, keys: RepoKeys, commit: str) -> bool:
    """Tell whether a commit is there, and stays there if a ref names it now."""
    await_collectors(objects, keys)
    return objects.info(keys.commit(commit)) is not None


def await_collectors(objects: ObjectStore, keys: RepoKeys) -> None:
    """Return when no collector that is at work on the repo now is so any more."""
    while _announced(objects, keys):
        time.sleep(PATIENCE)


def _announced(objects: ObjectStore, keys: RepoKeys) -> bool:
    """Tell whether a collector is at work on the repo."""
    now = datetime.now(UTC)
    return any(now - info.modified < ANNOUNCEMENT_LASTS for info in objects.list(_running(keys)))


def collected_commits(objects: ObjectStore, keys: RepoKeys) -> set[str]:
    """Return the ids of all commits that collections have deleted."""
    found: set[str] = set()
    for info in objects.list(f"{keys.prefix}gc/done/"):
        found.update(json.loads(objects.get(info.key))["commits"])
    return found


def _running(keys: RepoKeys) -> str:
    return f"{keys.prefix}gc/running/"


def _name(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]
