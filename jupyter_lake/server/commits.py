"""A repo's commits: pages of them, what each changed, one in full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jupyter_lake.server.pages import pages

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Change, Commit, Repo

__all__ = ["count_changes", "describe_change", "list_commits", "show_commit", "summaries"]

PAGE = 100
MOST_PER_PAGE = 1000
MOST_CHANGES = 200
MOST_SUMMARIES = 100


def list_commits(question: Question, name: str) -> object:
    """Return a page of a ref's commits, newest first; ``start`` is the last page's ``next``.

    With ``find`` only those whose message, author or id holds that text.
    """
    repo = question.lake.repo(name)
    ref = question.text("ref") or repo.default_branch
    if not repo.branches():
        return {"repo": name, "ref": ref, "head": "", "commits": [], "next": None}
    head = repo.resolve(ref)
    start = question.number("start", 0, at_most=10**9)
    count = question.number("limit", PAGE, at_most=MOST_PER_PAGE)
    path, find = question.text("path"), question.text("find").strip().casefold()
    found = pages(repo, head, path=path, find=find, start=start, count=count + 1)
    names = _names(repo)
    return {
        "repo": name,
        "ref": ref,
        "head": head,
        "commits": [describe(commit, names) for commit in found[:count]],
        "next": start + count if len(found) > count else None,
    }


def summaries(question: Question, name: str) -> object:
    """Return what each of the ``commits`` (ids, comma-separated) changed and which cell made it.

    Apart from the list, for it takes a request or two for each commit.
    """
    repo = question.lake.repo(name)
    ids = [part for part in question.text("commits").split(",") if part][:MOST_SUMMARIES]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda id_: _summary(question, repo.commit(id_)), ids))
    return {"changes": dict(zip(ids, found, strict=True))}


def show_commit(question: Question, name: str, ref: str) -> object:
    """Return one commit in full: what it changed, and where its data came from."""
    repo = question.lake.repo(name)
    commit = repo.commit(ref)
    changes = list(commit.changes())
    return {
        **describe(commit, _names(repo)),
        "made_by": _made_by(question, commit),
        "metadata": dict(commit.metadata),
        "summary": count_changes(changes),
        "changes": [describe_change(change) for change in changes[:MOST_CHANGES]],
    }


def describe(commit: Commit, names: Mapping[str, list[str]]) -> dict[str, object]:
    """Return a commit as the panel's list shows it."""
    return {
        "repo": commit.repo.name,
        "id": commit.id,
        "short": commit.short,
        "parents": list(commit.parents),
        "author": commit.author,
        "message": commit.message,
        "time": commit.time,
        "refs": names.get(commit.id, []),
    }


def describe_change(change: Change) -> dict[str, object]:
    """Return one changed path, with its size and rows before and after."""
    old, new = change.old, change.new
    return {
        "path": change.path,
        "kind": change.kind,
        "bytes": new.size if new else None,
        "old_bytes": old.size if old else None,
        "rows": new.rows if new else None,
        "old_rows": old.rows if old else None,
    }


def _summary(question: Question, commit: Commit) -> dict[str, object]:
    return count_changes(list(commit.changes())) | {"made_by": _made_by(question, commit)}


def _made_by(question: Question, commit: Commit) -> dict[str, object] | None:
    made_by = dict(commit.provenance or {})
    if made_by.get("notebook"):
        made_by["notebook"] = question.place(made_by["notebook"])
    return made_by or None


def count_changes(changes: list[Change]) -> dict[str, object]:
    """Return how many files were added, removed and changed, and by how many rows."""
    kinds = [change.kind for change in changes]
    tables = [change for change in changes if _rows(change) is not None]
    return {
        "files": len(changes),
        "added": kinds.count("added"),
        "removed": kinds.count("removed"),
        "changed": kinds.count("changed"),
        "rows": sum(_rows(change) or 0 for change in tables) if tables else None,
        "paths": [change.path for change in changes[:3]],
    }


def _rows(change: Change) -> int | None:
    before = change.old.rows if change.old else 0
    after = change.new.rows if change.new else 0
    return None if before is None or after is None else after - before


def _names(repo: Repo) -> dict[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for branch in repo.branches():
        names[branch.commit].append(branch.name)
    for tag in repo.tags():
        names[tag.commit].append(tag.name)
    return dict(names)
