"""fsck finds every damage there can be, and says what is lost and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_lake.errors import DamagedError, RepoNotFoundError
from jupyter_lake.store import Lake, Repo
from jupyter_lake.store.fsck import FsckReport, fsck
from jupyter_lake.store.gc import gc

COMMITS = 4
MANY = 300


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with two repos; `sales` has a branch, a tag and a commit with many changes.

    Its first two commits hold their trees themselves; the other two have them apart.
    """
    lake = Lake.create(str(tmp_path / "lake"))
    repo = lake.create_repo("sales")
    for number in range(COMMITS):
        with repo.transaction(message=f"commit {number}") as tx:
            tx.write(f"orders/{number}.csv", f"order,{number}\n".encode() * 50)
            tx.write("newest.txt", str(number).encode())
            if number == 2:
                for file in range(MANY):
                    tx.write(f"many/{file:03}.txt", f"file {file}".encode())
    repo.create_branch("fix", from_="main~1")
    repo.create_tag("v1", "main~2")
    other = lake.create_repo("other")
    with other.transaction(message="first") as tx:
        tx.write("a", b"in another repo")
    return lake


def keys(lake: Lake, kind: str) -> list[str]:
    return [info.key for info in lake.objects.list(f"repos/sales/{kind}")]


def file_of(lake: Lake, key: str) -> Path:
    path = lake.objects.local_path(key)
    assert path is not None
    return path


def object_at(repo: Repo, path: str, ref: str = "main") -> str:
    return repo.keys.object(repo.commit(ref).entry(path).digest)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


DAMAGES: list[tuple[Callable[[Path], None], str]] = [
    (flip, "damaged"),
    (truncate, "damaged"),
    (empty, "damaged"),
    (remove, "missing"),
]


def only(report: FsckReport) -> Any:
    assert not report.clean
    assert report.exit_code == 1
    assert len(report.damages) == 1, report
    damage = report.damages[0]
    assert damage.what
    assert damage.lost
    assert damage.mend
    assert damage.what in repr(report)
    return damage


def test_a_whole_lake_is_clean(lake: Lake) -> None:
    report = fsck(lake)
    assert report.clean, report
    assert report.exit_code == 0
    assert report.checked["commits"] == COMMITS + 1
    assert report.checked["trees"] == report.checked["ranges"] == 2
    assert report.checked["files"] == COMMITS * 2 + MANY + 1
    assert report.bytes > 0
    assert "is whole" in repr(report)
    assert "<pre>" in report._repr_html_()
    assert report.to_dict()["clean"] is True


@pytest.mark.parametrize(("harm", "kind"), DAMAGES)
def test_bytes_of_a_file(lake: Lake, harm: Callable[[Path], None], kind: str) -> None:
    repo = lake.repo("sales")
    key = object_at(repo, "orders/1.csv")
    harm(file_of(lake, key))
    damage = only(fsck(lake))
    assert (damage.kind, damage.key, damage.repo) == (kind, key, "sales")
    assert "orders/1.csv" in damage.what
    newest = repo.commit().short
    assert newest in damage.lost
    assert "other files, are not" in damage.lost
    assert repo.commit().entry("orders/1.csv").digest in damage.mend


def test_a_flipped_byte_is_not_seen_by_a_shallow_check(lake: Lake) -> None:
    key = object_at(lake.repo("sales"), "orders/1.csv")
    flip(file_of(lake, key))
    shallow = fsck(lake, deep=False)
    assert shallow.clean
    assert "by their size only" in repr(shallow)
    truncate(file_of(lake, key))
    assert only(fsck(lake, deep=False)).kind == "damaged"


def test_a_file_that_only_some_commits_have(lake: Lake) -> None:
    repo = lake.repo("sales")
    remove(file_of(lake, object_at(repo, "newest.txt", "main~2")))
    damage = only(fsck(lake))
    assert repo.commit("main~2").short in damage.lost
    assert repo.commit("main").short not in damage.lost
    assert repo.commit("main").read("newest.txt") == b"3"


