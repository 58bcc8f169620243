"""Trees and ranges as a repo keeps them: read once, verified, and remembered.

All of it is immutable and named by its hash, so what was read never goes stale
and what is read can be checked.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.entries import Entry, Folder
from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.gather import gather
from jupyter_lake.store.objectstore import ObjectMissing
from jupyter_lake.store.ranges import decode_range, entries_of
from jupyter_lake.store.trees import RangeRef, Tree, after_prefix, decode_tree

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["Manifests", "Recent", "read_verified"]

T = TypeVar("T")

TREE_CACHE_WEIGHT = 100_000  # ranges
READ_AHEAD = 64  # ranges
RANGE_CACHE_WEIGHT = 64 * 2**20  # bytes


class Recent(Generic[T]):
    """The values used last, up to a total weight; safe between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._weight = 0
        self._values: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> T | None:
        """Return the value under the key if it is still remembered."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: str, value: T, weight: int) -> None:
        """Remember a value, at the cost of those used longest ago."""
        with self._lock:
            if key in self._values:
                return
            self._values[key] = (value, weight)
            self._weight += weight
            while self._weight > self._capacity and len(self._values) > 1:
                self._weight -= self._values.popitem(last=False)[1][1]


def read_verified(objects: ObjectStore, key: str, id: str, what: str) -> bytes:
    """Return an object's bytes if their hash is `id`.

    Raises
    ------
    DamagedError
        If the object is missing or holds other bytes.
    """
    hint = "Run `%lake fsck` to see all that is broken and what it takes to mend."
    try:
        data = objects.get(key)
    except ObjectMissing:
        raise DamagedError(
            f"{what} {id[:8]} is missing from the lake ({key}).", hint=hint
        ) from None
    if hashlib.sha256(data).hexdigest() != id:
        raise DamagedError(
            f"{what} {id[:8]} is damaged: its bytes have changed ({key}).", hint=hint
        )
    return data


class Manifests:
    """The trees and ranges of one repo."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self.objects = objects
        self.keys = keys
        self._trees: Recent[Tree] = Recent(TREE_CACHE_WEIGHT)
        self._ranges: Recent[pa.Table] = Recent(RANGE_CACHE_WEIGHT)

    def tree(self, id: str) -> Tree:
        """Return a tree that lies apart from its commits, by its id."""
        tree = self._trees.get(id)
        if tree is None:
            data = read_verified(self.objects, self.keys.tree(id), id, "Tree")
            tree = decode_tree(data)
            self.remember_tree(id, tree)
        return tree

    def remembered_tree(self, id: str) -> Tree | None:
        """Return a tree that was written or read lately, or None."""
        return self._trees.get(id)

    def remember_tree(self, id: str, tree: Tree) -> None:
        """Keep a tree that was just written or read."""
        held = sum(item.files for item in tree.ranges if item.held)
        self._trees.put(id, tree, 1 + len(tree.ranges) + 2 * held)

    def range(self, item: RangeRef) -> EntryList:
        """Return the entries of a range."""
        if item.held is not None:
            return item.held
        table = self._ranges.get(item.id)
        if table is None:
            data = read_verified(self.objects, self.keys.range(item.id), item.id, "Range")
            table = decode_range(data)
            self.remember_range(item.id, table)
        return EntryList(table=table)

    def remember_range(self, id: str, table: pa.Table) -> None:
        """Keep a range that was just written or read."""
        self._ranges.put(id, table, 1000 + table.nbytes)

    def ranges(self, items: Sequence[RangeRef]) -> list[EntryList]:
        """Return ranges together, in as few round trips as the store allows."""
        return gather(self.objects, [partial(self.range, item) for item in items])

    def read_ahead(self, tree: Tree, paths: Iterable[str]) -> None:
        """Read the ranges that paths belong in, before they are asked for one by one."""
        slots = sorted({tree.slot(path) for path in paths})[:READ_AHEAD]
        self.ranges([tree.ranges[slot] for slot in slots if slot < len(tree.ranges)])

    def in_turn(self, items: Sequence[RangeRef], *, ahead: int = 32) -> Iterator[EntryList]:
        """Yield ranges in order, reading a few ahead: memory stays bounded."""
        for start in range(0, len(items), ahead):
            yield from self.ranges(items[start : start + ahead])

    def entry(self, tree: Tree, path: str) -> Entry | None:
        """Return the entry at a path, or None; reads one range."""
        return self.found(tree, [path]).get(path)

    def found(self, tree: Tree, paths: Iterable[str]) -> dict[str, Entry]:
        """Return the entries at those of the paths that hold one."""
        by_range: dict[str, tuple[RangeRef, list[str]]] = {}
        for path in paths:
            if (item := tree.at(path)) is not None:
                by_range.setdefault(item.id, (item, []))[1].append(path)
        lists = self.ranges([item for item, _ in by_range.values()])
        found: dict[str, Entry] = {}
        for entries, (item, wanted) in zip(lists, by_range.values(), strict=True):
            if item.held is not None:
                there = entries.by_path
                found.update((path, there[path]) for path in wanted if path in there)
            else:
                found.update(_pick(entries.table, wanted))
        return found

    def entries(self, tree: Tree, prefix: str = "") -> Iterator[Entry]:
        """Yield the entries whose paths begin with `prefix`, sorted by path."""
        for entries in self.in_turn(tree.under(prefix)):
            yield from entries_of(_narrow(entries.table, prefix)) if prefix else entries

    def children(self, tree: Tree, folder: str) -> list[Entry | Folder]:
        """Return what lies directly in a folder (``""`` or ending with a slash)."""
        files: list[Entry] = []
        folders: dict[str, tuple[int, int]] = {}

        def add(name: str, count: int, size: int) -> None:
            old = folders.get(name, (0, 0))
            folders[name] = (old[0] + count, old[1] + size)

        mixed: list[RangeRef] = []
        for item in tree.under(folder):
            child = _common_child(item, folder)
            if child is None:
                mixed.append(item)
            else:
                add(child, item.files, item.bytes)
        for entries in self.in_turn(mixed):
            narrowed = _narrow(entries.table, folder)
            for name, count, size, entry in _grouped(narrowed, len(folder)):
                if entry is None:
                    add(name, count, size)
                else:
                    files.append(entry)
        found = [Folder(folder + name, *totals) for name, totals in folders.items()]
        return sorted([*found, *files], key=lambda item: item.path)


