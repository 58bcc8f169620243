"""A tree made from another by touching only the ranges that change.

A small tree is made anew as a whole, and stands in its commit.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.ranges import cut, encode_range, entries_of, is_boundary
from jupyter_lake.store.trees import (
    EMPTY,
    INLINE_ENTRIES,
    RangeRef,
    Tree,
    encode_tree,
    inline_tree,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.manifests import Manifests

__all__ = ["rewrite"]

Write = Callable[[str, bytes], None]

PREFETCH = 64


def rewrite(
    manifests: Manifests,
    tree: Tree,
    *,
    puts: EntryList,
    deletes: Collection[str] = (),
    write: Write,
) -> tuple[str | None, Tree]:
    """Return `tree` with entries put in and taken out, and its id (None when it is empty).

    Parameters
    ----------
    manifests
        Where ranges are read, and remembered.
    tree
        What to begin with.
    puts
        Entries to add, or to put in place of those at the same paths.
    deletes
        Paths to take out; none of them in `puts`.
    write
        Called with the key and bytes of each object the new tree needs.
    """
    whole = _small_whole(manifests, tree, puts, deletes)
    if whole is not None:
        if not len(whole):
            return None, EMPTY
        if (small := inline_tree(whole)) is not None:
            manifests.remember_tree(*small)
            return small
        tree, puts, deletes = EMPTY, whole, ()
    changes = _Changes(manifests, tree, puts, deletes)
    ranges: list[RangeRef] = []
    position = 0
    for run in changes.runs():
        ranges.extend(tree.ranges[position : run.start])
        ranges.extend(_seal(manifests, part, write) for part in cut(run.table))
        position = run.stop
    ranges.extend(tree.ranges[position:])
    return _seal_tree(manifests, Tree(tuple(ranges)), write)


def _small_whole(
    manifests: Manifests, tree: Tree, puts: EntryList, deletes: Collection[str]
) -> EntryList | None:
    """Return all entries of the new tree if it may be small, or if the old one was."""
    held = tree.ranges[0].held if tree.ranges else None
    fewest = max(tree.files - len(deletes), len(puts))
    if held is None and fewest > INLINE_ENTRIES:
        return None
    gone = {*deletes, *puts.paths()}
    if held is not None:
        kept = [entry for entry in held if entry.path not in gone]
    else:
        kept = []
        for entries in manifests.in_turn(tree.ranges, ahead=4):
            kept.extend(entries_of(_without(entries.table, list(gone))))
            if len(kept) + len(puts) > INLINE_ENTRIES:
                return None
    if len(puts) <= INLINE_ENTRIES:
        return EntryList.of([*kept, *puts])
    return EntryList(table=_concat([EntryList(kept).table, puts.table]).sort_by("path"))


def _seal(manifests: Manifests, table: pa.Table, write: Write) -> RangeRef:
    import pyarrow.compute as pc

    data = encode_range(table)
    id = hashlib.sha256(data).hexdigest()
    write(manifests.keys.range(id), data)
    manifests.remember_range(id, table)
    paths = table.column("path")
    size = pc.sum(table.column("size")).as_py()
    return RangeRef(id, paths[0].as_py(), paths[-1].as_py(), table.num_rows, size)


def _seal_tree(manifests: Manifests, tree: Tree, write: Write) -> tuple[str | None, Tree]:
    if not tree.ranges:
        return None, tree
    data = encode_tree(tree.ranges)
    id = hashlib.sha256(data).hexdigest()
    write(manifests.keys.tree(id), data)
    manifests.remember_tree(id, tree)
    return id, tree


@dataclass(frozen=True, slots=True)
class _Run:
    """Entries that take the place of ``ranges[start:stop]``."""

    start: int
    stop: int
    table: pa.Table


class _Changes:
    """Puts and deletes, grouped by the ranges they fall in."""

    def __init__(
        self, manifests: Manifests, tree: Tree, puts: EntryList, deletes: Collection[str]
    ) -> None:
        self._manifests = manifests
        self._ranges = tree.ranges
        self._puts = puts.table
        self._put_slots = dict(_spans(tree, puts.paths()))
        ordered = sorted(deletes)
        self._deletes = {slot: ordered[start:stop] for slot, (start, stop) in _spans(tree, ordered)}
        self._touched = sorted(self._put_slots.keys() | self._deletes.keys())

    def runs(self) -> Iterator[_Run]:
        """Yield the runs of ranges that change, each with what comes in its place."""
        end = len(self._ranges)
        touched = deque(self._touched)
        self._prefetch()
        while touched:
            start = touched.popleft()
            parts = [self._applied(start)]
            stop = min(start + 1, end)
            # Without its boundary a range runs on into the next one.
            while stop < end and not _closed(parts):
                if touched and touched[0] == stop:
                    touched.popleft()
                parts.append(self._applied(stop))
                stop += 1
            if start < end and touched and touched[0] == end and not _closed(parts):
                parts.append(self._applied(touched.popleft()))
            yield _Run(start, stop, _concat(parts))

    def _prefetch(self) -> None:
        slots = [slot for slot in self._touched[:PREFETCH] if slot < len(self._ranges)]
        self._manifests.ranges([self._ranges[slot] for slot in slots])

    def _applied(self, slot: int) -> pa.Table:
        """Return the entries of a range with its changes, if any, made."""
        start, stop = self._put_slots.get(slot, (0, 0))
        puts = self._puts.slice(start, stop - start)
        if slot == len(self._ranges):
            return puts
        old = self._manifests.range(self._ranges[slot]).table
        gone = [*puts.column("path").to_pylist(), *self._deletes.get(slot, ())]
        kept = _without(old, gone)
        if not puts.num_rows:
            return kept
        return _concat([kept, puts]).sort_by("path") if kept.num_rows else puts


def _spans(tree: Tree, paths: Iterable[str]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield ``(slot, (start, stop))`` for the sorted paths that fall in each range."""
    position = 0
    for slot, group in groupby(paths, key=tree.slot):
        count = sum(1 for _ in group)
        yield slot, (position, position + count)
        position += count


def _closed(parts: Sequence[pa.Table]) -> bool:
    """Tell whether the run ends with a boundary, or with nothing behind one."""
    last = next((part for part in reversed(parts) if part.num_rows), None)
    return last is None or is_boundary(last.column("path")[-1].as_py())


def _without(table: pa.Table, paths: Sequence[str]) -> pa.Table:
    if not paths:
        return table
    import pyarrow as pa
    import pyarrow.compute as pc

    gone = pc.is_in(table.column("path"), value_set=pa.array(paths, pa.string()))
    return table.filter(pc.invert(gone))


def _concat(parts: Sequence[pa.Table]) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables(parts)
