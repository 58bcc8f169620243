"""How two snapshots differ, at the cost of what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from jupyter_lake.store.entries import Entry
    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.records import Kind
    from jupyter_lake.store.trees import RangeRef, Tree

__all__ = ["Change", "Diff", "diff_trees"]

TOGETHER = 64  # ranges read at once, before they are compared


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs: `kind` is ``added``, ``removed`` or ``changed``."""

    path: str
    kind: Kind
    old: Entry | None
    new: Entry | None


class Diff(Sequence[Change]):
    """The changes that lead from one commit to another, sorted by path.

    Attributes
    ----------
    old, new
        The commits' ids; None for the empty snapshot before the first commit.
    """

    def __init__(self, changes: Sequence[Change], *, old: str | None, new: str | None) -> None:
        self._changes = tuple(changes)
        self.old = old
        self.new = new

    @property
    def paths(self) -> list[str]:
        """The paths that differ."""
        return [change.path for change in self]

    def of_kind(self, kind: Kind) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self if change.kind == kind]

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | Sequence[Change]:
        return self._changes[index]

    def __iter__(self) -> Iterator[Change]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        sides = f"{(self.old or 'nothing')[:8]}..{(self.new or 'nothing')[:8]}"
        counts = ", ".join(
            f"{len(self.of_kind(kind))} {kind}" for kind in ("added", "changed", "removed")
        )
        return f"<Diff {sides}: {counts}>"


def diff_trees(manifests: Manifests, old: Tree, new: Tree, prefix: str = "") -> list[Change]:
    """Return what leads from one tree to the other, under a prefix, sorted by path.

    Ranges that both trees have are never read.
    """
    before, after = old.under(prefix), new.under(prefix)
    shared = {item.id for item in before} & {item.id for item in after}
    own = [item for item in (*before, *after) if item.id not in shared]
    if len(own) <= TOGETHER:
        manifests.ranges(own)
    left = _by_path(manifests, before, shared, prefix)
    right = _by_path(manifests, after, shared, prefix)
    return compare(left, right)


def compare(left: dict[str, Entry], right: dict[str, Entry]) -> list[Change]:
    """Return what leads from one set of entries to another, sorted by path."""
    changes = [
        Change(path, "removed", entry, None) for path, entry in left.items() if path not in right
    ]
    for path, entry in right.items():
        was = left.get(path)
        if was is None:
            changes.append(Change(path, "added", None, entry))
        elif not entry.same_content(was):
            changes.append(Change(path, "changed", was, entry))
    return sorted(changes, key=lambda change: change.path)


def _by_path(
    manifests: Manifests, ranges: Sequence[RangeRef], shared: set[str], prefix: str
) -> dict[str, Entry]:
    own = [item for item in ranges if item.id not in shared]
    return {
        entry.path: entry
        for entries in manifests.in_turn(own)
        for entry in entries
        if entry.path.startswith(prefix)
    }
