"""Commits and how they descend from each other, in few requests.

A commit holds its nearest ancestors, so one read answers for some thirty commits.
A commit's time is always later than its parents', so the newest first is also the
descendant first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.manifests import Recent, read_verified
from jupyter_lake.store.records import (
    INLINE_ANCESTORS,
    CommitRecord,
    StoredCommit,
    decode_commit,
    encode_ancestor,
    encode_commit,
    now,
)
from jupyter_lake.store.trees import EMPTY, Tree, is_inline

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["History"]

CACHED_COMMITS = 50_000
CACHED_HEADS = 32


class History:
    """The commits of one repo, and the tree of each."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys, manifests: Manifests) -> None:
        self._objects = objects
        self._keys = keys
        self._manifests = manifests
        self._records: Recent[CommitRecord] = Recent(CACHED_COMMITS)
        self._nearest_of: Recent[tuple[bytes, ...]] = Recent(CACHED_HEADS)

    def record(self, id: str, *, details: bool = False) -> CommitRecord:
        """Return a commit; with `details` its metadata and provenance for certain.

        Raises
        ------
        DamagedError
            If it is missing or not what its id says.
        """
        known = self._records.get(id)
        if known is not None and (known.details or not details):
            return known
        return self._read(id).record

    def tree(self, record: CommitRecord) -> Tree:
        """Return the tree of a commit.

        Raises
        ------
        DamagedError
        """
        if record.tree is None:
            return EMPTY
        if not is_inline(record.tree):
            return self._manifests.tree(record.tree)
        return self._manifests.remembered_tree(record.tree) or self._read(record.id).tree or EMPTY

    def _read(self, id: str) -> StoredCommit:
        data = read_verified(self._objects, self._keys.commit(id), id, "Commit")
        try:
            found = decode_commit(id, data)
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedError(
                f"Commit {id[:8]} can't be read: it may be of a newer version of jupyter_lake.",
                hint="Update jupyter_lake.",
            ) from error
        for ancestor in found.ancestors:
            self._records.put(ancestor.id, ancestor, 1)
        self.remember(found.record)
        if found.tree is not None and found.record.tree is not None:
            self._manifests.remember_tree(found.record.tree, found.tree)
        return found

    def knows(self, id: str) -> bool:
        """Tell whether a commit was read before, so that it is certain to be there."""
        return self._records.get(id) is not None

    def remember(self, record: CommitRecord) -> None:
        """Keep a commit that was just written or read."""
        self._records.put(record.id, record, 1)

    def with_prefix(self, prefix: str) -> list[str]:
        """Return the ids of the commits that begin with some hex digits."""
        found = (info.key for info in self._objects.list(self._keys.commits(prefix)))
        return [key.rpartition("/")[2].removesuffix(".json") for key in found]

    def walk(self, *starts: str) -> Iterator[CommitRecord]:
        """Yield commits and all their ancestors, newest first, each once."""
        queue: list[tuple[float, str, CommitRecord]] = []
        seen: set[str] = set()

        def add(ids: Iterable[str]) -> None:
            for id in ids:
                if id not in seen:
                    seen.add(id)
                    record = self.record(id)
                    heapq.heappush(queue, (-record.time.timestamp(), id, record))

        add(starts)
        while queue:
            record = heapq.heappop(queue)[2]
            yield record
            add(record.parents)

    def encode(
        self, draft: CommitRecord, nonce: str, *, files: bytes | None = None
    ) -> tuple[CommitRecord, bytes]:
        """Return a new commit as it will be known and its bytes, ancestors inside.

        `files` is what it is to hold of its tree, if that is an inline one.

        The draft's time is moved behind its parents' where a clock is late.
        """
        draft = replace(draft, time=self._time_after(draft.parents))
        nearest = self._nearest(draft.parents)
        id, data = encode_commit(draft, nearest, nonce, files=files)
        self._nearest_of.put(id, nearest, 1)
        return replace(draft, id=id), data

    def _nearest(self, parents: Sequence[str]) -> tuple[bytes, ...]:
        """Return the newest ancestors of a commit with some parents, encoded."""
        if len(parents) == 1 and (known := self._nearest_of.get(parents[0])) is not None:
            return (encode_ancestor(self.record(parents[0])), *known)[:INLINE_ANCESTORS]
        return tuple(map(encode_ancestor, islice(self.walk(*parents), INLINE_ANCESTORS)))

    def _time_after(self, parents: Iterable[str]) -> datetime:
        tick = timedelta(microseconds=1)
        return max([now(), *(self.record(parent).time + tick for parent in parents)])

    def is_ancestor(self, id: str, of: str) -> bool:
        """Tell whether a commit is another's ancestor, or the same."""
        time = self.record(id).time
        for record in self.walk(of):
            if record.id == id:
                return True
            if record.time < time:
                return False
        return False

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the newest common ancestor of two commits, or None."""
        queue: list[tuple[float, str]] = []
        sides: dict[str, int] = {}

        def add(id: str, side: int) -> None:
            before = sides.get(id, 0)
            sides[id] = before | side
            if sides[id] != before:
                heapq.heappush(queue, (-self.record(id).time.timestamp(), id))

        add(one, 1)
        add(other, 2)
        while queue:
            _, id = heapq.heappop(queue)
            if sides[id] == 3:
                return id
            for parent in self.record(id).parents:
                add(parent, sides[id])
        return None
