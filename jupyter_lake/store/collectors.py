"""What collectors and writers tell each other: who is at work, and what was deleted.

A collector announces itself while it deletes, and one deletes at a time. Who builds on
an old object makes it young, waits until the collectors at work have gone, and looks
again. Ages are told by the store's own clock alone: ours may be wrong.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.gather import gather
from jupyter_lake.store.objectstore import ObjectInfo

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = [
    "ANNOUNCEMENT_LASTS",
    "PATIENCE",
    "announcement",
    "await_collectors",
    "await_turn",
    "clear_announcements",
    "collected_commits",
    "record_collected",
]

# A collector that said it was at work this long ago has died.
ANNOUNCEMENT_LASTS = timedelta(minutes=2)
PATIENCE = 0.1


@contextmanager
def announcement(objects: ObjectStore, keys: RepoKeys) -> Iterator[ObjectInfo]:
    """Say that a collector is at work; yield what was said, with the store's time of it."""
    key = f"{_running(keys)}{secrets.token_hex(8)}"
    objects.create(key, b"")
    try:
        yield objects.info(key) or ObjectInfo(key, 0, datetime.now(UTC))
    finally:
        objects.delete([key])


def await_turn(objects: ObjectStore, keys: RepoKeys, mine: ObjectInfo) -> bool:
    """Return when the others that were announced have gone; False if another goes first.

    Of two that see each other, the one with the lower key stays. Who comes later sees us.
    """
    now = _clock(mine.modified)
    others = _at_work(objects, keys, now()) - {mine.key}
    while others:
        if min(others) < mine.key:
            return False
        time.sleep(PATIENCE)
        others &= _at_work(objects, keys, now())
    return True


def await_collectors(objects: ObjectStore, keys: RepoKeys, *, told: datetime) -> None:
    """Return when the collectors that are at work on the repo now have gone.

    Those that come meanwhile see what we did before. `told` is a time that the
    store has told us a while ago.
    """
    now = _clock(told)
    waiting = _at_work(objects, keys, now())
    while waiting:
        time.sleep(PATIENCE)
        waiting &= _at_work(objects, keys, now())


def clear_announcements(objects: ObjectStore, keys: RepoKeys, *, before: datetime) -> None:
    """Delete what collectors that have died left behind."""
    objects.delete([i.key for i in objects.list(_running(keys)) if i.modified < before])


def _at_work(objects: ObjectStore, keys: RepoKeys, now: datetime) -> set[str]:
    """Return what the collectors at work on the repo have announced."""
    announced = objects.list(_running(keys))
    return {info.key for info in announced if now - info.modified < ANNOUNCEMENT_LASTS}


def _clock(told: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on from a time the store has told; it may be late, never early."""
    begun = time.monotonic()
    return lambda: told + timedelta(seconds=time.monotonic() - begun)


def record_collected(
    objects: ObjectStore, keys: RepoKeys, commits: Iterable[str], *, since: datetime
) -> None:
    """Leave word of commits that go, so that nobody takes them for lost."""
    now = datetime.now(UTC)
    record = {"when": now.isoformat(), "since": since.isoformat(), "commits": list(commits)}
    key = f"{keys.prefix}gc/done/{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.json"
    objects.create(key, json.dumps(record).encode())


def collected_commits(objects: ObjectStore, keys: RepoKeys) -> set[str]:
    """Return the ids of all commits that collections have deleted."""
    records = [partial(objects.get, info.key) for info in objects.list(f"{keys.prefix}gc/done/")]
    return {id for record in gather(objects, records) for id in json.loads(record)["commits"]}


def _running(keys: RepoKeys) -> str:
    return f"{keys.prefix}gc/running/"
