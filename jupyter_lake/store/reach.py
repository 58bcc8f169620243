"""What a repo's refs lead to: the part of its objects that somebody could still ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.gather import gather
from jupyter_lake.store.history import History
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.refs import BranchLogs
from jupyter_lake.store.tags import Tags

if TYPE_CHECKING:
    from jupyter_lake.store.entrylists import EntryList
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore
    from jupyter_lake.store.records import CommitRecord
    from jupyter_lake.store.trees import RangeRef

__all__ = ["Reach", "chunks", "digests"]

T = TypeVar("T")

CHUNK = 64
ABREAST = 8


@dataclass
class Reach:
    """Commits and all that hangs on them, found by following refs.

    `follow` may be called again and again: what was followed is not read twice.
    """

    objects: ObjectStore
    keys: RepoKeys
    commits: set[str] = field(default_factory=set)
    trees: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    long_changes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._history = History(self.objects, self.keys, Manifests(self.objects, self.keys))
        self._logs = BranchLogs(self.objects, self.keys)

    def roots(self, since: datetime) -> set[str]:
        """Return the commits that branches, their logs since a moment, and tags name."""
        calls: list[Callable[[], set[str]]] = [self._tagged]
        calls += [partial(self._logged, branch, since) for branch in self._logs.names()]
        return set().union(*gather(self.objects, calls))

    def _tagged(self) -> set[str]:
        return {tag.commit for tag in Tags(self.objects, self.keys).all()}

    def _logged(self, branch: str, since: datetime) -> set[str]:
        found = set()
        for record in self._logs.log(branch):
            if record.commit is not None:
                found.add(record.commit)
            if record.when < since:  # this one held when the retention began
                break
        return found

    def follow(self, roots: Iterable[str]) -> None:
        """Add what hangs on some commits and all their ancestors.

        Raises
        ------
        DamagedError
            If something on the way is missing: then nobody can tell what
            hangs on it.
        """
        trees: dict[str, CommitRecord] = {}
        waiting = set(roots) - self.commits
        while waiting:
            # A commit that is read tells of its ancestors, which need not be read then.
            some = list(filter(self._history.knows, waiting)) or list(islice(waiting, ABREAST))
            waiting.difference_update(some)
            calls = [partial(self._history.record, id) for id in some]
            for record in gather(self.objects, calls):
                self.commits.add(record.id)
                if record.changes.paths is None:
                    self.long_changes.add(record.id)
                if record.tree is not None and record.tree not in self.trees:
                    trees.setdefault(record.tree, record)
                waiting.update(set(record.parents) - self.commits)
        self._follow_trees(trees)

    def follow_unfinished(self, roots: Iterable[str]) -> None:
        """Add what hangs on commits whose writers may still be at work, or have died."""
        for root in roots:
            with suppress(DamagedError):
                self.follow([root])

    def time_of(self, commit: str) -> datetime | None:
        """Return when a commit says it was made; None if it can't be read."""
        try:
            return self._history.record(commit).time
        except DamagedError:
            return None

    def covers(self, key: str) -> bool:
        """Tell whether a key of the repo is among what was found, or no kind that is collected."""
        kind, _, rest = key.removeprefix(self.keys.prefix).partition("/")
        name = rest.rpartition("/")[2].partition(".")[0]
        found = {
            "objects": self.files,
            "ranges": self.ranges,
            "trees": self.trees,
            "commits": self.commits,
            "changes": self.long_changes,
        }.get(kind)
        return found is None or name in found

    def _follow_trees(self, users: Mapping[str, CommitRecord]) -> None:
        """Add what hangs on trees, each given with a commit that has it."""
        for some in chunks(users, CHUNK):
            # Trees and ranges are each read once: a cache of them would only fill up.
            manifests = Manifests(self.objects, self.keys)
            history = History(self.objects, self.keys, manifests)
            calls = [partial(history.tree, users[id]) for id in some]
            ranges: dict[str, RangeRef] = {}
            for id, tree in zip(some, gather(self.objects, calls), strict=True):
                self.trees.add(id)
                ranges.update({item.id: item for item in tree.ranges if item.id not in self.ranges})
            for entries in manifests.in_turn(list(ranges.values())):
                self.files.update(digests(entries))
            self.ranges.update(ranges)


def digests(entries: EntryList) -> Iterator[str]:
    """Return the hex digits of the hashes that entries name."""
    return (entry.digest for entry in entries if entry.hash is not None)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut items into lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
