"""Lakes, repos, and the names of their commits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.identity import current_user
from jupyter_lake.store.gather import gather

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Branch, Lake, Repo, Tag

__all__ = ["create_repo", "describe_lake", "list_refs", "list_repos", "open_lake"]


def describe_lake(question: Question) -> object:
    """Return where the lake lies and who is asking."""
    lake = question.lakes.look(question.text("lake"))
    return _lake(lake, question.lakes.default_url)


def open_lake(question: Question) -> object:
    """Open the lake at ``url``, making it first where ``create`` is true."""
    create = question.body.get("create") is True
    lake = question.lakes.get(question.field("url", ""), create=create)
    return _lake(lake, question.lakes.default_url)


def list_repos(question: Question) -> object:
    """Return the lake's repos by name, each with the head of its default branch."""
    lake = question.lake
    return {"repos": gather(lake.objects, [partial(_repo, repo) for repo in lake.repos()])}


def create_repo(question: Question) -> object:
    """Make an empty repo."""
    description = question.field("description", "")
    return _repo(question.lake.create_repo(question.field("name"), description=description))


def list_refs(question: Question, name: str) -> object:
    """Return a repo's branches and tags, the default branch first, then the newest."""
    repo = question.lake.repo(name)
    branches = sorted(repo.branches(), key=lambda branch: branch.when, reverse=True)
    branches.sort(key=lambda branch: branch.name != repo.default_branch)
    tags = sorted(repo.tags(), key=lambda tag: tag.when, reverse=True)
    return {
        "default_branch": repo.default_branch,
        "branches": [_branch(branch) for branch in branches],
        "tags": [_tag(tag) for tag in tags],
    }


def _lake(lake: Lake, default_url: str) -> dict[str, object]:
    return {
        "url": lake.url,
        "id": lake.id,
        "name": lake.url.rstrip("/").rsplit("/", 1)[-1] or lake.url,
        "user": current_user(),
        "default_url": default_url,
    }


def _repo(repo: Repo) -> dict[str, object]:
    branches = repo.branches()
    head = next((branch for branch in branches if branch.name == repo.default_branch), None)
    return {
        "name": repo.name,
        "description": repo.description,
        "default_branch": repo.default_branch,
        "branches": len(branches),
        "head": _branch(head) if head else None,
    }


def _branch(branch: Branch) -> dict[str, object]:
    return {
        "name": branch.name,
        "commit": branch.commit,
        "number": branch.number,
        "time": branch.when,
        "who": branch.who,
        "why": branch.why,
    }


def _tag(tag: Tag) -> dict[str, object]:
    return {
        "name": tag.name,
        "commit": tag.commit,
        "time": tag.when,
        "who": tag.who,
        "message": tag.message,
    }
