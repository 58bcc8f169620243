"""What each thing costs in requests to the store: what it shows, not what there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from jupyter_lake.store import Lake, Repo
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.entries import Entry
from jupyter_lake.store.ranges import table_of

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectInfo

COMMITS = 100


class Watched(MemoryStore):
    """A store that notes what is asked of it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.calls: list[tuple[str, str]] = []

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        self._note("get", key)
        return super().get(key, start=start, end=end)

    def create(self, key: str, data: bytes | Path) -> None:
        self._note("create", key)
        super().create(key, data)

    def put(self, key: str, data: bytes) -> None:
        self._note("put", key)
        super().put(key, data)

    def info(self, key: str) -> ObjectInfo | None:
        self._note("info", key)
        return super().info(key)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        self._note("list", prefix)
        return super().list(prefix, after=after)

    def _note(self, call: str, key: str) -> None:
        kinds = {part for part in key.split("/") if part in KINDS}
        self.calls.append((call, kinds.pop() if kinds else key))

    def counted(self) -> Counter[tuple[str, str]]:
        """Return what was asked since the last time."""
        calls, self.calls = self.calls, []
        return Counter(calls)


KINDS = {"objects", "ranges", "trees", "commits", "changes", "heads", "hints", "tags"}


@pytest.fixture(scope="module")
def url() -> str:
    """A repo of 20,000 files and 100 commits after them."""
    url = f"memory://{uuid4().hex}"
    repo = Lake.create(url).create_repo("sales")
    files = (Entry(f"year={n // 1000:02}/{n:05}", n, f"sha256:{n:064x}") for n in range(20_000))
    with repo.transaction(message="many") as tx:
        tx._staging.put_table(table_of(files))
    for number in range(COMMITS):
        with repo.transaction(message=f"{number}") as tx:
            tx.write(f"year=07/x{number % 3}", b"%d" % number)
    return url


@pytest.fixture
def watched(url: str) -> Watched:
    return Watched(url)


@pytest.fixture
def repo(watched: Watched) -> Repo:
    """The repo, opened by a process that has seen nothing of it."""
    repo = Lake(watched, "x").repo("sales")
    watched.counted()
    return repo


def test_the_head_is_found_in_one_request_after_the_first(repo: Repo, watched: Watched) -> None:
    repo.resolve("main")
    assert watched.counted() == {
        ("get", "hints"): 1,
        ("get", "heads"): 2,
        ("get", "commits"): 1,
        ("get", "trees"): 1,
    }
    repo.resolve("main")
    assert watched.counted() == {("get", "heads"): 1}


def test_a_log_costs_a_request_for_thirty_commits(repo: Repo, watched: Watched) -> None:
    assert len(repo.log(limit=50)) == 50
    assert watched.counted()["get", "commits"] == 2
    assert len(repo.log(limit=None)) == COMMITS + 1
    assert watched.counted()["get", "commits"] <= 3


def test_a_log_of_a_path_reads_no_tree(repo: Repo, watched: Watched) -> None:
    repo.resolve("main")
    watched.counted()
    assert len(repo.log(path="year=07/x1", limit=10)) == 10
    calls = watched.counted()
    assert calls["get", "trees"] == calls["get", "ranges"] == calls["get", "changes"] == 0


def test_a_folder_costs_the_ranges_it_lies_in(repo: Repo, watched: Watched) -> None:
    commit = repo.commit()
    watched.counted()
    assert len(commit.ls("year=03")) == 1000
    assert watched.counted()["get", "ranges"] <= 3
    commit.entry("year=05/05123")
    assert sum(watched.counted().values()) <= 1


def test_a_small_commit_writes_what_changed(repo: Repo, watched: Watched) -> None:
    with repo.transaction(message="one") as tx:
        tx.write("year=11/new", b"new %d" % id(watched))
    calls = watched.counted()
    assert calls["get", "ranges"] == 1
    assert calls["create", "ranges"] <= 2
    for kind in ("objects", "trees", "commits", "heads"):
        assert calls["create", kind] == 1
    assert not [call for call in calls if call[0] in ("list", "info")]


def test_a_diff_skips_what_is_shared(repo: Repo, watched: Watched) -> None:
    assert repo.diff("main~1", "main").paths
    assert watched.counted()["get", "ranges"] == 2


def test_a_moment_is_found_by_halving(repo: Repo, watched: Watched) -> None:
    repo.resolve("main")
    watched.counted()
    moment = repo.commit("main~50").time
    watched.counted()
    repo.resolve(f"main@{{{moment.isoformat()}}}")
    assert watched.counted()["get", "heads"] <= 10
