"""No path of a snapshot may be both a file and a folder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidPathError

if TYPE_CHECKING:
    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.trees import RangeRef, Tree

__all__ = ["check_shape"]


def check_shape(
    manifests: Manifests,
    tree: Tree,
    added: Callable[[], Iterable[str]],
    deletes: Collection[str],
) -> None:
    """See that no file put stands where a folder is, nor in a file's place a folder.

    `added` returns the paths that are new, sorted.

    Raises
    ------
    InvalidPathError
    """
    folders = set(_folders_above(added()))
    clash = {path for path in added() if path in folders}
    if not clash and tree.ranges:
        clash = manifests.found(tree, folders).keys() - deletes
    if not clash and tree.ranges:
        clash = set(_standing_on_folders(manifests, tree, added(), deletes))
    if clash:
        raise InvalidPathError(
            f"{min(clash)!r} would be both a file and a folder.",
            hint="Delete the one or choose another path for the other.",
        )


def _folders_above(paths: Iterable[str]) -> Iterator[str]:
    """Yield the folders of sorted paths, hardly any twice."""
    before = ""
    for path in paths:
        folder = path[: path.rfind("/") + 1]
        if folder != before:
            before = folder
            position = folder.find("/")
            while position > 0:
                yield folder[:position]
                position = folder.find("/", position + 1)


def _standing_on_folders(
    manifests: Manifests, tree: Tree, paths: Iterable[str], deletes: Collection[str]
) -> Iterator[str]:
    """Yield the paths under which the tree holds files that stay."""
    suspects: dict[RangeRef, list[str]] = {}
    for path in paths:
        for item in tree.under(f"{path}/"):
            suspects.setdefault(item, []).append(path)
    for item, files in suspects.items():
        there = list(manifests.range(item).paths())
        for path in files:
            start, stop = bisect_left(there, f"{path}/"), bisect_left(there, f"{path}0")
            if any(below not in deletes for below in there[start:stop]):
                yield path
