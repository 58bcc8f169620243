"""A commit is a whole snapshot: its files, its folders, and who made it, when and why."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_lake import access
from jupyter_lake.errors import (
    DamagedError,
    DatasetNotFoundError,
    InvalidPathError,
    PathNotFoundError,
)
from jupyter_lake.store import Entry, Folder, Lake, Repo, fsck, trees

from .steps import contents, put, put_paths


def test_a_commit_holds_what_was_written_and_what_was_there(any_repo: Repo) -> None:
    put(any_repo, a="1", b__c="2")
    put(any_repo, b__d="3")
    assert contents(any_repo) == {"a": "1", "b/c": "2", "b/d": "3"}
    assert contents(any_repo, "main~1") == {"a": "1", "b/c": "2"}


def test_a_reopened_lake_has_all_of_it(any_repo: Repo) -> None:
    made = put(any_repo, a="1")
    lake = Lake.open(any_repo.lake.url)
    assert lake.id == any_repo.lake.id
    assert contents(lake.repo("sales")) == {"a": "1"}
    assert lake.repo("sales").commit() == made


def test_it_says_who_when_and_why(repo: Repo) -> None:
    before = datetime.now(UTC)
    provenance = {"run": "r1", "inputs": [{"repo": "raw", "commit": "0" * 64, "path": "x"}]}
    with repo.transaction(
        message="October\n\nLate.", author="ann", metadata={"k": [1]}, provenance=provenance
    ) as tx:
        tx.write("a", b"1")
    found = Lake.open(repo.lake.url).repo("sales").commit()
    assert (found.author, found.message) == ("ann", "October\n\nLate.")
    assert found.metadata == {"k": [1]}
    assert found.provenance == provenance
    assert before <= found.time <= datetime.now(UTC)
    assert found.time.utcoffset() == timedelta(0)
    assert found.parents == ()
    assert found.counts == {"added": 1, "removed": 0, "changed": 0}
    assert repr(found).startswith(f"<Commit sales@{found.id[:8]} ")
    assert repr(found).endswith(" ann: October>")


def test_long_details_are_there_for_an_ancestor_too(repo: Repo) -> None:
    with repo.transaction(message="long", metadata={"note": "x" * 5000}) as tx:
        tx.write("a", b"1")
    put(repo, b="2")
    ancestor = Lake.open(repo.lake.url).repo("sales").log()[1]
    assert ancestor.metadata == {"note": "x" * 5000}


def test_the_recorders_provenance_is_taken_where_none_is_given(repo: Repo) -> None:
    access.set_provenance_provider(lambda: {"run": "r7"})
    try:
        made = put(repo, a="1")
    finally:
        access.set_provenance_provider(None)
    assert made.provenance == {"run": "r7"}


def test_ls_shows_files_and_folders_with_their_totals(repo: Repo) -> None:
    commit = put_paths(repo, {"b/x/1": "12", "b/x/2": "345", "b/y": "6", "a": "7", "b-c": "8"})
    assert [item.path for item in commit.ls()] == ["a", "b", "b-c"]
    assert commit.ls()[1] == Folder("b", 3, 6)
    assert commit.ls("b") == commit.ls("b/") == [Folder("b/x", 2, 5), commit.entry("b/y")]
    assert [item.path for item in commit.ls("a")] == ["a"]
    assert [entry.path for entry in commit.entries("b")] == ["b/x/1", "b/x/2", "b/y"]
    assert [entry.path for entry in commit.entries("b/y")] == ["b/y"]


def test_an_unknown_path_is_named_with_the_nearest(repo: Repo) -> None:
    commit = put_paths(repo, {"orders/2026-10.parquet": "x"})
    with pytest.raises(PathNotFoundError) as caught:
        commit.entry("orders/2026-1.parquet")
    assert "'orders/2026-1.parquet'" in caught.value.message
    assert "'orders/2026-10.parquet'" in caught.value.hint
    with pytest.raises(PathNotFoundError):
        commit.ls("nowhere")
    with pytest.raises(DatasetNotFoundError):
        commit.files("orderz")


def test_open_reads_any_part(any_repo: Repo) -> None:
    text = "".join(map(str, range(5000)))
    commit = put(any_repo, a=text)
    with commit.open("a") as file:
        assert file.read(10) == text[:10].encode()
        file.seek(-5, 2)
        assert file.read() == text[-5:].encode()
        file.seek(1000)
        assert file.read(3) == text[1000:1003].encode()
        file.seek(len(text) + 10)
        assert file.read() == b""


def test_reading_is_told_and_looking_is_not(repo: Repo) -> None:
    commit = put(repo, a="1")
    heard: list[access.Event] = []
    unsubscribe = access.subscribe(heard.append)
    commit.ls()
    commit.files("a")
    with access.quiet():
        commit.read("a")
    assert heard == []
    commit.read("a")
    unsubscribe()
    assert heard == [access.Read(repo.lake.url, "sales", commit.id, "a", None, "open")]


def test_the_same_bytes_are_kept_once(repo: Repo) -> None:
    put_paths(repo, {"a": "same", "b": "same"})
    put(repo, c="same")
    assert len(list(repo.lake.objects.list("repos/sales/objects/"))) == 1


def test_the_same_commit_made_twice_is_two(repo: Repo) -> None:
    one, other = (
        repo.lake.create_repo(name).transaction(message="m", author="a") for name in ("x", "y")
    )
    for tx in (one, other):
        tx.write("a", b"1")
        tx.finish()
    assert one.commit.id != other.commit.id


def test_damaged_bytes_are_not_handed_out(repo: Repo) -> None:
    commit = put(repo, a="1")
    entry = commit.entry("a")
    path = repo.lake.objects.local_path(repo.keys.object(entry.digest))
    assert path is not None
    path.write_bytes(b"2")
    with pytest.raises(DamagedError, match="a is damaged"):
        commit.read("a")
    path.unlink()
    with pytest.raises(DamagedError, match="missing"):
        commit.open("a")


def test_a_damaged_commit_or_tree_says_so(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "INLINE_ENTRIES", 0)
    commit = put(repo, a="1")
    assert commit.tree_id
    for key in (repo.keys.commit(commit.id), repo.keys.tree(commit.tree_id)):
        path = repo.lake.objects.local_path(key)
        assert path is not None
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        with pytest.raises(DamagedError, match="is damaged"):
            Lake.open(repo.lake.url).repo("sales").commit().entry("a")
        path.write_bytes(whole)


def test_a_lake_whose_trees_all_lie_apart_is_read_and_continued(
    any_repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(trees, "INLINE_ENTRIES", 0)  # as the first format had it
        put(any_repo, a="1", b__c="2")
        put(any_repo, a="3")
    newer = Lake.open(any_repo.lake.url).repo("sales")
    assert contents(newer) == {"a": "3", "b/c": "2"}
    put(newer, d="4")
    assert [change.path for change in newer.diff("main~2", "main")] == ["a", "d"]
    assert [commit.message for commit in newer.log(path="a")] == ["Put a", "Put a, b/c"]
    assert contents(Lake.open(any_repo.lake.url).repo("sales"), "main~2") == {"a": "1", "b/c": "2"}
    assert fsck(newer.lake).clean


def test_a_small_commit_is_three_objects(repo: Repo) -> None:
    put(repo, a="1")
    before = {info.key for info in repo.lake.objects.list("repos/")}
    commit = put(repo, b="2")
    new = {info.key for info in repo.lake.objects.list("repos/")} - before
    assert new == {
        repo.keys.object(commit.entry("b").digest),
        repo.keys.commit(commit.id),
        repo.keys.head("main", 2),
    }


def test_equal_snapshots_have_equal_ids_whatever_way_led_there(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "INLINE_ENTRIES", 2)
    small = put(repo, a="1", b="2").tree_id
    large = put(repo, c="3").tree_id
    assert put(repo, c=None).tree_id == small
    assert put_paths(repo, {"c": "3"}).tree_id == large
    other = repo.lake.create_repo("other")
    assert put(other, c="3", b="2", a="1").tree_id == large


def test_a_commit_of_a_later_format_says_so(repo: Repo) -> None:
    commit = put(repo, a="1")
    path = repo.lake.objects.local_path(repo.keys.commit(commit.id))
    assert path is not None
    data = path.read_bytes().replace(b'"format":2', b'"format":9')
    id = hashlib.sha256(data).hexdigest()
    repo.lake.objects.create(repo.keys.commit(id), data)
    with pytest.raises(DamagedError, match="newer version"):
        repo.history.record(id)


def test_no_path_is_both_file_and_folder(repo: Repo) -> None:
    put_paths(repo, {"a/b": "1", "c": "2"})
    for clash in ("a", "c/d", "a/b/c"):
        with pytest.raises(InvalidPathError, match="both a file and a folder"):
            put_paths(repo, {clash: "3"})
    with pytest.raises(InvalidPathError, match="both a file and a folder"):
        put_paths(repo, {"x": "3", "x/y": "4"})
    put_paths(repo, {"a/b": None, "a": "now a file"})
    assert isinstance(repo.commit().entry("a"), Entry)
