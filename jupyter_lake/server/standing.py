"""How far two lines of a repo's history have gone apart."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Repo

__all__ = ["count_apart", "standing"]

MOST = 1000
BOTH = 3


def standing(question: Question, name: str) -> object:
    """Return how many commits ``ref`` has that the default branch lacks, and the other way round.

    Neither number is counted beyond 1,000, which is then what it says.
    """
    repo = question.lake.repo(name)
    ref = question.text("ref") or repo.default_branch
    known = {branch.name for branch in repo.branches()}
    ahead = behind = 0
    if repo.default_branch in known and ref != repo.default_branch:
        ahead, behind = count_apart(repo, repo.resolve(ref), repo.resolve(repo.default_branch))
    return {"ref": ref, "against": repo.default_branch, "ahead": ahead, "behind": behind}


def count_apart(repo: Repo, one: str, other: str) -> tuple[int, int]:
    """Return how many commits only `one` descends from, and how many only `other`."""
    record = repo.history.record
    sides: dict[str, int] = {}
    # A commit is later than its parents: taken newest first, all of its children came before.
    queue: list[tuple[float, str]] = []

    def add(id_: str, side: int) -> None:
        if id_ not in sides:
            heapq.heappush(queue, (-record(id_).time.timestamp(), id_))
        sides[id_] = sides.get(id_, 0) | side

    add(one, 1)
    add(other, 2)
    counts = {1: 0, 2: 0}
    while any(sides[id_] != BOTH for _, id_ in queue) and max(counts.values()) < MOST:
        id_ = heapq.heappop(queue)[1]
        side = sides[id_]
        if side != BOTH:
            counts[side] += 1
        for parent in record(id_).parents:
            add(parent, side)
    return counts[1], counts[2]
