"""put, get, rm, import, ls, show and blame."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake.errors import ChangedError, InvalidInputError, PathNotFoundError

if TYPE_CHECKING:
    from tests.verbs.conftest import Do


def test_a_file_keeps_its_name_unless_a_path_is_given(do: Do) -> None:
    Path("a.txt").write_text("a")
    for address in ("sales", "sales/notes/", "sales/notes/b.txt"):
        do(f"put a.txt {address} -m x")
    assert {item.path for item in do("ls sales/notes").items} == {"notes/a.txt", "notes/b.txt"}
    assert "a.txt" in {item.path for item in do("ls sales").items}


def test_a_folder_goes_with_all_that_is_in_it_and_comes_back(do: Do) -> None:
    for name in ("one.txt", "deep/two.txt", "deep/ünï.txt"):
        file = Path("folder") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    put = do("put folder sales/kept -m 'A folder'")
    assert len(put.changes) == 3
    got = do("get sales/kept back")
    assert len(got.files) == 3
    assert (Path("back") / "deep" / "ünï.txt").read_text() == "deep/ünï.txt"


def test_a_large_folder_is_told_in_a_few_lines(do: Do) -> None:
    Path("many").mkdir()
    for number in range(300):
        Path("many", f"{number}.txt").write_text(str(number))
    put = do("put many sales/many -m 'Many files'")
    assert len(put.changes) == 300
    assert "... and 290 more." in repr(put)
    assert len(repr(put).splitlines()) < 20
    assert "... and 290 more." in repr(do("undo sales@main"))


def test_the_same_again_is_no_commit(do: Do) -> None:
    Path("a.txt").write_text("a")
    do("put a.txt sales -m x")
    again = do("put a.txt sales -m y")
    assert again.to_dict()["commit"] is None
    assert "nothing to commit" in repr(again)


def test_a_folder_is_removed_and_older_commits_keep_it(do: Do) -> None:
    do("rm sales/orders -m 'No orders any more'")
    with pytest.raises(PathNotFoundError):
        do("ls sales/orders")
    assert len(do("ls sales@main~1/orders").items) == 3


def test_what_is_imported_stays_where_it_lies_and_is_watched(do: Do, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.csv").write_text("x\n1\n")
    do(f"import {outside} sales/raw -m 'As delivered'")
    (item,) = do("ls sales/raw").items
    assert item.location is not None
    assert "→" in repr(do("ls sales/raw"))
    (outside / "a.csv").write_text("x\n22\n")
    with pytest.raises(ChangedError) as caught:
        do("get sales/raw/a.csv")
    assert "a.csv" in caught.value.message


def test_show_tells_a_commit_a_file_and_a_folder(do: Do) -> None:
    commit = do("show sales@main~2")
    assert [change.path for change in commit.changes] == ["orders/2026-01.parquet", "regions.csv"]
    file = do("show sales/orders/2026-01.parquet")
    assert (file.rows, file.columns[0][:3]) == (3, ("order_id", "100", "102"))
    assert do("show sales@v1/orders").commit.subject == "Orders of 2026-02"


def test_blame_tells_who_changed_each_file_last(do: Do) -> None:
    lines = dict(do("blame sales/orders").lines)
    assert lines["orders/2026-02.parquet"].subject == "Orders of 2026-02"
    assert {line.author for line in lines.values()} == {"ana"}


def test_a_log_of_a_path_has_only_its_commits(do: Do) -> None:
    assert [c.subject for c in do("log sales/regions.csv").commits] == ["Orders of 2026-01"]
    assert "There are more: jupyter lake log sales -n 5" in repr(do("log sales -n 1"))
    assert len(do("log sales -n 0").commits) == 3


def test_what_is_no_file_is_left_out_and_said_so(do: Do) -> None:
    Path("folder/deep").mkdir(parents=True)
    Path("folder/a.txt").write_text("a")
    os.mkfifo("folder/pipe")
    Path("folder/nothing").symlink_to("nowhere")
    Path("folder/round").symlink_to(".")
    Path("folder/same").symlink_to("a.txt")
    put = do("put folder sales/kept -m 'A folder'")
    assert [change.path for change in put.changes] == ["kept/a.txt", "kept/same"]
    left = "Left out: nothing (a link to nothing), pipe (no file), round (a link to a folder)."
    assert left in repr(put)
    assert left in repr(do("put folder sales/kept -m again"))
    with pytest.raises(InvalidInputError, match="'folder/pipe' is neither a file nor a folder"):
        do("put folder/pipe sales -m x")
