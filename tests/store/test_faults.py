"""Whatever call to the store goes wrong, the lake holds the state before or after."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from jupyter_lake.errors import LakeError
from jupyter_lake.store import Lake, ObjectStore, Repo, fsck, gc, open_store
from tests.store.faulty import FAULTS, DiedError, Faulty

Files = dict[str, bytes]

# Names so long that the list of changes is an object of its own.
MANY = {f"many/{number:0200}": b"%d" % number for number in range(6)}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_lake.store.refs.time.sleep", lambda _: None)
    # A tree of more has ranges of its own, as `commit_many` makes them.
    monkeypatch.setattr("jupyter_lake.store.trees.INLINE_ENTRIES", 4)


def fresh() -> ObjectStore:
    objects = open_store(f"memory://{uuid4().hex}")
    repo = Lake(objects, "a lake").create_repo("sales")
    objects.create("lake.json", b'{"format": 1, "id": "a lake", "hash": "sha256"}')
    with repo.transaction(message="first") as tx:
        tx.write("kept", b"kept")
        tx.write("gone/soon", b"gone")
    repo.create_branch("fix")
    with repo.transaction("fix", message="on fix") as tx:
        tx.write("fixed", b"yes")
    with repo.transaction(message="second") as tx:
        tx.write("newest", b"2")
    return objects


def repo_on(objects: ObjectStore) -> Repo:
    return Lake(objects, "a lake").repo("sales")


def state(objects: ObjectStore) -> tuple[dict[str, Files], dict[str, Files]]:
    """Return what branches and tags hold, every byte of it."""
    repo = repo_on(objects)
    return (
        {b.name: files(repo, b.name) for b in repo.branches()},
        {t.name: files(repo, t.name) for t in repo.tags()},
    )


def files(repo: Repo, ref: str) -> Files:
    commit = repo.commit(ref)
    return {entry.path: commit.read(entry.path) for entry in commit.entries()}


# What people do. Each may be done again when it was not acknowledged.


def commit_small(repo: Repo) -> None:
    with repo.transaction(message="small") as tx:
        tx.write("newest", b"3")
        tx.delete("gone/soon") if has(repo, "gone/soon") else None


def commit_many(repo: Repo) -> None:
    with repo.transaction(message="many") as tx:
        for path, content in MANY.items():
            tx.write(path, content)


def commit_what_is_there(repo: Repo) -> None:
    with repo.transaction(message="other name, same bytes") as tx:
        tx.write("copy", b"kept")


def merge(repo: Repo) -> None:
    repo.merge("fix", into="main")


def revert(repo: Repo) -> None:
    if has(repo, "newest"):
        repo.revert("main", branch="main")


def branch(repo: Repo) -> None:
    if "new" not in {each.name for each in repo.branches()}:
        repo.create_branch("new", from_="fix")


def delete_branch(repo: Repo) -> None:
    if "fix" in {each.name for each in repo.branches()}:
        repo.delete_branch("fix")


def tag(repo: Repo) -> None:
    if "v1" not in {each.name for each in repo.tags()}:
        repo.create_tag("v1", "main~1")


def undo(repo: Repo) -> None:
    if has(repo, "newest"):
        repo.undo()


def has(repo: Repo, path: str) -> bool:
    return path in files(repo, "main")


DEEDS: list[Callable[[Repo], None]] = [
    commit_small,
    commit_many,
    commit_what_is_there,
    merge,
    revert,
    branch,
    delete_branch,
    tag,
    undo,
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_every_call_of_a_deed_may_go_wrong(deed: Callable[[Repo], None], fault: str) -> None:
    check_every_call(deed, fault, lasting=False)


@pytest.mark.parametrize("fault", ["fails", "times out", "applied"])
@pytest.mark.parametrize("deed", [commit_small, merge], ids=lambda deed: deed.__name__)
def test_the_store_may_go_away_at_any_call(deed: Callable[[Repo], None], fault: str) -> None:
    check_every_call(deed, fault, lasting=True)


def check_every_call(deed: Callable[[Repo], None], fault: str, *, lasting: bool) -> None:
    old, new = ends(deed)
    length = len_after(deed)
    at = 0
    while True:
        below = fresh()
        faulty = Faulty(below, at=at, fault=fault, lasting=lasting)
        acknowledged = attempt(deed, faulty)
        found = state(below)
        where = f"{fault} at call {at}: {faulty.calls[at : at + 1]}"
        assert found in (old, new), where
        assert found == new or not acknowledged, f"lost after it was acknowledged, {where}"
        report = fsck(Lake(below, "a lake"))
        assert report.clean, f"{where}\n{report}"
        deed(repo_on(below))
        assert state(below) == new, where
        assert len(repo_on(below).log("main", limit=None)) == length, where
        assert fsck(Lake(below, "a lake")).clean, where
        if not faulty.struck:
            break
        at += 1
    assert at > 3


def ends(deed: Callable[[Repo], None]) -> tuple[object, object]:
    below = fresh()
    old = state(below)
    deed(repo_on(below))
    new = state(below)
    assert old != new
    return old, new


def len_after(deed: Callable[[Repo], None]) -> int:
    below = fresh()
    deed(repo_on(below))
    return len(repo_on(below).log("main", limit=None))


def attempt(deed: Callable[[Repo], None], faulty: Faulty) -> bool:
    """Return whether the deed was acknowledged."""
    try:
        deed(repo_on(faulty))
    except (LakeError, DiedError):
        return False
    return True


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_of_a_collection_may_go_wrong(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The next collector need not wait to see that this one has died.
    monkeypatch.setattr("jupyter_lake.store.collectors.ANNOUNCEMENT_LASTS", timedelta(0))
    at = 0
    while True:
        below = fresh()
        repo_on(below).undo()
        repo_on(below).delete_branch("fix")
        before = state(below)
        faulty = Faulty(below, at=at, fault=fault)
        with suppress(LakeError, DiedError):
            gc(Lake(faulty, "a lake"), retention=timedelta(0), grace=timedelta(0))
        where = f"{fault} at call {at}: {faulty.calls[at : at + 1]}"
        assert state(below) == before, where
        assert fsck(Lake(below, "a lake")).clean, where
        report = gc(Lake(below, "a lake"), retention=timedelta(0), grace=timedelta(0))
        assert report.young == 0
        assert fsck(Lake(below, "a lake")).unreachable == 0, where
        assert state(below) == before, where
        if not faulty.struck:
            break
        at += 1
    assert at > 20


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_of_making_a_lake_may_go_wrong(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = 0
    while True:
        below = open_store(f"memory://{uuid4().hex}")
        faulty = Faulty(below, at=at, fault=fault)
        with monkeypatch.context() as patch:
            patch.setattr("jupyter_lake.store.lakes.open_store", lambda *_, f=faulty: f)
            with suppress(LakeError, DiedError):
                Lake.open("memory://x", create=True).create_repo("sales")
        lake = Lake.open(below.url, create=True)
        if "sales" not in {repo.name for repo in lake.repos()}:
            lake.create_repo("sales")
        commit_many(lake.repo("sales"))
        assert fsck(lake).clean
        if not faulty.struck:
            break
        at += 1
    assert at > 5
