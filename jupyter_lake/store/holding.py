"""Keeping collectors off an old commit until a ref leads to it.

Who is about to make a ref to a commit that nothing may lead to any more says so
first, in an object whose name is the commit's id; to a collector that is a root like
a branch or a tag. Then he waits for the collectors at work, and looks whether the
commit is there: if it is, it stays, with all that hangs on it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError, RefNotFoundError
from jupyter_lake.store.collectors import await_collectors
from jupyter_lake.store.refs import create_surely

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.reporefs import RepoRefs

__all__ = ["clear_held", "held_commits", "holding"]


@contextmanager
def holding(repo: RepoRefs, commit: str) -> Iterator[None]:
    """Keep a commit, and all that hangs on it, while a ref to it is made.

    Raises
    ------
    RefNotFoundError
        If a collection has deleted it.
    """
    objects, keys = repo.lake.objects, repo.keys
    key = f"{_held(keys)}{commit}-{secrets.token_hex(8)}"
    create_surely(objects, key, b"")
    try:
        said = objects.info(key)
        await_collectors(objects, keys, told=said.modified if said else datetime.now(UTC))
        if objects.info(keys.commit(commit)) is None:
            raise RefNotFoundError(
                f"Commit {commit[:8]} of {repo.name} is gone: "
                "nothing led to it, and a gc deleted it.",
                hint=f"`%lake log {repo.name}` shows what there is.",
            )
        yield
    finally:
        with suppress(LakeError):  # who may not delete leaves it to the next gc but one
            objects.delete([key])


def held_commits(objects: ObjectStore, keys: RepoKeys, *, since: datetime) -> set[str]:
    """Return the commits that are held, by people who began since then."""
    found = objects.list(_held(keys))
    return {_commit(keys, info.key) for info in found if info.modified >= since}


def clear_held(objects: ObjectStore, keys: RepoKeys, *, before: datetime) -> None:
    """Delete what people who have died held on to."""
    objects.delete([info.key for info in objects.list(_held(keys)) if info.modified < before])


def _commit(keys: RepoKeys, key: str) -> str:
    return key.removeprefix(_held(keys)).partition("-")[0]


def _held(keys: RepoKeys) -> str:
    return f"{keys.prefix}gc/held/"
