"""The files of a commit: one folder at a time, and a look into one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.server.kinds import kind_of
from jupyter_lake.store import Folder

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Commit, Entry

__all__ = ["list_folder", "preview_path"]

PAGE = 500
MOST_PER_PAGE = 5000
ROWS = 200
MOST_ROWS = 10_000


def list_folder(question: Question, name: str) -> object:
    """Return a page of what lies directly in the folder ``path`` at ``ref``."""
    repo = question.lake.repo(name)
    if not repo.branches():
        empty: dict[str, object] = {"entries": [], "total": 0, "next": None}
        return {"repo": name, "commit": "", "short": "", "path": "", **empty}
    commit = repo.commit(question.text("ref") or None)
    path = question.text("path").strip("/")
    start = question.number("start", 0, at_most=10**9)
    count = question.number("limit", PAGE, at_most=MOST_PER_PAGE)
    found = sorted(commit.ls(path), key=_folders_first)
    return {
        "repo": name,
        "commit": commit.id,
        "short": commit.short,
        "path": path,
        "entries": [_entry(commit, entry) for entry in found[start : start + count]],
        "total": len(found),
        "next": start + count if len(found) > start + count else None,
    }


def preview_path(question: Question, name: str) -> object:
    """Return a look at ``path``: a table's columns and rows, or a file's text or picture."""
    from jupyter_lake.query import preview

    commit = question.lake.repo(name).commit(question.text("ref") or None)
    path = question.text("path")
    limit = question.number("limit", ROWS, at_most=MOST_ROWS)
    found = preview(
        commit,
        path,
        where=question.text("where") or None,
        order=question.text("order") or None,
        descending=question.text("descending") == "true",
        limit=limit,
    )
    about = {"repo": name, "commit": commit.id, "short": commit.short, "path": path}
    return found.to_dict() | about


def _folders_first(entry: Entry | Folder) -> tuple[bool, str]:
    return (not isinstance(entry, Folder), entry.path)


def _entry(commit: Commit, entry: Entry | Folder) -> dict[str, object]:
    name = entry.path.rstrip("/").rsplit("/", 1)[-1]
    shared: dict[str, object] = {"name": name, "path": entry.path.rstrip("/")}
    if isinstance(entry, Folder):
        first = next(iter(commit.entries(entry.path)), None)
        holds = kind_of(first.path) if first else "file"
        counts = {"files": entry.files, "bytes": entry.bytes, "rows": None}
        return shared | {"folder": True, "kind": holds} | counts
    counts = {"files": 1, "bytes": entry.size, "rows": entry.rows}
    return shared | {"folder": False, "kind": kind_of(entry.path)} | counts
