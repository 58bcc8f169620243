"""The panel asks again and again whether the lake has moved: a token for each repo says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.server.conftest import Api


def test_a_token_changes_with_a_commit_and_only_then(api: Api, lake: Lake) -> None:
    lake.create_repo("other")
    before = api.get("heads").json()["heads"]
    assert api.get("heads").json()["heads"] == before
    with lake.repo("sales").transaction("main", message="March") as tx:
        tx.write("orders/03.csv", b"n\n1\n")
    after = api.get("heads").json()["heads"]
    assert after["sales"] != before["sales"]
    assert after["other"] == before["other"]


def test_tags_and_branches_are_changes_too(api: Api, lake: Lake) -> None:
    tokens = {api.get("heads").json()["heads"]["sales"]}
    lake.repo("sales").create_tag("v1")
    tokens.add(api.get("heads").json()["heads"]["sales"])
    lake.repo("sales").create_branch("more")
    tokens.add(api.get("heads").json()["heads"]["sales"])
    assert len(tokens) == 3


def test_many_repos_are_looked_at_in_turns(api: Api, lake: Lake) -> None:
    for number in range(70):
        lake.create_repo(f"r{number:02}")
    seen: set[str] = set()
    for tick in range(4):
        answer = api.get("heads", tick=tick, repo="sales").json()
        assert "sales" in answer["heads"]
        assert len(answer["heads"]) < 71
        seen |= set(answer["heads"])
    assert seen == set(answer["repos"])
