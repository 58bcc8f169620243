"""What a bucket costs is counted in round trips, one after another."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from jupyter_lake.store import Lake, Repo, gc
from tests.store.distant import Distant, rounds


def check_rounds(
    objects: Distant, prepare: Callable[[], Repo], deed: Callable[[Repo], object], *, most: int
) -> None:
    """Count how many requests of a deed wait for each other; under load it may take some tries."""
    for _ in range(3):
        repo = prepare()
        objects.requests.clear()
        objects.distant = True
        deed(repo)
        objects.distant = False
        found = rounds(objects.requests)
        if len(found) <= most:
            return
    pytest.fail(f"{len(found)} rounds instead of {most}: {found}")


@pytest.fixture
def objects() -> Distant:
    objects = Distant(f"memory://{uuid4().hex}")
    repo = Lake(objects, "a lake").create_repo("sales")
    for number in range(120):
        with repo.transaction(message=f"commit {number}") as tx:
            tx.write(f"orders/{number}", b"%d" % number)
    return objects


def newcomer(objects: Distant) -> Repo:
    """Return the repo as somebody knows it who has just opened it."""
    return Lake(objects, "a lake").repo("sales")


def commit_one(repo: Repo) -> None:
    with repo.transaction(message="small") as tx:
        tx.write("orders/5", uuid4().bytes)


def test_a_small_commit_takes_four_round_trips_at_most(objects: Distant) -> None:
    def worked_before() -> Repo:
        repo = newcomer(objects)
        commit_one(repo)
        return repo

    # Is it still the head; file and commit; the branch.
    check_rounds(objects, worked_before, commit_one, most=3)
    check_rounds(objects, lambda: newcomer(objects), commit_one, most=4)


def test_a_log_of_fifty_takes_four_round_trips_at_most(objects: Distant) -> None:
    check_rounds(objects, lambda: newcomer(objects), lambda repo: repo.log(limit=50), most=4)


def test_the_head_is_found_in_as_many_requests_however_long_the_log(objects: Distant) -> None:
    def asked() -> list[str]:
        repo = newcomer(objects)
        objects.requests.clear()
        objects.distant = True
        repo.branch("main")
        objects.distant = False
        return [what.partition(" ")[0] for _, _, what in objects.requests]

    repo = newcomer(objects)
    short = asked()
    record = repo.branch_logs.head("main")
    for _ in range(1500):
        record = repo.branch_logs.append("main", record, record)
    assert repo.branch("main").number == 1620
    assert len(asked()) <= len(short) <= 5


def test_a_stale_hint_costs_a_request_more_not_the_log(objects: Distant) -> None:
    repo = newcomer(objects)
    objects.put(repo.keys.hint("main"), b"40")
    check_rounds(objects, lambda: newcomer(objects), lambda repo: repo.branch("main"), most=4)


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "for good"])
def test_a_collection_takes_repos_side_by_side(dry_run: bool) -> None:
    objects = Distant(f"memory://{uuid4().hex}")
    lake = Lake(objects, "a lake")
    for number in range(8):
        repo = lake.create_repo(f"sales-{number}")
        for line in ("main", "fix", "try"):
            repo.create_branch(line, from_="main") if line != "main" else None
            with repo.transaction(line, message="one more") as tx:
                tx.write(f"orders/{line}", b"x")
        repo.undo("try")
    # The repos; logs and tags; commits; what there is of each kind: 12 for one repo alone.
    check_rounds(objects, lambda: repo, lambda _: gc(lake, dry_run=dry_run), most=18)
