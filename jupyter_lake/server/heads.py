"""Has anything changed? A token per repo, cheap enough to ask for every second."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.gather import gather

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Repo

__all__ = ["heads"]

ALL_LOCAL = 64
SOME_REMOTE = 4


def heads(question: Question) -> object:
    """Return a token for each repo that changes when a branch or tag of it does.

    A lake with many repos, or a remote one, is looked at in turns: ``tick`` says
    whose turn it is. The repo named ``repo`` is looked at each time.
    """
    lake = question.lake
    repos = {repo.name: repo for repo in lake.repos()}
    local = lake.objects.local_path("lake.json") is not None
    share = ALL_LOCAL if local else SOME_REMOTE
    names = _turn(sorted(repos), question.number("tick", 0, at_most=10**9), share)
    watched = question.text("repo")
    if watched in repos:
        names.append(watched)
    asked = list(dict.fromkeys(names))
    tokens = gather(lake.objects, [partial(_token, repos[name]) for name in asked])
    return {"repos": sorted(repos), "heads": dict(zip(asked, tokens, strict=True))}


def _turn(names: list[str], tick: int, share: int) -> list[str]:
    if len(names) <= share:
        return names
    start = tick * share % len(names)
    return (names + names)[start : start + share]


def _token(repo: Repo) -> str:
    branches = [f"{branch.name} {branch.number} {branch.commit}" for branch in repo.branches()]
    tags = [f"{tag.name} {tag.commit}" for tag in repo.tags()]
    return hashlib.sha256("\n".join([*branches, "", *tags]).encode()).hexdigest()[:16]
