"""Which commit last changed each file, at the cost of what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.store.changelists import changed_paths
from jupyter_lake.store.differences import diff_trees

if TYPE_CHECKING:
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.records import CommitRecord
    from jupyter_lake.store.repos import Repo

__all__ = ["Blame", "blame", "touching"]


@dataclass(frozen=True, slots=True)
class Blame:
    """A file and the commit that last changed it."""

    path: str
    commit: Commit


def touching(repo: Repo, start: str, path: str) -> Iterator[CommitRecord]:
    """Yield the commits from `start` back that changed a file or something under a folder.

    A merge that only took a side's version is passed over: the commit it took
    it from is the one that changed it.
    """
    path = path.strip("/")
    for record in repo.history.walk(start):
        touched = [name for name, _ in _changes(repo, record) if _within(name, path)]
        if touched and all(_differs(repo, record, parent, path) for parent in record.parents[1:]):
            yield record


def blame(repo: Repo, start: str, path: str = "") -> list[Blame]:
    """Return the commit that last changed each file at or under a path, sorted by path.

    Raises
    ------
    PathNotFoundError
    """
    commit = repo.commit(start)
    wanted = {entry.path for entry in commit.entries(path)}
    if path.strip("/") and not wanted:
        commit.entry(path)  # which says what is there instead
    found: dict[str, Commit] = {}
    pending: dict[str, set[str]] = {start: wanted}
    for record in repo.history.walk(start):
        paths = pending.pop(record.id, set())
        if paths:
            here = _settle(repo, record, paths, pending)
            found.update(dict.fromkeys(here, repo.commit_of(record)))
        if not pending:
            break
    return [Blame(name, found[name]) for name in sorted(found)]


def _settle(
    repo: Repo, record: CommitRecord, paths: set[str], pending: dict[str, set[str]]
) -> set[str]:
    """Return the paths that this commit changed itself; hand the others to its parents."""
    changed = paths & {name for name, _ in _changes(repo, record)}
    if record.parents:
        _hand(pending, record.parents[0], paths - changed)
    for parent in record.parents[1:]:
        if not changed:
            break
        here = repo.manifests.found(repo.history.tree(record), changed)
        there = repo.manifests.found(repo.tree_of(parent), changed)
        taken = {name for name in changed if here[name].same_content(there.get(name))}
        _hand(pending, parent, taken)
        changed -= taken
    return changed


def _hand(pending: dict[str, set[str]], parent: str, paths: set[str]) -> None:
    if paths:
        pending.setdefault(parent, set()).update(paths)


def _changes(repo: Repo, record: CommitRecord) -> list[tuple[str, str]]:
    return list(changed_paths(repo.lake.objects, repo.keys, record))


def _differs(repo: Repo, record: CommitRecord, parent: str, path: str) -> bool:
    tree, other = repo.history.tree(record), repo.tree_of(parent)
    return any(
        _within(change.path, path) for change in diff_trees(repo.manifests, other, tree, path)
    )


def _within(name: str, path: str) -> bool:
    return not path or name == path or name.startswith(f"{path}/")
