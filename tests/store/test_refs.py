"""Refs name commits: branches, tags, ids, steps back and moments."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_lake.errors import (
    AlreadyExistsError,
    InvalidAddressError,
    InvalidInputError,
    InvalidNameError,
    LakeError,
    RefNotFoundError,
)
from jupyter_lake.store import Lake, Repo

from .steps import contents, put


def test_every_form_of_ref(any_repo: Repo) -> None:
    first, second, third = (put(any_repo, a=text) for text in "123")
    any_repo.create_tag("v1", "main~1", message="one", author="ann")
    for ref, commit in {
        "main": third,
        "main~1": second,
        "main~2": first,
        "main~": second,
        "main^^": first,
        "main^0": third,
        "v1": second,
        "v1~1": first,
        third.id: third,
        third.id[:10]: third,
        f"{third.id[:10]}~1": second,
    }.items():
        assert any_repo.commit(ref) == commit, ref
    assert any_repo.commit() == third
    assert any_repo.resolve("main") == third.id


def test_moments_are_answered_from_the_log(any_repo: Repo) -> None:
    moments = []
    commits = []
    for text in "123":
        commits.append(put(any_repo, a=text))
        moments.append(any_repo.branch_log("main")[0].when)
        time.sleep(0.002)
    any_repo.undo("main")
    for commit, moment in zip(commits, moments, strict=True):
        assert any_repo.commit(f"main@{{{moment.isoformat()}}}") == commit
    assert any_repo.commit("main@{2999-01-01}") == commits[1]
    later = moments[2] + timedelta(microseconds=1)
    assert any_repo.commit(f"main@{{{later.isoformat()}}}~2") == commits[0]
    with pytest.raises(RefNotFoundError, match="was not there yet"):
        any_repo.commit("main@{2001-01-01}")


def test_a_steps_too_far_is_said(repo: Repo) -> None:
    put(repo, a="1")
    with pytest.raises(RefNotFoundError, match="behind the first commit"):
        repo.commit("main~1")
    with pytest.raises(RefNotFoundError, match="has 0 parents"):
        repo.commit("main^2")


def test_unknown_refs_are_named(repo: Repo) -> None:
    with pytest.raises(RefNotFoundError, match="has no commit yet"):
        repo.commit()
    put(repo, a="1")
    with pytest.raises(RefNotFoundError) as caught:
        repo.commit("mian")
    assert caught.value.lines() == [
        "sales has no branch, tag or commit 'mian'.",
        "Did you mean main?",
    ]
    with pytest.raises(RefNotFoundError):
        repo.commit("0" * 64)
    with pytest.raises(RefNotFoundError):
        repo.commit("abcdef")
    with pytest.raises(InvalidAddressError):
        repo.commit("main/x")


def test_an_ambiguous_id_is_said(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repo, a="1")
    monkeypatch.setattr(repo.history, "with_prefix", lambda prefix: [prefix + "0", prefix + "1"])
    with pytest.raises(RefNotFoundError, match="beginning of 2 commits"):
        repo.commit("abcdef")


def test_branches_part_and_are_listed(any_repo: Repo) -> None:
    base = put(any_repo, a="1")
    any_repo.create_branch("fix")
    any_repo.create_branch("Exp.2", from_=base.id[:12])
    fixed = put(any_repo, "fix", a="2")
    assert contents(any_repo) == {"a": "1"}
    assert contents(any_repo, "fix") == {"a": "2"}
    found = {
        branch.name: branch for branch in Lake.open(any_repo.lake.url).repo("sales").branches()
    }
    assert list(found) == ["Exp.2", "fix", "main"]
    assert (found["fix"].commit, found["fix"].number) == (fixed.id, 2)
    assert found["main"].who == "tester"


def test_branch_names_are_checked(repo: Repo) -> None:
    put(repo, a="1")
    for name in ("", "a/b", ".a", "a b", "é", "-x", "x" * 129):
        with pytest.raises(InvalidNameError):
            repo.create_branch(name)
        with pytest.raises(InvalidNameError):
            repo.create_tag(name)
    with pytest.raises(InvalidInputError, match="looks like a commit"):
        repo.create_branch("0" * 64)
    with pytest.raises(AlreadyExistsError):
        repo.create_branch("main")
    with pytest.raises(RefNotFoundError):
        repo.create_branch("x", from_="nowhere")


def test_a_deleted_branch_is_gone_and_comes_back(any_repo: Repo) -> None:
    put(any_repo, a="1")
    any_repo.create_branch("fix")
    kept = put(any_repo, "fix", a="2")
    any_repo.delete_branch("fix")
    assert [branch.name for branch in any_repo.branches()] == ["main"]
    with pytest.raises(RefNotFoundError):
        any_repo.commit("fix")
    moment = any_repo.branch_log("fix")[1].when
    assert any_repo.commit(f"fix@{{{moment.isoformat()}}}") == kept
    any_repo.undo("fix")
    assert any_repo.commit("fix") == kept
    any_repo.delete_branch("fix")
    any_repo.create_branch("fix", from_="main")
    assert [record.number for record in any_repo.branch_log("fix")] == [6, 5, 4, 3, 2, 1]
    with pytest.raises(InvalidInputError, match="default branch"):
        any_repo.delete_branch("main")
    with pytest.raises(RefNotFoundError):
        any_repo.delete_branch("nowhere")


def test_tags_stay_until_deleted(any_repo: Repo) -> None:
    first = put(any_repo, a="1")
    tag = any_repo.create_tag("v1", message="as sent", author="ann")
    put(any_repo, a="2")
    assert any_repo.commit("v1") == first
    assert any_repo.tags() == [tag]
    assert (tag.message, tag.who, tag.commit) == ("as sent", "ann", first.id)
    with pytest.raises(AlreadyExistsError):
        any_repo.create_tag("v1")
    any_repo.delete_tag("v1")
    assert any_repo.tags() == []
    with pytest.raises(RefNotFoundError):
        any_repo.delete_tag("v1")
    any_repo.create_tag("v1")


def test_undo_goes_back_step_by_step(any_repo: Repo) -> None:
    commits = [put(any_repo, a=text) for text in "123"]
    assert any_repo.undo("main").commit == commits[1].id
    assert any_repo.undo("main").commit == commits[0].id
    with pytest.raises(InvalidInputError, match="nothing to undo"):
        any_repo.undo("main")
    again = put(any_repo, a="4")
    assert again.parents == (commits[0].id,)
    assert any_repo.undo().commit == commits[0].id
    whys = [record.why for record in any_repo.branch_log("main")]
    assert whys[:2] == ["undo, back to record 5", "commit"]
    assert len(whys) == 7
    with pytest.raises(RefNotFoundError):
        any_repo.undo("nowhere")


def test_the_log_names_who_when_and_why(repo: Repo) -> None:
    before = datetime.now(UTC)
    put(repo, a="1")
    repo.create_branch("fix", author="ann")
    repo.delete_branch("fix", author="bob")
    deleted, created = repo.branch_log("fix")
    assert (created.who, created.why, created.position) == ("ann", "create from main", 1)
    assert (deleted.who, deleted.why, deleted.commit) == ("bob", "delete", None)
    assert before <= created.when <= deleted.when


def test_a_lost_or_stale_hint_costs_nothing_but_time(any_repo: Repo) -> None:
    for text in "1234":
        put(any_repo, a=text)
    objects = any_repo.lake.objects
    hint = any_repo.keys.hint("main")
    for stale in (b"1", b"3", b"99", b"0", b"-4", b"junk", None):
        if stale is None:
            objects.delete([hint])
        else:
            objects.put(hint, stale)
        assert contents(Lake.open(any_repo.lake.url).repo("sales")) == {"a": "4"}, stale


def test_records_never_go_back_in_time(repo: Repo) -> None:
    put(repo, a="1")
    head = repo.branch_logs.head("main")
    assert head is not None
    early = datetime(2001, 1, 1, tzinfo=UTC)
    assert head.numbered(2, after=head.when).when == head.when
    assert head.numbered(2, after=early).when == head.when


def test_repos_are_listed_found_and_refused(lake: Lake) -> None:
    assert lake.repos() == []
    made = lake.create_repo("sales", description="What we sold 🦆")
    lake.create_repo("raw-1.x")
    again = Lake.open(lake.url)
    assert [repo.name for repo in again.repos()] == ["raw-1.x", "sales"]
    assert again.repo("sales") == made
    assert again.repo("sales").description == "What we sold 🦆"
    with pytest.raises(AlreadyExistsError):
        again.create_repo("sales")
    with pytest.raises(LakeError) as caught:
        again.repo("slaes")
    assert caught.value.hint == "Did you mean sales?"
    for name in ("", "Sales", "a/b", "..", "lake"):
        with pytest.raises(InvalidNameError):
            again.create_repo(name)