@pytest.mark.parametrize(("harm", "kind"), DAMAGES)
def test_a_range(lake: Lake, harm: Callable[[Path], None], kind: str) -> None:
    repo = lake.repo("sales")
    [item] = repo.commit().tree.ranges
    harm(file_of(lake, repo.keys.range(item.id)))
    report = fsck(lake)
    [damage] = [each for each in report.damages if each.key == repo.keys.range(item.id)]
    assert damage.kind == kind
    assert f"{item.files} files from many/000.txt to orders/3.csv" in damage.what
    assert repo.commit().short in damage.lost
    assert len(report.damages) == 1


@pytest.mark.parametrize(("harm", "kind"), DAMAGES)
def test_a_tree(lake: Lake, harm: Callable[[Path], None], kind: str) -> None:
    repo = lake.repo("sales")
    tree = repo.commit("main~1").tree_id
    assert tree is not None
    harm(file_of(lake, repo.keys.tree(tree)))
    damage = only(fsck(lake))
    assert (damage.kind, damage.key) == (kind, repo.keys.tree(tree))
    assert repo.commit("main~1").short in damage.what
    assert "all other commits, are there" in damage.lost


@pytest.mark.parametrize("ref", ["main", "main~1", "main~3"])
@pytest.mark.parametrize(("harm", "kind"), DAMAGES)
def test_a_commit(lake: Lake, harm: Callable[[Path], None], kind: str, ref: str) -> None:
    repo = lake.repo("sales")
    commit = repo.commit(ref)
    harm(file_of(lake, repo.keys.commit(commit.id)))
    report = fsck(lake)
    [damage] = [each for each in report.damages if each.key == repo.keys.commit(commit.id)]
    assert damage.kind == kind
    assert commit.short in damage.what
    assert "the files of all other commits are not" in damage.lost
    # All that the lost commit led to is still checked, by what its descendants say.
    assert len(report.damages) == 1


def test_what_a_lost_commit_held_stops_a_collection(lake: Lake) -> None:
    repo = lake.repo("sales")
    remove(file_of(lake, repo.keys.commit(repo.resolve("main~3"))))
    assert "the list of its files" in only(fsck(lake)).lost
    with pytest.raises(DamagedError, match="missing"):
        gc(lake, retention=timedelta(0), grace=timedelta(0))
    assert repo.commit("main~2").read("orders/0.csv").startswith(b"order,0")


@pytest.mark.parametrize(("harm", "kind"), DAMAGES)
def test_a_change_list(lake: Lake, harm: Callable[[Path], None], kind: str) -> None:
    [key] = keys(lake, "changes/")
    harm(file_of(lake, key))
    damage = only(fsck(lake))
    assert (damage.kind, damage.key) == (kind, key)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "where it stands now"),
        (2, "where it stands now"),
        (4, "where it stands now"),
        (5, "newer commits"),
    ],
)
def test_a_log_with_a_hole(lake: Lake, number: int, words: str) -> None:
    repo = lake.repo("sales")
    with repo.transaction(message="one more") as tx:
        tx.write("newest.txt", b"more")
    with repo.transaction(message="and another") as tx:
        tx.write("newest.txt", b"most")
    if number == 5:
        remove(file_of(lake, repo.keys.head("main", 6)))
    remove(file_of(lake, repo.keys.head("main", number)))
    report = fsck(lake)
    [damage] = [each for each in report.damages if each.key == repo.keys.head("main", number)]
    assert damage.kind == "hole"
    assert f"lacks record {number} of" in damage.what
    assert words in damage.lost


@pytest.mark.parametrize("harm", [flip, truncate, empty])
def test_a_branch_record(lake: Lake, harm: Callable[[Path], None]) -> None:
    repo = lake.repo("sales")
    path = file_of(lake, repo.keys.head("main", 2))
    if harm is flip:
        path.write_bytes(path.read_bytes().replace(b'"commit"', b'"comm\x80t"'))
    else:
        harm(path)
    damage = only(fsck(lake))
    assert (damage.kind, damage.key) == ("damaged", repo.keys.head("main", 2))


