"""A revert is a new commit that takes one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_lake.errors import ConflictError

from .steps import contents, put

if TYPE_CHECKING:
    from jupyter_lake.store import Repo


def test_one_commit_is_taken_back_and_later_ones_stay(any_repo: Repo) -> None:
    put(any_repo, a="1", b="1")
    wrong = put(any_repo, a="2", b=None, c="2")
    put(any_repo, d="3")
    made = any_repo.revert(wrong.id, branch="main", author="ann")
    assert contents(any_repo) == {"a": "1", "b": "1", "d": "3"}
    assert made.message.startswith('Revert "Put a, b, c"')
    assert wrong.id in made.message
    assert made.author == "ann"
    assert len(any_repo.log()) == 4


def test_the_first_commit_can_be_taken_back(repo: Repo) -> None:
    put(repo, a="1")
    repo.revert("main")
    assert contents(repo) == {}
    repo.revert("main")
    assert contents(repo) == {"a": "1"}


def test_a_merge_is_taken_back_against_its_first_parent(repo: Repo) -> None:
    put(repo, a="1")
    repo.create_branch("fix")
    put(repo, "fix", a="2", b="2")
    put(repo, c="3")
    repo.merge("fix", into="main")
    repo.revert("main")
    assert contents(repo) == {"a": "1", "c": "3"}


def test_what_was_changed_again_conflicts(repo: Repo) -> None:
    put(repo, a="1")
    wrong = put(repo, a="2", b="2")
    put(repo, a="3")
    with pytest.raises(ConflictError) as caught:
        repo.revert(wrong.id)
    assert caught.value.paths == ("a",)


def test_what_is_taken_back_already_makes_no_commit(repo: Repo) -> None:
    put(repo, a="1")
    wrong = put(repo, a="2")
    put(repo, a="1")
    before = repo.commit()
    assert repo.revert(wrong.id) == before
