"""No path of a snapshot may be both a file and a folder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidPathError

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.trees import Tree

__all__ = ["check_shape"]


def check_shape(manifests: Manifests, tree: Tree, puts: pa.Table, deletes: Collection[str]) -> None:
    """See that no file put stands where a folder is, nor in a file's place a folder.

    Raises
    ------
    InvalidPathError
    """
    paths = set(puts.column("path").to_pylist())
    folders = {folder for path in paths for folder in _folders_above(path)}
    clash = paths & folders
    if not clash and tree.ranges:
        clash = manifests.found(tree, folders).keys() - deletes
    if not clash and tree.ranges:
        clash = set(_standing_on_folders(manifests, tree, paths, deletes))
    if clash:
        raise InvalidPathError(
            f"{min(clash)!r} would be both a file and a folder.",
            hint="Delete the one or choose another path for the other.",
        )


def _folders_above(path: str) -> Iterator[str]:
    position = path.find("/")
    while position > 0:
        yield path[:position]
        position = path.find("/", position + 1)


def _standing_on_folders(
    manifests: Manifests, tree: Tree, paths: Iterable[str], deletes: Collection[str]
) -> Iterator[str]:
    """Yield the paths under which the tree holds files that stay."""
    suspects: dict[str, list[str]] = {}
    for path in paths:
        for item in tree.under(f"{path}/"):
            suspects.setdefault(item.id, []).append(path)
    for id, files in suspects.items():
        there = manifests.range(id).column("path").to_pylist()
        for path in files:
            start, stop = bisect_left(there, f"{path}/"), bisect_left(there, f"{path}0")
            if any(below not in deletes for below in there[start:stop]):
                yield path
