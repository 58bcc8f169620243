"""What a commit changes, and whether it still fits when the branch has moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from jupyter_lake.errors import ConflictError
from jupyter_lake.store.changelists import Changes
from jupyter_lake.store.differences import diff_trees

if TYPE_CHECKING:
    from jupyter_lake.store.entries import Entry
    from jupyter_lake.store.entrylists import EntryList
    from jupyter_lake.store.manifests import Manifests
    from jupyter_lake.store.records import Kind
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.trees import Tree

__all__ = ["Edit", "check_fit", "effective", "name_some"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a commit changes: entries to put and paths to take out."""

    puts: EntryList
    deletes: frozenset[str]


def effective(manifests: Manifests, tree: Tree, edit: Edit) -> tuple[Edit, Changes]:
    """Leave out what is so already in a tree, and say how it changes by what is left."""
    there: dict[str, Entry] = {}
    if tree.ranges:
        there = manifests.found(tree, chain(edit.puts.paths(), edit.deletes))
    if not there:
        return Edit(edit.puts, frozenset()), Changes.all_added(edit.puts)
    deletes = frozenset(path for path in edit.deletes if path in there)
    changes: list[tuple[str, Kind]] = [(path, "removed") for path in deletes]
    wanted: list[bool] = []
    for entry in edit.puts:
        old = there.get(entry.path)
        wanted.append(old is None or not entry.same_content(old))
        if wanted[-1]:
            changes.append((entry.path, "added" if old is None else "changed"))
    puts = edit.puts if all(wanted) else edit.puts.only(wanted)
    return Edit(puts, deletes), Changes.of(changes)


def check_fit(repo: Repo, edit: Edit, branch: str, *, base: str | None, head: str | None) -> None:
    """See that an edit made on one commit fits another.

    Raises
    ------
    ConflictError
        If both changed a path, and not to the same content.
    """
    if base == head:
        return
    ours = {entry.path: entry for entry in edit.puts}
    theirs = diff_trees(repo.manifests, repo.tree_of(base), repo.tree_of(head))
    clashes = [
        change.path
        for change in theirs
        if (change.path in ours or change.path in edit.deletes)
        and not _same(ours.get(change.path), change.new)
    ]
    if clashes:
        stood, stands = (base or "nothing")[:8], (head or "nothing")[:8]
        raise ConflictError(
            f"{name_some(clashes)} changed on {repo.name}@{branch} since this work began: "
            f"it stood at {stood}, now at {stands}.",
            paths=clashes,
            base=base,
            ours=base,
            theirs=head,
            hint=f"`%lake diff {repo.name}@{stood} {repo.name}@{stands}` shows what changed; "
            "begin again from there.",
        )


def name_some(paths: Sequence[str]) -> str:
    """Return the first few paths, and how many more there are."""
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


def _same(ours: Entry | None, theirs: Entry | None) -> bool:
    return theirs is None if ours is None else ours.same_content(theirs)
