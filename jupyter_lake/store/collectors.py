"""What collectors and writers tell each other: who is at work, and what was deleted.

A collector announces itself while it deletes. Who makes a ref to an old object, or
builds on one, makes it young, waits until no collector is at work, and looks again.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.gather import gather

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = [
    "ANNOUNCEMENT_LASTS",
    "announcement",
    "await_collectors",
    "collected_commits",
    "outlives_collectors",
    "record_collected",
]

# A collector that said it was at work this long ago has died.
ANNOUNCEMENT_LASTS = timedelta(minutes=2)
PATIENCE = 0.1


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
