"""What names the tables of a folder go by: in full, or as short as they still work."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError, closest
from jupyter_lake.query.formats import format_of, stem_of
from jupyter_lake.store.entries import Folder

if TYPE_CHECKING:
    from jupyter_lake.store import Commit

__all__ = ["GLOB", "meant_by", "names_like", "short_names", "table_names"]

GLOB = re.compile(r"[*?\[]")

# So many names are looked at, and so many files of a folder for one that is a table.
NAMES = 10_000
FILES = 100


def short_names(commit: Commit, folder: str = "") -> dict[str, str]:
    """Return the shortest name that works for each table or folder in a folder, by its path.

    ``airlines`` for ``airlines.csv.gz``, but only if nothing else goes by that name.
    """
    items = commit.ls(folder)
    base = f"{folder}/" if folder else ""
    names = {item.path: item.path.removeprefix(base) for item in items}
    stems = {path: stem_of(name) for path, name in names.items() if format_of(name) is not None}
    taken = Counter(stems.values()) + Counter(names.values())
    short = {}
    for item in items:
        stem = stems.get(item.path)
        if names[item.path].startswith(("_", ".")):
            continue
        if stem and taken[stem] == 1 and GLOB.search(stem) is None:
            short[item.path] = base + stem
        elif stem or isinstance(item, Folder):
            short[item.path] = item.path
    return short


def table_names(commit: Commit) -> list[str]:
    """Return the names of the tables at the top of a commit: of files, and of folders of files."""
    found = short_names(commit)
    return sorted(
        name for path, name in found.items() if format_of(path) or _holds_table(commit, path)
    )


def names_like(commit: Commit, path: str) -> list[str]:
    """Return the names of tables that are close to a path where nothing is."""
    folder, _, name = path.rpartition("/")
    try:
        found = short_names(commit, folder)
    except LakeError:
        return []
    base = f"{folder}/" if folder else ""
    there = [other.removeprefix(base) for other in islice(found.values(), NAMES)]
    return [base + near for near in closest(name, there)]


def meant_by(commit: Commit, path: str) -> str | None:
    """Return the one thing that a path names but for its extensions, or for its case."""
    folder, _, name = path.rpartition("/")
    base = f"{folder}/" if folder else ""
    try:
        names = {item.path: item.path.removeprefix(base) for item in commit.ls(folder)}
    except LakeError:
        return None
    stems = {place: stem_of(n) for place, n in names.items() if format_of(n) is not None}
    folded = name.casefold()
    for meant in (
        [place for place, stem in stems.items() if stem == name],
        [place for place, other in names.items() if other.casefold() == folded],
        [place for place, stem in stems.items() if stem.casefold() == folded],
    ):
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


def _holds_table(commit: Commit, folder: str) -> bool:
    return any(format_of(entry.path) for entry in islice(commit.entries(folder), FILES))
