"""A merge brings over what a branch changed, path by path, and takes sides only when told."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_lake.errors import ConflictError
from jupyter_lake.store import Lake, Repo
from tests.searching import examples

from .steps import contents, put, put_paths


def test_changes_of_both_sides_come_together(any_repo: Repo) -> None:
    put(any_repo, a="1", b="1", c="1")
    any_repo.create_branch("fix")
    put(any_repo, "fix", a="2", b=None, d="2")
    mine = put(any_repo, c="3", e="3")
    theirs = any_repo.commit("fix")
    merged = any_repo.merge("fix", into="main", author="ann")
    assert contents(any_repo) == {"a": "2", "c": "3", "d": "2", "e": "3"}
    assert merged.parents == (mine.id, theirs.id)
    assert (merged.author, merged.message) == ("ann", "Merge fix into main")
    assert contents(any_repo, "fix") == {"a": "2", "c": "1", "d": "2"}


def test_what_is_merged_already_makes_no_commit(repo: Repo) -> None:
    put(repo, a="1")
    repo.create_branch("fix")
    put(repo, "fix", b="2")
    merged = repo.merge("fix", into="main")
    assert repo.merge("fix", into="main") == merged
    assert repo.merge("main~1", into="main") == merged


def test_a_conflict_names_the_paths_and_changes_nothing(repo: Repo) -> None:
    base = put(repo, a="1", b="1", c="1")
    repo.create_branch("fix")
    theirs = put(repo, "fix", a="2", b=None, c="same", d="2")
    mine = put(repo, a="3", b="3", c="same", e="3")
    with pytest.raises(ConflictError) as caught:
        repo.merge("fix", into="main")
    error = caught.value
    assert error.paths == ("a", "b")
    assert (error.base, error.ours, error.theirs) == (base.id, mine.id, theirs.id)
    assert "--ours" in error.hint
    assert repo.commit() == mine


def test_sides_are_taken_by_pattern(repo: Repo) -> None:
    put_paths(repo, {"x/a": "1", "x/b": "1", "y/c": "1"})
    repo.create_branch("fix")
    put_paths(repo, {"x/a": "2", "x/b": None, "y/c": "2"}, branch="fix")
    put_paths(repo, {"x/a": "3", "x/b": "3", "y/c": "3"})
    with pytest.raises(ConflictError) as caught:
        repo.merge("fix", into="main", ours=["x/a"])
    assert caught.value.paths == ("x/b", "y/c")
    repo.merge("fix", into="main", ours=["x/a", "y"], theirs=["x/*"])
    assert contents(repo) == {"x/a": "3", "y/c": "3"}


def test_a_second_merge_starts_from_the_first(repo: Repo) -> None:
    put(repo, a="1")
    repo.create_branch("fix")
    put(repo, "fix", a="2")
    repo.merge("fix", into="main")
    put(repo, "fix", b="2")
    put(repo, a="3")
    repo.merge("fix", into="main")
    assert contents(repo) == {"a": "3", "b": "2"}


def test_histories_without_a_common_start_merge_where_they_agree(repo: Repo) -> None:
    first = put(repo, a="1")
    put(repo, a=None, b="2")
    repo.create_branch("x", from_=first.id)
    put(repo, "x", c="3")
    assert repo.history.merge_base(repo.resolve("x"), repo.resolve("main")) == first.id


def test_a_file_in_a_folders_place_is_refused(repo: Repo) -> None:
    put(repo, z="1")
    repo.create_branch("fix")
    put_paths(repo, {"a/b": "2"}, branch="fix")
    put_paths(repo, {"a": "3"})
    with pytest.raises(ValueError, match="both a file and a folder"):
        repo.merge("fix", into="main")


@pytest.mark.parametrize("backend", ["memory"])
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sides=st.tuples(
        *[st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"), max_size=6)] * 3
    )
)
def test_merge_is_the_law_of_three_ways(backend: str, sides: tuple[dict[str, str], ...]) -> None:
    """Path by path: who alone changed it wins; both the same is fine; else it is a conflict."""
    base, mine, theirs = sides
    repo = Lake.create(f"memory://{id(sides)}-{hash(str(sides))}").create_repo("r")
    _become(repo, "main", base | {"keep": "0"})
    repo.create_branch("fix")
    _become(repo, "fix", theirs | {"keep": "0"})
    _become(repo, "main", mine | {"keep": "0"})
    names = {*base, *mine, *theirs}
    clashes = {
        name
        for name in names
        if base.get(name) != mine.get(name)
        and base.get(name) != theirs.get(name)
        and mine.get(name) != theirs.get(name)
    }
    if clashes:
        with pytest.raises(ConflictError) as caught:
            repo.merge("fix", into="main")
        assert set(caught.value.paths) == clashes
        return
    repo.merge("fix", into="main")
    wanted = {
        name: mine.get(name) if base.get(name) != mine.get(name) else theirs.get(name)
        for name in names
    }
    assert contents(repo) == {name: text for name, text in wanted.items() if text} | {"keep": "0"}


def _become(repo: Repo, branch: str, files: dict[str, str]) -> None:
    with repo.transaction(branch) as tx:
        for entry in list(tx.entries()):
            if entry.path not in files:
                tx.delete(entry.path)
        for path, text in files.items():
            tx.write(path, text.encode())