def test_a_tag(lake: Lake) -> None:
    key = lake.repo("sales").keys.tag("v1")
    truncate(file_of(lake, key))
    damage = only(fsck(lake))
    assert (damage.kind, damage.key) == ("damaged", key)
    assert "the commit is not" in damage.lost


@pytest.mark.parametrize("harm", [truncate, remove])
def test_the_records_of_repo_and_lake(lake: Lake, harm: Callable[[Path], None]) -> None:
    harm(file_of(lake, "repos/sales/repo.json"))
    harm(file_of(lake, "lake.json"))
    assert {each.key for each in fsck(lake).damages} == {"repos/sales/repo.json", "lake.json"}


@pytest.mark.parametrize(
    "key",
    ["notes.txt", "repos/sales/notes.txt", "repos/sales/objects/ab/notes",
     "repos/sales/refs/heads/main/7",
     "repos/sales/objects/ab/" + 64 * "c", "repos/sales/ranges/cc/" + 64 * "c", "repos/Sales/x"],
)  # fmt: skip
def test_a_foreign_file(lake: Lake, key: str) -> None:
    lake.objects.create(key, b"what is this")
    damage = only(fsck(lake))
    assert (damage.kind, damage.key) == ("foreign", key)
    assert "Nothing is lost" in damage.lost


def test_unreachable_objects_are_told_but_no_damage(lake: Lake) -> None:
    repo = lake.repo("sales")
    lake.objects.create(repo.keys.object(64 * "a"), b"left behind")
    report = fsck(lake)
    assert report.clean
    assert (report.unreachable, report.unreachable_bytes) == (1, 11)
    assert "gc" in repr(report)


def test_what_gc_has_deleted_is_not_missing(lake: Lake) -> None:
    repo = lake.repo("sales")
    repo.undo()
    repo.undo()
    repo.delete_branch("fix")
    assert gc(lake, retention=timedelta(0), grace=timedelta(0)).deleted["commits"] == 2
    assert fsck(lake).clean


def test_one_repo_only(lake: Lake) -> None:
    remove(file_of(lake, object_at(lake.repo("sales"), "orders/1.csv")))
    assert fsck(lake, repo="other").clean
    assert not fsck(lake, repo="sales").clean
    with pytest.raises(RepoNotFoundError, match="nowhere"):
        fsck(lake, repo="nowhere")


def test_several_damages_are_all_told(lake: Lake) -> None:
    repo = lake.repo("sales")
    harmed = {
        object_at(repo, "orders/0.csv"),
        object_at(repo, "orders/3.csv"),
        repo.keys.head("main", 2),
        repo.keys.tag("v1"),
    }
    for key in harmed:
        remove(file_of(lake, key)) if "objects" in key or "heads" in key else empty(
            file_of(lake, key)
        )
    assert {each.key for each in fsck(lake).damages} == harmed


def test_a_check_changes_nothing(lake: Lake) -> None:
    before = {info.key: info for info in lake.objects.list("")}
    fsck(lake)
    assert {info.key: info for info in lake.objects.list("")} == before


@pytest.mark.s3
def test_a_bucket_is_read_back_itself_not_its_copy_on_disk(
    s3_url: str, storage_options: dict[str, object]
) -> None:
    lake = Lake.create(s3_url, storage_options=storage_options)
    repo = lake.create_repo("sales")
    with repo.transaction(message="first") as tx:
        tx.write("a", b"1")
    reader = Lake.open(s3_url, storage_options=storage_options)
    assert [entry.path for entry in reader.repo("sales").commit().entries()] == ["a"]
    assert fsck(lake).clean
    key = repo.keys.commit(repo.commit().id)
    lake.objects.delete([key])
    assert only(fsck(lake)).key == key
    lake.objects.put(key, b"{}")
    assert only(fsck(reader)).kind == "damaged"
