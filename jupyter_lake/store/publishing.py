"""The one way a branch moves forward: a new commit, or the same one on what came in between."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_lake.store.changelists import encode_changes
from jupyter_lake.store.edits import Edit, effective
from jupyter_lake.store.records import BranchRecord, CommitRecord, now
from jupyter_lake.store.refs import MovedError
from jupyter_lake.store.rewrite import rewrite
from jupyter_lake.store.shapes import check_shape
from jupyter_lake.store.trees import is_inline

if TYPE_CHECKING:
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.uploads import Uploads

__all__ = ["Draft", "Published", "publish"]


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


@dataclass(frozen=True, slots=True)
class Published:
    """A new commit and the paths it changed or, where they are very many, their folders."""

    record: CommitRecord
    paths: tuple[str, ...]


def publish(
    repo: Repo,
    draft: Draft,
    base: BranchRecord | None,
    uploads: Uploads,
    edit: Callable[[str | None], Edit],
) -> Published | None:
    """Commit an edit to a branch and return what was made; None if it changes nothing.

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
        made = _build(repo, draft, parent, uploads, edit(parent))
        if made is None:
            return None
        entry = BranchRecord(0, made.record.id, draft.author, now(), draft.why, write, 0)
        try:
            tree = made.record.tree
            apart = tree if tree and not is_inline(tree) else None
            repo.branch_logs.append(draft.branch, entry, head, tree=apart, create=uploads.conclude)
        except MovedError as moved:
            head = repo.standing(draft.branch, moved.head)
            attempt += 1
            _wait(attempt)
        else:
            repo.history.remember(made.record)
            return made


def _build(
    repo: Repo, draft: Draft, parent: str | None, uploads: Uploads, edit: Edit
) -> Published | None:
    """Write all that a commit on `parent` needs, and the commit; None if nothing changes."""
    tree = repo.tree_of(parent)
    edit, changes = effective(repo.manifests, tree, edit)
    if not changes and not draft.merged:
        return None
    check_shape(repo.manifests, tree, changes.added, edit.deletes)
    id, made = rewrite(
        repo.manifests,
        tree,
        puts=edit.puts,
        deletes=edit.deletes,
        write=uploads.write,
    )
    commit = CommitRecord(
        id="",
        parents=tuple(item for item in (parent, *draft.merged) if item),
        tree=id,
        author=draft.author,
        message=draft.message,
        time=now(),
        changes=changes.summary(),
        metadata=draft.metadata,
        provenance=draft.provenance,
    )
    record, data = repo.history.encode(commit, secrets.token_hex(8), files=made.encoded)
    if record.changes.paths is None:
        uploads.write(repo.keys.changes(record.id), encode_changes(changes))
    uploads.write(repo.keys.commit(record.id), data)
    return Published(record, changes.places())


def _wait(attempt: int) -> None:
    """Stand back a little, so that many writers don't meet again and again."""
    if attempt > 2:
        time.sleep(random.uniform(0, 0.01 * min(2**attempt, 32)))
