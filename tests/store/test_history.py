"""Log, blame and diff: what changed, when, and by whom."""

from __future__ import annotations

import pytest

from jupyter_lake.errors import PathNotFoundError
from jupyter_lake.store import Lake, Repo
from jupyter_lake.store.blame import Blame

from .steps import put, put_paths


def test_the_log_is_newest_first_and_ends_where_asked(any_repo: Repo) -> None:
    made = [put(any_repo, a=str(number)) for number in range(5)][::-1]
    assert any_repo.log() == made
    assert any_repo.log("main~3") == made[3:]
    assert any_repo.log(limit=2) == made[:2]
    assert any_repo.log(limit=None) == made


def test_a_long_log_is_whole(repo: Repo) -> None:
    made = [put(repo, a=str(number)).id for number in range(100)][::-1]
    fresh = Lake.open(repo.lake.url).repo("sales")
    assert [commit.id for commit in fresh.log(limit=None)] == made
    assert fresh.resolve("main~99") == made[99]


def test_parents_come_after_their_children(repo: Repo) -> None:
    put(repo, a="1")
    repo.create_branch("fix")
    for number in range(3):
        put(repo, "fix", b=str(number))
        put(repo, c=str(number))
    repo.merge("fix", into="main")
    seen: set[str] = set()
    for commit in repo.log(limit=None):
        assert seen.isdisjoint(commit.parents)
        seen.add(commit.id)
    assert len(seen) == 8


def test_the_log_of_a_path_has_only_what_changed_it(any_repo: Repo) -> None:
    one = put_paths(any_repo, {"x/a": "1", "y": "1"})
    put_paths(any_repo, {"y": "2"})
    three = put_paths(any_repo, {"x/b": "3"})
    four = put_paths(any_repo, {"x/a": None})
    assert any_repo.log(path="x") == [four, three, one]
    assert any_repo.log(path="x/a") == [four, one]
    assert any_repo.log(path="x/") == [four, three, one]
    assert any_repo.log(path="nowhere") == []
    assert any_repo.log(path="x", limit=1) == [four]


def test_long_change_lists_are_found_as_well(repo: Repo) -> None:
    many = put_paths(repo, {f"x/{number:04}-{'n' * 40}": "1" for number in range(300)})
    put(repo, a="1")
    fresh = Lake.open(repo.lake.url).repo("sales")
    assert fresh.log(path="x/0007-" + "n" * 40) == [many]
    assert {item.commit for item in fresh.blame("main", "x")} == {many}
    assert many.counts == {"added": 300, "removed": 0, "changed": 0}


def test_blame_names_the_last_change_of_each_file(any_repo: Repo) -> None:
    one = put_paths(any_repo, {"a": "1", "b": "1", "x/c": "1"})
    two = put_paths(any_repo, {"b": "2", "x/d": "2"})
    three = put_paths(any_repo, {"a": "1", "x/c": None, "e": "3"})
    assert any_repo.blame("main") == [
        Blame("a", one),
        Blame("b", two),
        Blame("e", three),
        Blame("x/d", two),
    ]
    assert any_repo.blame("main~1", "x") == [Blame("x/c", one), Blame("x/d", two)]
    assert any_repo.blame("main", "b") == [Blame("b", two)]
    with pytest.raises(PathNotFoundError):
        any_repo.blame("main", "nowhere")


def test_blame_and_log_look_through_merges(repo: Repo) -> None:
    one = put(repo, a="1", b="1", c="1")
    repo.create_branch("fix")
    theirs = put(repo, "fix", a="2", c="2")
    mine = put(repo, b="3", c="3")
    merge = repo.merge("fix", into="main", theirs=["c"])
    assert repo.blame("main") == [Blame("a", theirs), Blame("b", mine), Blame("c", theirs)]
    assert repo.log(path="a") == [theirs, one]
    assert merge not in repo.log(path="c")


def test_diff_names_what_was_added_changed_removed(any_repo: Repo) -> None:
    old = put_paths(any_repo, {"a": "1", "b": "1", "x/c": "1"})
    new = put_paths(any_repo, {"a": "2", "b": None, "x/d": "2"})
    diff = any_repo.diff("main~1", "main")
    assert [(change.path, change.kind) for change in diff] == [
        ("a", "changed"),
        ("b", "removed"),
        ("x/d", "added"),
    ]
    assert (diff.old, diff.new) == (old.id, new.id)
    assert (diff[0].old, diff[0].new) == (old.entry("a"), new.entry("a"))
    assert repr(diff) == f"<Diff {old.short}..{new.short}: 1 added, 1 changed, 1 removed>"
    assert any_repo.diff("main~1", "main", path="x").paths == ["x/d"]
    assert any_repo.diff("main", "main~1").of_kind("added")[0].path == "b"
    assert not any_repo.diff("main", "main")
    assert new.changes().paths == diff.paths
    assert old.changes().paths == ["a", "b", "x/c"]


def test_a_folder_is_not_its_namesakes(repo: Repo) -> None:
    put_paths(repo, {"x/a": "1", "x-y/a": "1", "xz": "1"})
    put_paths(repo, {"x-y/a": "2", "xz": "2"})
    assert repo.diff("main~1", "main", path="x").paths == []
    assert len(repo.log(path="x")) == 1
    assert [item.path for item in repo.blame("main", "x")] == ["x/a"]
