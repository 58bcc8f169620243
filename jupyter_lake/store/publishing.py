"""The one way a branch moves forward: a new commit, or the same one on what came in between."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import ConflictError
from jupyter_lake.store.changelists import encode_changes
from jupyter_lake.store.differences import diff_trees
from jupyter_lake.store.ranges import entries_of
from jupyter_lake.store.records import BranchRecord, ChangeList, CommitRecord, now
from jupyter_lake.store.refs import MovedError
from jupyter_lake.store.rewrite import rewrite
from jupyter_lake.store.shapes import check_shape

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.entries import Entry
    from jupyter_lake.store.records import Kind
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.trees import Tree
    from jupyter_lake.store.uploads import Uploads

__all__ = ["Draft", "Edit", "publish"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a commit changes: entries to put (sorted by path) and paths to take out."""

    puts: pa.Table
    deletes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a commit will say, whatever it comes to stand on.

    Attributes
    ----------
    why
        For the branch's log.
    merged
        The other parents of a merge.
    """

    branch: str
    author: str
    message: str
    why: str = "commit"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] | None = None
    merged: tuple[str, ...] = ()


def publish(
    repo: Repo,
    draft: Draft,
    base: BranchRecord | None,
    uploads: Uploads,
    edit: Callable[[str | None], Edit],
) -> CommitRecord | None:
    """Commit an edit to a branch and return the commit; None if it changes nothing.

    Parameters
    ----------
    base
        Where the branch stood when the work began; None before its first record.
    edit
        Returns what to change, given the commit the branch stands at. It is
        asked again each time the branch turns out to have moved; it raises
        `ConflictError` if the work doesn't fit there.
    """
    head, write = base, secrets.token_hex(8)
    attempt = 0
    while True:
        parent = head.commit if head else None
        record = _build(repo, draft, parent, uploads, edit(parent))
        if record is None:
            return None
        uploads.flush()
        entry = BranchRecord(0, record.id, draft.author, now(), draft.why, write, 0)
        try:
            repo.branch_logs.append(draft.branch, entry, head)
        except MovedError as moved:
            head = repo.standing(draft.branch, moved.head)
            attempt += 1
            _wait(attempt)
        else:
            repo.history.remember(record)
            return record


def rebase_check(repo: Repo, edit: Edit, base: str | None, head: str | None, branch: str) -> None:
    """See that an edit made on one commit fits another.

    Raises
    ------
    ConflictError
        If both changed a path, and not to the same content.
    """
    if base == head:
        return
    ours = {entry.path: entry for entry in entries_of(edit.puts)}
    theirs = diff_trees(repo.manifests, repo.tree_of(base), repo.tree_of(head))
    clashes = [
        change.path
        for change in theirs
        if (change.path in ours or change.path in edit.deletes)
        and not _same(ours.get(change.path), change.new)
    ]
    if clashes:
        raise ConflictError(
            f"{_some(clashes)} changed on {branch} since this work began: "
            f"it stood at {(base or 'nothing')[:8]}, now at {(head or 'nothing')[:8]}.",
            paths=clashes,
            base=base,
            ours=base,
            theirs=head,
            hint=f"`%lake diff {repo.name}@{(base or '')[:8]} {repo.name}@{(head or '')[:8]}` "
            "shows what changed; begin again from there.",
        )


def _same(ours: Entry | None, theirs: Entry | None) -> bool:
    return theirs is None if ours is None else ours.same_content(theirs)


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3])
    return shown if len(paths) <= 3 else f"{shown} and {len(paths) - 3} more"


def _build(
    repo: Repo, draft: Draft, parent: str | None, uploads: Uploads, edit: Edit
) -> CommitRecord | None:
    """Write all that a commit on `parent` needs, and the commit; None if nothing changes."""
    tree = repo.tree_of(parent)
    edit, changes = _effective(repo, tree, edit)
    if not changes and not draft.merged:
        return None
    check_shape(repo.manifests, tree, edit.puts, edit.deletes)
    id, _ = rewrite(
        repo.manifests,
        tree,
        puts=edit.puts,
        deletes=sorted(edit.deletes),
        write=uploads.write,
    )
    commit = CommitRecord(
        id="",
        parents=tuple(item for item in (parent, *draft.merged) if item),
        tree=id,
        author=draft.author,
        message=draft.message,
        time=now(),
        changes=ChangeList.of(changes),
        metadata=draft.metadata,
        provenance=draft.provenance,
    )
    record, data = repo.history.encode(commit, secrets.token_hex(8))
    if record.changes.paths is None:
        uploads.write(repo.keys.changes(record.id), encode_changes(changes))
    uploads.write(repo.keys.commit(record.id), data)
    return record


def _effective(repo: Repo, tree: Tree, edit: Edit) -> tuple[Edit, list[tuple[str, Kind]]]:
    """Leave out what is so already, and name what is left by path, in order."""
    import pyarrow as pa

    paths = edit.puts.column("path").to_pylist()
    there = repo.manifests.found(tree, [*paths, *edit.deletes]) if tree.ranges else {}
    deletes = frozenset(path for path in edit.deletes if path in there)
    changes: list[tuple[str, Kind]] = [(path, "removed") for path in deletes]
    if not there:
        return Edit(edit.puts, deletes), [(path, "added") for path in paths]
    wanted: list[bool] = []
    for entry in entries_of(edit.puts):
        old = there.get(entry.path)
        wanted.append(old is None or not entry.same_content(old))
        if wanted[-1]:
            changes.append((entry.path, "added" if old is None else "changed"))
    puts = edit.puts if all(wanted) else edit.puts.filter(pa.array(wanted, pa.bool_()))
    return Edit(puts, deletes), sorted(changes)


def _wait(attempt: int) -> None:
    """Stand back a little, so that many writers don't meet again and again."""
    if attempt > 2:
        time.sleep(random.uniform(0, 0.01 * min(2**attempt, 32)))
