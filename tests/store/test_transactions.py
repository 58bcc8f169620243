"""A transaction is one commit or nothing, and carries on when the branch moves under it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jupyter_lake import access
from jupyter_lake.errors import (
    ConflictError,
    InvalidInputError,
    InvalidPathError,
    PathNotFoundError,
    RefNotFoundError,
)
from jupyter_lake.store import Lake, Repo

from .steps import contents, put, put_paths


def test_several_changes_are_one_commit(any_repo: Repo) -> None:
    put(any_repo, a="1", b="2")
    with any_repo.transaction(message="all at once") as tx:
        tx.write("a", b"new")
        tx.write("c/d", b"3")
        tx.delete("b")
    assert contents(any_repo) == {"a": "new", "c/d": "3"}
    assert len(any_repo.log()) == 2
    assert tx.commit == any_repo.commit()
    assert tx.commit.counts == {"added": 1, "removed": 1, "changed": 1}


def test_an_exception_leaves_the_branch_as_it_was(any_repo: Repo) -> None:
    before = put(any_repo, a="1")
    tx = any_repo.transaction()

    def failing() -> None:
        with tx:
            tx.write("a", b"2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert any_repo.commit() == before
    with pytest.raises(InvalidInputError, match="has made no commit"):
        _ = tx.commit


def test_a_rollback_leaves_no_file_behind(repo: Repo, tmp_path: Path) -> None:
    put(repo, a="1")
    before = sorted(item for item in (tmp_path / "lake").rglob("*") if item.is_file())
    tx = repo.transaction()
    tx.write("b", b"2")
    tx.rollback()
    assert sorted(item for item in (tmp_path / "lake").rglob("*") if item.is_file()) == before
    with pytest.raises(InvalidInputError, match="has ended"):
        tx.write("c", b"3")


def test_staged_changes_show_only_inside(repo: Repo) -> None:
    put_paths(repo, {"a": "1", "b/c": "2", "b/d": "3"})
    with repo.transaction() as tx:
        tx.write("b/e/f", b"4")
        tx.delete("b/c")
        assert tx.paths == ["b/c", "b/e/f"]
        assert [item.path for item in tx.ls()] == ["a", "b"]
        assert [item.path for item in tx.ls("b")] == ["b/d", "b/e"]
        assert [entry.path for entry in tx.entries("b/")] == ["b/d", "b/e/f"]
        assert sorted(contents(repo)) == ["a", "b/c", "b/d"]
        assert repr(tx) == "<Transaction sales@main, open: 2 paths>"


def test_the_last_word_on_a_path_holds(repo: Repo) -> None:
    with repo.transaction() as tx:
        tx.write("a", b"1")
        tx.write("a", b"2")
        tx.write("b", b"3")
        tx.delete("b")
        tx.write("c", b"4")
        tx.delete("c")
        tx.write("c", b"5")
    assert contents(repo) == {"a": "2", "c": "5"}


def test_a_folder_is_deleted_with_all_in_it(repo: Repo) -> None:
    put_paths(repo, {"a/b": "1", "a/c/d": "2", "a-": "3"})
    with repo.transaction() as tx:
        tx.write("a/new", b"4")
        tx.delete("a/")
    assert contents(repo) == {"a-": "3"}


def test_what_is_not_there_cannot_be_deleted(repo: Repo) -> None:
    put(repo, a="1")
    with (
        pytest.raises(PathNotFoundError, match="nothing at 'b' to delete"),
        repo.transaction() as tx,
    ):
        tx.delete("b")


def test_no_change_is_no_commit(repo: Repo) -> None:
    before = put(repo, a="1")
    with repo.transaction() as tx:
        tx.write("a", b"1")
    assert tx.commit == before
    with repo.transaction() as tx:
        pass
    assert tx.commit == before
    assert len(repo.branch_log("main")) == 1


def test_a_local_file_or_folder_is_copied(any_repo: Repo, tmp_path: Path) -> None:
    source = tmp_path / "data"
    (source / "deep").mkdir(parents=True)
    (source / "one.txt").write_bytes(b"one")
    (source / "deep" / "two.txt").write_bytes(b"two")
    large = bytes(range(256)) * 40_000  # more than is read at once
    (source / "large.bin").write_bytes(large)
    with any_repo.transaction() as tx:
        tx.write("raw", source)
        tx.write("single", source / "one.txt")
    commit = any_repo.commit()
    assert [entry.path for entry in commit.entries()] == [
        "raw/deep/two.txt",
        "raw/large.bin",
        "raw/one.txt",
        "single",
    ]
    assert commit.read("raw/large.bin") == large
    assert commit.read("single") == b"one"
    with pytest.raises(PathNotFoundError, match="no file"), any_repo.transaction() as tx:
        tx.write("x", source / "missing")


def test_tables_of_any_library_become_parquet(repo: Repo, tmp_path: Path) -> None:
    columns = {"n": [1, 2, 3], "s": ["a", "b", None]}
    tables = {
        "arrow": pa.table(columns),
        "batch": pa.RecordBatch.from_pydict(columns),
        "pandas": pd.DataFrame(columns),
        "polars": pl.DataFrame(columns),
        "reader": pa.table(columns).to_reader(),
    }
    with repo.transaction() as tx:
        for name, table in tables.items():
            tx.write(f"{name}.parquet", table)
    for file in repo.commit().files():
        assert file.rows == 3
        found = pq.read_table(file.url).to_pydict()
        assert {key: list(map(_plain, found[key])) for key in columns} == columns, file.path


def _plain(value: object) -> object:
    return None if pd.isna(value) else value


def test_what_is_no_file_and_no_table_is_refused(repo: Repo) -> None:
    with (
        pytest.raises(InvalidInputError, match="neither a file nor a table: dict"),
        repo.transaction() as tx,
    ):
        tx.write("a", {"a": 1})  # type: ignore[arg-type]


def test_bad_paths_and_texts_are_refused(repo: Repo) -> None:
    with repo.transaction() as tx:
        for path in ("/a", "a/../b", "a//b", "", "C:/x", "a\0b", "x" * 1025):
            with pytest.raises(InvalidPathError):
                tx.write(path, b"")
    for text in ("a\0b", "\ud800"):
        with pytest.raises(InvalidInputError):
            repo.transaction(message=text)
        with pytest.raises(InvalidInputError):
            repo.transaction(author=text)


def test_any_message_comes_back_exactly(repo: Repo) -> None:
    message = 'line\r\n\ttab "quoted" \\ מילים 🦆\u202e rtl \x1b[31m'
    with repo.transaction(message=message, author="Ünï 🦆") as tx:
        tx.write("données/🦆 мир.txt", b"1")
    found = Lake.open(repo.lake.url).repo("sales").commit()
    assert (found.message, found.author) == (message, "Ünï 🦆")
    assert found.read("données/🦆 мир.txt") == b"1"


def test_two_writers_on_other_paths_both_succeed(any_repo: Repo) -> None:
    put(any_repo, shared="0")
    other = Lake.open(any_repo.lake.url).repo("sales")
    one, two = any_repo.transaction(message="one"), other.transaction(message="two")
    one.write("a", b"1")
    two.write("b", b"2")
    two.finish()
    one.finish()
    assert contents(any_repo) == {"shared": "0", "a": "1", "b": "2"}
    assert [commit.message for commit in any_repo.log()] == ["one", "two", "Put shared"]


def test_two_writers_on_one_path_conflict(any_repo: Repo) -> None:
    base = put(any_repo, a="0", b="0")
    one, two = any_repo.transaction(), any_repo.transaction()
    one.write("a", b"1")
    one.write("c", b"1")
    two.write("a", b"2")
    two.delete("b")
    first = one.finish()
    assert first is not None
    with pytest.raises(ConflictError) as caught:
        two.finish()
    assert caught.value.paths == ("a",)
    assert (caught.value.base, caught.value.theirs) == (base.id, first.id)
    assert base.short in caught.value.message
    assert first.short in caught.value.message
    assert contents(any_repo) == {"a": "1", "b": "0", "c": "1"}


@pytest.mark.parametrize("second", [b"1", None])
def test_a_change_against_a_deletion(repo: Repo, second: bytes | None) -> None:
    put(repo, a="0")
    one, two = repo.transaction(), repo.transaction()
    one.delete("a")
    if second is None:  # both delete: no conflict
        two.delete("a")
        two.write("b", b"2")
    else:
        two.write("a", second)
    one.finish()
    if second is None:
        two.finish()
        assert contents(repo) == {"b": "2"}
    else:
        with pytest.raises(ConflictError):
            two.finish()


def test_both_writing_the_same_is_no_conflict(repo: Repo) -> None:
    put(repo, a="0")
    one, two = repo.transaction(), repo.transaction()
    one.write("a", b"1")
    two.write("a", b"1")
    two.write("b", b"2")
    one.finish()
    two.finish()
    assert contents(repo) == {"a": "1", "b": "2"}


def test_two_first_commits_of_a_repo_both_succeed(repo: Repo) -> None:
    one, two = repo.transaction(), repo.transaction()
    one.write("a", b"1")
    two.write("b", b"2")
    one.finish()
    two.finish()
    assert contents(repo) == {"a": "1", "b": "2"}


def test_a_branch_deleted_meanwhile_takes_no_commit(repo: Repo) -> None:
    put(repo, a="0")
    repo.create_branch("fix")
    tx = repo.transaction("fix")
    tx.write("b", b"1")
    repo.delete_branch("fix")
    with pytest.raises(RefNotFoundError, match="'fix'"):
        tx.finish()


def test_an_unknown_branch_is_refused_at_once(repo: Repo) -> None:
    put(repo, a="0")
    with pytest.raises(RefNotFoundError) as caught:
        repo.transaction("mian")
    assert "main" in caught.value.hint


def test_a_commit_is_told(repo: Repo) -> None:
    heard: list[access.Event] = []
    unsubscribe = access.subscribe(heard.append)
    commit = put(repo, b="1", a="2")
    unsubscribe()
    assert heard == [
        access.Write(repo.lake.url, "sales", "main", commit.id, ("a", "b"), "transaction")
    ]
