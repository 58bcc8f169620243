"""What people do that nobody would plan for: each is told in a sentence, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_lake.errors import (
    ChangedError,
    InvalidInputError,
    InvalidPathError,
    NotALakeError,
    UnreachableError,
)
from jupyter_lake.store import Lake, Repo, fsck, localuploads
from tests.store.steps import contents, put


@pytest.mark.parametrize("left", [False, True], ids=["nothing is left", "an empty folder is left"])
@pytest.mark.parametrize(
    "deed",
    [
        lambda repo: put(repo, b="2"),
        lambda repo: repo.create_branch("new"),
        lambda repo: repo.create_tag("v1"),
        lambda repo: repo.lake.create_repo("other"),
    ],
    ids=["commit", "branch", "tag", "repo"],
)
def test_nothing_is_written_where_the_lake_has_been(
    deed: Callable[[Repo], object], left: bool, repo: Repo, tmp_path: Path
) -> None:
    put(repo, a="1")
    place, elsewhere = tmp_path / "lake", tmp_path / "elsewhere"
    place.rename(elsewhere)  # or the disk it lies on is taken away
    if left:
        place.mkdir()
    with pytest.raises(UnreachableError, match="is not there any more") as caught:
        deed(repo)
    assert "Open the lake where it is now" in caught.value.hint
    assert not left or not any(place.iterdir())
    if left:
        place.rmdir()
    elsewhere.rename(place)
    put(repo, b="2")
    assert contents(repo) == {"a": "1", "b": "2"}
    assert fsck(repo.lake).clean


def test_a_lake_does_not_fit_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    for place in (file, file / "below"):
        with pytest.raises(NotALakeError, match="is a file"):
            Lake.open(str(place), create=True)
    assert file.read_text() == "mine"


def test_a_large_file_that_changes_while_it_is_read_is_refused(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "growing"
    file.write_bytes(b"x" * (9 * 2**20))
    write = localuploads._write_fully

    def write_and_change(descriptor: int, data: bytes) -> None:
        os.utime(file, (0, 0))
        write(descriptor, data)

    monkeypatch.setattr(localuploads, "_write_fully", write_and_change)
    with (
        pytest.raises(ChangedError, match="was changed while it was read"),
        repo.transaction(message="half of it") as tx,
    ):
        tx.write("growing", file)
    monkeypatch.undo()
    assert fsck(repo.lake).clean
    assert not list((tmp_path / "lake").rglob("*.unfinished"))


def test_metadata_may_hold_what_only_looks_like_json(repo: Repo) -> None:
    import numpy as np

    when = datetime(2026, 10, 1, tzinfo=UTC)
    given = {"rows": np.int64(5), "when": when, "loss": np.float32(0.5), "where": Path("a"), 1: 2}
    with repo.transaction(message="one", metadata=given) as tx:
        tx.write("a", b"1")
    kept = {"rows": 5, "when": str(when), "loss": 0.5, "where": "a", "1": 2}
    assert tx.commit.metadata == kept
    put(repo, b="2")
    assert Lake.open(repo.lake.url).repo("sales").commit("main~1").metadata == kept


@pytest.mark.parametrize(
    "given", [{"loss": float("nan")}, {"broken": "\ud800"}, {(1, 2): 3}, "text"], ids=repr
)
def test_metadata_that_is_no_json_is_refused_at_once(given: object, repo: Repo) -> None:
    for what in ("metadata", "provenance"):
        with pytest.raises(InvalidInputError, match=f"The {what} can't be kept") as caught:
            repo.transaction(**{what: given})  # type: ignore[arg-type]
        assert caught.value.hint


def test_metadata_that_holds_itself_is_refused(repo: Repo) -> None:
    given: dict[str, object] = {}
    given["self"] = given
    with pytest.raises(InvalidInputError, match="metadata can't be kept"):
        repo.transaction(metadata=given)


def test_paths_and_messages_are_text(repo: Repo) -> None:
    with repo.transaction(message="x") as tx:
        for path in (5, None, b"a", Path("a/b")):
            with pytest.raises(InvalidPathError, match="is no text"):
                tx.write(path, b"")  # type: ignore[arg-type]
    for message in (5, b"bytes"):
        with pytest.raises(InvalidInputError, match="message is no text"):
            repo.transaction(message=message)  # type: ignore[arg-type]


def test_a_pipe_is_told_from_a_file(repo: Repo, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="neither a file nor a folder"):
        repo.transaction().write("pipe", tmp_path / "pipe")
