"""An import points at files outside the lake and notices when they change."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from jupyter_lake.errors import ChangedError, InvalidInputError, PathNotFoundError
from jupyter_lake.store import Lake, Pin, Repo, open_store

from .steps import put

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of files that are none of the lake's."""
    folder = tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"x\n1\n")
    (folder / "deep" / "b é.csv").write_bytes(b"x\n2\n")
    return folder


def test_a_folder_is_imported_without_a_copy(repo: Repo, outside: Path) -> None:
    with repo.transaction() as tx:
        assert tx.import_from(outside, "raw") == 2
        assert tx.paths == ["raw/a.csv", "raw/deep/b é.csv"]
    commit = Lake.open(repo.lake.url).repo("sales").commit()
    assert commit.read("raw/a.csv") == b"x\n1\n"
    with commit.open("raw/deep/b é.csv") as file:
        assert file.read() == b"x\n2\n"
    entry = commit.entry("raw/a.csv")
    assert (entry.hash, entry.size, entry.location) == (None, 4, str(outside / "a.csv"))
    assert entry.pin is not None
    assert entry.pin.size == 4
    assert next(file.url for file in commit.files("raw")) == str(outside / "a.csv")
    assert list(repo.lake.objects.list("repos/sales/objects/")) == []


def test_one_file_is_imported_by_its_name(repo: Repo, outside: Path) -> None:
    with repo.transaction() as tx:
        tx.import_from(outside / "a.csv")
        tx.import_from(f"{outside}/deep/", "x/y/")
    assert [entry.path for entry in repo.commit().entries()] == ["a.csv", "x/y/b é.csv"]


@pytest.mark.parametrize("change", ["longer", "same length", "gone"])
def test_a_changed_file_fails_loudly(repo: Repo, outside: Path, change: str) -> None:
    with repo.transaction() as tx:
        tx.import_from(outside, "raw")
    path = outside / "a.csv"
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"x\n10\n" if change == "longer" else b"x\n9\n")
        os.utime(path, ns=(10**18, 10**18))
    commit = repo.commit()
    for read in (commit.read, commit.open):
        with pytest.raises(ChangedError) as caught:
            read("raw/a.csv")
        assert "raw/a.csv" in caught.value.message
        assert str(path) in caught.value.message
    assert commit.read("raw/deep/b é.csv") == b"x\n2\n"


def test_nothing_there_is_said(repo: Repo, tmp_path: Path) -> None:
    with pytest.raises(PathNotFoundError, match="Nothing lies at"), repo.transaction() as tx:
        tx.import_from(tmp_path / "nowhere")


def test_imports_and_writes_share_a_commit(repo: Repo, outside: Path) -> None:
    put(repo, raw__a="0")
    with repo.transaction() as tx:
        tx.import_from(outside, "raw")
        tx.write("raw/a.csv", b"mine")
        tx.delete("raw/a")
        tx.delete("raw/deep")
        tx.import_from(outside / "deep", "again")
    assert [entry.path for entry in repo.commit().entries()] == ["again/b é.csv", "raw/a.csv"]
    assert repo.commit().read("raw/a.csv") == b"mine"


def test_importing_again_takes_what_is_new(repo: Repo, outside: Path) -> None:
    with repo.transaction() as tx:
        tx.import_from(outside, "raw")
    first = tx.commit
    with repo.transaction() as tx:
        tx.import_from(outside, "raw")
    assert tx.commit == first
    (outside / "a.csv").write_bytes(b"x\n12345\n")
    with repo.transaction() as tx:
        tx.import_from(outside, "raw")
    assert repo.diff("main~1", "main").paths == ["raw/a.csv"]
    assert repo.commit().read("raw/a.csv") == b"x\n12345\n"


def test_a_listing_of_any_length_is_imported(repo: Repo, outside: Path) -> None:
    found = [outside / "a.csv", outside / "deep" / "b é.csv"]
    listing = pa.table(
        {
            "location": [str(path) for path in found],
            "size": [path.stat().st_size for path in found],
            "modified": [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in found],
        }
    )
    with repo.transaction() as tx:
        assert tx.import_listing(listing, "raw") == 2
        named = listing.append_column("path", pa.array(["x/1", "x/2"]))
        tx.import_listing(named.drop_columns("modified").append_column("etag", [["", '"e"']]))
    commit = repo.commit()
    assert [entry.path for entry in commit.entries()] == [
        "raw/a.csv",
        "raw/b é.csv",
        "x/1",
        "x/2",
    ]
    assert commit.read("raw/b é.csv") == b"x\n2\n"
    assert commit.entry("x/2").pin == Pin(4, etag="e")


def test_a_listing_that_lacks_something_is_refused(repo: Repo) -> None:
    good = pa.table({"location": ["/a", "/b"], "size": [1, 2], "etag": ["x", "y"]})
    with repo.transaction() as tx:
        for bad, words in (
            (good.drop_columns("size"), "no column size"),
            (good.drop_columns("etag"), "no column etag or modified"),
            (good.append_column("path", [["x", "x"]]), "names 'x' twice"),
            (good.append_column("path", [["x", "../x"]]), "can't be a path"),
        ):
            with pytest.raises(InvalidInputError, match=words):
                tx.import_listing(bad)
        assert tx.paths == []


def test_a_bucket_is_imported_by_etag(
    s3_url: str, storage_options: dict[str, object], tmp_path: Path
) -> None:
    raw: ObjectStore = open_store(f"{s3_url}/raw", storage_options)
    raw.put("2026/a.csv", b"x\n1\n")
    raw.put("2026/b.csv", b"x\n2\n")
    lake = Lake.create(f"{s3_url}/lake", storage_options=storage_options)
    repo = lake.create_repo("sales")
    with repo.transaction() as tx:
        tx.import_from(f"{s3_url}/raw/2026/", "raw")
    commit = repo.commit()
    assert commit.read("raw/b.csv") == b"x\n2\n"
    assert commit.entry("raw/a.csv").location == f"{s3_url}/raw/2026/a.csv"
    pin = commit.entry("raw/a.csv").pin
    assert pin is not None
    assert pin.etag
    raw.put("2026/a.csv", b"x\n9\n")
    with pytest.raises(ChangedError, match="its content has changed"):
        commit.read("raw/a.csv")
