"""What the panel changes: commits and their names, each step undoable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question

__all__ = ["create_branch", "create_tag", "delete_branch", "import_files", "undo"]


def create_branch(question: Question, repo: str) -> object:
    """Start the branch ``name`` at the ref ``from``, the default branch where none is named."""
    branch = question.field("name")
    question.lake.repo(repo).create_branch(branch, from_=question.field("from", "") or None)
    return {"repo": repo, "name": branch}


def delete_branch(question: Question, repo: str, branch: str) -> object:
    """Take a branch's name away; its commits stay, and `undo` brings it back."""
    question.lake.repo(repo).delete_branch(branch)
    return {"repo": repo, "name": branch}


def undo(question: Question, repo: str, branch: str) -> object:
    """Move a branch back to where its log says that it stood before."""
    moved = question.lake.repo(repo).undo(branch)
    return {"repo": repo, "name": moved.name, "commit": moved.commit}


def create_tag(question: Question, repo: str) -> object:
    """Name the commit at ``ref`` for good."""
    tag = question.field("name")
    ref = question.field("ref", "") or None
    question.lake.repo(repo).create_tag(tag, ref, message=question.field("message", ""))
    return {"repo": repo, "name": tag}


def import_files(question: Question, repo: str) -> object:
    """Commit that the files under ``url`` appear at ``path``, where they lie, without a copy.

    A folder is found from the server's own, as the file browser shows it.
    """
    url = question.field("url")
    if "://" not in url:
        url = str(question.root / Path(url).expanduser())
    branch = question.field("branch", "") or None
    message = question.field("message", "") or f"Import {url}"
    with question.lake.repo(repo).transaction(branch, message=message) as transaction:
        files = transaction.import_from(url, question.field("path", ""))
    return {"repo": repo, "commit": transaction.commit.id, "files": files}
