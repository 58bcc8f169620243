"""No path of a snapshot may be both a file and a folder."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidPathError

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.trees import Tree

__all__ = ["check_shape"]


def check_shape(
    manifests: Manifests, tree: Tree, paths: pa.ChunkedArray, deletes: Collection[str]
) -> None:
    """See that no file put stands where a folder is, nor in a file's place a folder.

    `paths` are those that are new, sorted.

    Raises
    ------
    InvalidPathError
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    folders = set(_folders_above(paths))
    files = pc.is_in(paths, value_set=pa.array(folders, pa.string()))
    clash = set(paths.filter(files).to_pylist())
    if not clash and tree.ranges:
        clash = manifests.found(tree, folders).keys() - deletes
    if not clash and tree.ranges:
        clash = set(_standing_on_folders(manifests, tree, paths.to_pylist(), deletes))
    if clash:
        raise InvalidPathError(
            f"{min(clash)!r} would be both a file and a folder.",
            hint="Delete the one or choose another path for the other.",
        )


def _folders_above(paths: pa.ChunkedArray) -> Iterator[str]:
    """Yield the folders of sorted paths, hardly any twice."""
    before = ""
    for path in chain.from_iterable(chunk.to_pylist() for chunk in paths.iterchunks()):
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
