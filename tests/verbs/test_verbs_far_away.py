"""What a verb costs in round trips to a bucket doesn't grow with the lake's repos and commits."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from jupyter_lake.lake import Lake
from jupyter_lake.server.heads import heads
from jupyter_lake.server.repos import list_repos
from jupyter_lake.verbs import Workspace, parse_words, run
from tests.store.distant import Distant, rounds

REPOS = 12
COMMITS = 40
FEW = 11


@pytest.fixture(scope="module")
def url() -> str:
    """A lake of some repos; one has some commits, another some branches."""
    url = f"memory://{uuid4().hex}"
    lake = Lake.open(url, create=True)
    for number in range(REPOS):
        repo = lake.create_repo(f"repo{number:02}")
        for month in range(COMMITS if number == 0 else 1):
            with repo.transaction(message=f"commit {month}") as tx:
                tx.write(f"orders/{month}.csv", b"a,b\n1,2\n")
    for number in range(REPOS):
        lake.repo("repo01").create_branch(f"branch{number}")
    return url


@pytest.fixture
def objects(url: str, monkeypatch: pytest.MonkeyPatch) -> Distant:
    """The store that the lake lies in, far away."""
    far = Distant(url)
    monkeypatch.setattr("jupyter_lake.store.backends.memory.MemoryStore", lambda *_: far)
    return far


def check_few(objects: Distant, prepare: Callable[[], Callable[[], object]]) -> None:
    """See that a deed takes few round trips one after another; a busy machine has three tries."""
    for _ in range(3):
        deed = prepare()
        objects.requests.clear()
        objects.distant = True
        deed()
        objects.distant = False
        found = rounds(objects.requests)
        if len(found) <= FEW:
            return
    pytest.fail("\n".join(found))


@pytest.mark.parametrize(
    "line",
    [
        "repos",
        "branches repo01",
        "log repo00 -n 30",
        "ls repo00/orders",
        "show repo00",
        "diff repo00@main~9 repo00@main",
        "blame repo00",
        "sql SELECT count(*) FROM repo00.orders",
        "lineage repo00/orders",
    ],
)
def test_a_look_takes_few_round_trips(objects: Distant, line: str) -> None:
    verb, options = parse_words(shlex.split(line), prefix="jupyter lake")

    def newcomer() -> Callable[[], object]:
        workspace = Workspace(url=objects.url)
        return lambda: str(run(verb, workspace, options))

    check_few(objects, newcomer)


@pytest.mark.parametrize("route", [list_repos, heads])
def test_the_panel_lists_repos_in_few_round_trips(objects: Distant, route: Any) -> None:
    def newcomer() -> Callable[[], object]:
        lake = Lake.open(objects.url)
        question = SimpleNamespace(lake=lake, number=lambda *_, **__: 0, text=lambda _: "")
        return lambda: route(question)

    check_few(objects, newcomer)