def _common_child(item: RangeRef, folder: str) -> str | None:
    """Return the folder directly in `folder` that holds the whole range, or None."""
    if not (item.first.startswith(folder) and item.last.startswith(folder)):
        return None
    name, slash, _ = item.first[len(folder) :].partition("/")
    # Between two paths of one folder sort only paths of that folder.
    return name if slash and item.last.startswith(f"{folder}{name}/") else None


def _grouped(table: pa.Table, skip: int) -> Iterator[tuple[str, int, int, Entry | None]]:
    """Yield ``(name, files, bytes, entry)`` for what lies directly in a folder.

    A folder is passed over as a whole: all of it stands together.
    """
    import pyarrow.compute as pc

    paths = table.column("path").to_pylist()
    position = 0
    while position < len(paths):
        start = position
        while position < len(paths) and "/" not in paths[position][skip:]:
            position += 1
        for entry in entries_of(table.slice(start, position - start)):
            yield entry.path, 1, entry.size, entry
        if position < len(paths):
            path = paths[position]
            end = path.index("/", skip)
            stop = bisect_left(paths, after_prefix(path[: end + 1]), position)
            size = pc.sum(table.column("size").slice(position, stop - position)).as_py()
            yield path[skip:end], stop - position, size, None
            position = stop


def _pick(table: pa.Table, paths: Sequence[str]) -> dict[str, Entry]:
    """Return the entries of a range at some paths."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pc.is_in(table.column("path"), value_set=pa.array(list(paths), pa.string()))
    return {entry.path: entry for entry in entries_of(table.filter(mask))}


def _narrow(table: pa.Table, prefix: str) -> pa.Table:
    """Return the rows of a range whose paths begin with `prefix`; no copy is made."""
    if not prefix:
        return table
    import pyarrow.compute as pc

    paths = table.column("path")
    start = pc.sum(pc.less(paths, prefix)).as_py() or 0
    stop = pc.sum(pc.less(paths, after_prefix(prefix))).as_py() or 0
    return table.slice(start, stop - start)
