"""A folder that is put again is read only where it has changed, and surely there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_lake import config
from jupyter_lake.errors import InvalidInputError, PathNotFoundError
from jupyter_lake.store import Repo, localuploads
from jupyter_lake.store.digests import Digest

from .steps import contents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files, left alone for an hour."""
    place = tmp_path / "data"
    (place / "deep").mkdir(parents=True)
    for name in ("a", "b", "deep/c"):
        (place / name).write_bytes(name.encode())
        _age(place / name)
    return place


def _age(path: Path) -> None:
    moment = time.time() - 3600
    os.utime(path, (moment, moment))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can set back the time a file's status changed at: the wait for it is left out."""
    monkeypatch.setattr("jupyter_lake.store.filehashes.RACY_NS", -(10**12))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    add = localuploads.LocalUploads.add

    def noting(self: localuploads.LocalUploads, data: bytes | str) -> Digest:
        if isinstance(data, str):
            names.append(os.path.basename(data))
        return add(self, data)

    monkeypatch.setattr(localuploads.LocalUploads, "add", noting)
    return names


def _put(repo: Repo, folder: Path, path: str = "raw") -> None:
    with repo.transaction() as tx:
        tx.write(path, folder)


@pytest.mark.usefixtures("settled")
def test_only_what_changed_is_read(repo: Repo, folder: Path, read: list[str]) -> None:
    _put(repo, folder)
    assert sorted(read) == ["a", "b", "c"]
    read.clear()
    _put(repo, folder)
    assert read == []
    (folder / "b").write_bytes(b"new")
    (folder / "d").write_bytes(b"d")
    _put(repo, folder)
    assert sorted(read) == ["b", "d"]
    assert contents(repo) == {"raw/a": "a", "raw/b": "new", "raw/d": "d", "raw/deep/c": "deep/c"}
    assert repo.commit().counts == {"added": 1, "removed": 0, "changed": 1}


@pytest.mark.usefixtures("settled")
def test_the_same_length_and_time_do_not_deceive(repo: Repo, folder: Path, read: list[str]) -> None:
    _put(repo, folder)
    before = (folder / "a").stat()
    (folder / "a").write_bytes(b"x")
    os.utime(folder / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    _put(repo, folder)
    assert contents(repo)["raw/a"] == "x"


@pytest.mark.usefixtures("settled")
def test_what_the_branch_has_otherwise_is_put_again(repo: Repo, folder: Path) -> None:
    _put(repo, folder)
    with repo.transaction() as tx:
        tx.write("raw/a", b"other")
        tx.delete("raw/b")
    with repo.transaction() as tx:
        tx.delete("raw/deep")
        tx.write("raw", folder)
    assert contents(repo) == {"raw/a": "a", "raw/b": "b", "raw/deep/c": "deep/c"}


def test_a_file_just_written_is_read_again(repo: Repo, folder: Path, read: list[str]) -> None:
    _put(repo, folder)
    read.clear()
    _put(repo, folder)
    assert sorted(read) == ["a", "b", "c"]


@pytest.mark.parametrize("damage", ["junk", "folder", "gone"])
@pytest.mark.usefixtures("settled")
def test_a_broken_memory_only_forgets(
    repo: Repo, folder: Path, read: list[str], damage: str
) -> None:
    _put(repo, folder)
    memory = config.cache_dir() / "hashes.sqlite"
    assert memory.exists()
    memory.unlink()
    if damage == "junk":
        memory.write_bytes(b"no database" * 1000)
    elif damage == "folder":
        memory.mkdir()
    read.clear()
    _put(repo, folder)
    assert sorted(read) == ["a", "b", "c"]


def test_a_pipe_in_a_folder_is_refused_not_waited_for(repo: Repo, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(InvalidInputError, match="no ordinary file"):
        _put(repo, folder)
    assert repo.branches() == []


def test_a_file_that_went_away_is_named(repo: Repo, folder: Path) -> None:
    (folder / "link").symlink_to(folder / "absent")
    with pytest.raises(PathNotFoundError, match="link"):
        _put(repo, folder)
    assert repo.branches() == []
