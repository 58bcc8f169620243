"""merge, revert, undo, branch and tag, as a person uses them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake.errors import ConflictError, RefNotFoundError

if TYPE_CHECKING:
    from tests.verbs.conftest import Do


def _put(do: Do, text: str, address: str) -> None:
    Path("note.txt").write_text(text)
    do(f"put note.txt {address} -m '{text}'")


def test_a_branch_goes_its_way_and_is_merged(do: Do) -> None:
    _put(do, "on draft", "sales@draft/notes/a.txt")
    _put(do, "on main", "sales/notes/b.txt")
    merged = do("merge sales@draft --into main -m 'Take the notes'")
    assert [change.path for change in merged.changes] == ["notes/a.txt"]
    log = do("log sales --graph")
    assert len(log.commits[0].parents) == 2
    assert "●─╮" in repr(log)
    assert "Take it back: jupyter lake undo sales@main" in repr(merged)
    assert (
        repr(do("merge sales@draft --into main")) == "sales@main holds all of sales@draft already."
    )


def test_the_graph_of_a_path_is_one_line(do: Do) -> None:
    for number in range(3):
        _put(do, f"note {number}", "sales/note.txt")
        _put(do, f"other {number}", "sales/other.txt")
    assert [line[:3] for line in repr(do("log sales/note.txt --graph")).splitlines()[1:]] == [
        "●  ",
        "●  ",
        "●  ",
    ]


def test_a_conflict_names_paths_and_the_way_out(do: Do) -> None:
    _put(do, "theirs", "sales@draft/note.txt")
    _put(do, "ours", "sales/note.txt")
    with pytest.raises(ConflictError) as caught:
        do("merge sales@draft")
    assert caught.value.paths == ("note.txt",)
    message, hint = caught.value.lines()
    assert "note.txt" in message
    assert "jupyter lake merge sales@draft --into main --theirs 'note.txt'" in hint
    do("merge sales@draft --into main --theirs 'note.txt'")
    do("get sales/note.txt out.txt")
    assert Path("out.txt").read_text() == "theirs"


def test_ours_keeps_the_branch_where_both_changed(do: Do) -> None:
    _put(do, "theirs", "sales@draft/note.txt")
    _put(do, "ours", "sales/note.txt")
    do("merge sales@draft --ours '*'")
    do("get sales/note.txt out.txt")
    assert Path("out.txt").read_text() == "ours"


def test_revert_takes_one_commit_back_and_keeps_what_came_after(do: Do) -> None:
    reverted = do("revert sales@main~1")
    assert [(change.kind, change.path) for change in reverted.changes] == [
        ("removed", "orders/2026-02.parquet")
    ]
    assert len(do("log sales").commits) == 4
    assert len(do("ls sales/orders").items) == 2


def test_undo_goes_back_by_the_log_and_can_be_found_again(do: Do) -> None:
    head = do("log sales").commits[0].id
    undone = do("undo sales")
    assert undone.was == head
    assert len(do("log sales").commits) == 2
    assert f"jupyter lake branch sales NAME --from {head[:12]}" in repr(undone)
    do(f"branch sales again --from {head[:12]}")
    assert do("log sales@again").commits[0].id == head


def test_tags_stay_and_branches_go(do: Do) -> None:
    do("tag sales q1 main -m 'First quarter'")
    assert {tag.name for tag in do("tag sales").names} == {"v1", "q1"}
    do("branch sales draft --delete")
    assert [branch.name for branch in do("branches sales").names] == ["main"]
    with pytest.raises(RefNotFoundError):
        do("log sales@draft")
    do("tag sales q1 --delete")
    assert [tag.name for tag in do("tag sales").names] == ["v1"]


def test_the_branch_that_is_shown_in_the_log_moves_with_it(do: Do) -> None:
    assert do("log sales").commits[0].names == ("main",)
    do("tag sales now")
    assert do("log sales").commits[0].names == ("main", "now")


def test_undo_brings_a_deleted_branch_back(do: Do) -> None:
    _put(do, "on draft", "sales@draft/note.txt")
    stood = do("show sales@draft").commit.id
    deleted = do("branch sales draft --delete")
    assert "Bring it back: jupyter lake undo sales@draft" in repr(deleted)
    back = do("undo sales@draft")
    assert (back.was, back.now) == (None, stood)
    assert repr(back).startswith(f"sales@draft is back at {stood[:8]} on draft")
    assert do("show sales@draft").commit.id == stood
    assert back.to_dict()["was"] is None


def test_flags_may_stand_before_the_last_word(do: Do) -> None:
    do("branch sales --from main~1 older")
    do("branch --delete sales older")
    with pytest.raises(RefNotFoundError):
        do("branch sales --delete older")
