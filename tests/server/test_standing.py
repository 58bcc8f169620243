"""How many commits a branch is ahead of the default one, and how many behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.server.conftest import Api


def _standing(api: Api, ref: str) -> tuple[int, int]:
    answer = api.get("repos/sales/standing", ref=ref).json()
    assert answer["against"] == "main"
    return answer["ahead"], answer["behind"]


@pytest.mark.parametrize(
    ("ref", "apart"), [("main", (0, 0)), ("fix", (1, 0)), ("main~1", (0, 1)), ("fix~2", (0, 1))]
)
def test_refs_are_counted_against_the_default_branch(
    api: Api, ref: str, apart: tuple[int, int]
) -> None:
    assert _standing(api, ref) == apart


def test_both_may_have_gone_on(api: Api, lake: Lake) -> None:
    repo = lake.repo("sales")
    for number in range(3):
        with repo.transaction("main", message=str(number)) as tx:
            tx.write("counter.txt", str(number).encode())
    assert _standing(api, "fix") == (1, 3)
    repo.merge("main", into="fix")
    assert _standing(api, "fix") == (2, 0)
    repo.merge("fix", into="main")
    assert _standing(api, "fix") == (0, 1)  # the merge itself


def test_a_repo_without_commits_stands_nowhere(api: Api, lake: Lake) -> None:
    lake.create_repo("empty")
    answer = api.get("repos/empty/standing", ref="main").json()
    assert (answer["ahead"], answer["behind"]) == (0, 0)
