"""A disk that is synced as a whole: as safe as file by file, and its errors are told."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from jupyter_lake.errors import LakeError
from jupyter_lake.store import Repo, filesystems, fsck, syncing

from .steps import contents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty files."""
    place = tmp_path / "data"
    place.mkdir()
    for number in range(20):
        (place / f"{number:02}").write_bytes(b"%d" % number * 1000)
    return place


class WholeDisk:
    """Syncs nothing, and remembers what was asked; fails as often as it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch, *, failures: int = 0) -> None:
        self.calls: list[str] = []
        self.failures = failures
        patch.setattr(filesystems, "syncs_as_a_whole", lambda _: True)
        patch.setattr(filesystems, "sync_filesystem", self._sync)

    def _sync(self, descriptor: int) -> None:
        os.fstat(descriptor)
        background = threading.current_thread() is not threading.main_thread()
        self.calls.append("background" if background else "end")
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_few_files_are_synced_one_by_one(
    repo: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = WholeDisk(monkeypatch)
    with repo.transaction() as tx:
        tx.write("raw", folder)
    assert disk.calls == []


def test_many_files_are_synced_by_one_call(
    repo: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = WholeDisk(monkeypatch)
    monkeypatch.setattr(syncing, "MANY", 20)
    with repo.transaction() as tx:
        tx.write("raw", folder)
    assert disk.calls == ["end"]


def test_the_disk_begins_while_more_is_written(
    repo: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = WholeDisk(monkeypatch)
    monkeypatch.setattr(syncing, "MANY", 20)
    monkeypatch.setattr(syncing, "STEP", 3000)
    with repo.transaction() as tx:
        tx.write("raw", folder)
    assert "background" in disk.calls
    assert disk.calls[-1] == "end"


@pytest.mark.parametrize(
    ("many", "step"),
    [(20, 10**9), (20, 20_000), (1000, 20_000)],
    ids=["in the end", "in the background", "in the background, the rest one by one"],
)
def test_what_the_disk_could_not_write_is_no_commit(
    repo: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch, many: int, step: int
) -> None:
    with repo.transaction() as tx:
        tx.write("before", b"1")
    monkeypatch.setattr(syncing, "MANY", many)
    monkeypatch.setattr(syncing, "STEP", step)
    with monkeypatch.context() as patch:
        WholeDisk(patch, failures=1)
        tx = repo.transaction()
        tx.write("raw", folder)
        for number in range(20):
            tx.write(f"more/{number}", b"%d" % number * 1000)
        with pytest.raises(LakeError, match="Input/output error") as caught:
            tx.finish()
    assert "disk" in caught.value.hint
    assert contents(repo) == {"before": "1"}
    assert fsck(repo.lake).clean
    with repo.transaction() as tx:
        tx.write("raw", folder)
    assert len(contents(repo)) == 21
    assert fsck(repo.lake).clean


@pytest.mark.parametrize(
    ("release", "told"),
    [("6.18.44-x", True), ("5.8-rc1", True), ("5.4.0", False), ("unknown", False)],
)
def test_a_kernel_that_keeps_errors_to_itself_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, release: str, told: bool
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.release", lambda: release)
    monkeypatch.setattr(filesystems, "_kind", lambda _: "ext4")
    filesystems._tells_of_errors.cache_clear()
    try:
        assert filesystems.syncs_as_a_whole(str(tmp_path)) == told
    finally:
        filesystems._tells_of_errors.cache_clear()


@pytest.mark.skipif(not os.path.exists("/proc/self/mountinfo"), reason="Linux only")
def test_only_known_filesystems_are_trusted_with_it(tmp_path: Path) -> None:
    assert not filesystems.syncs_as_a_whole("/proc")
    assert not filesystems.syncs_as_a_whole(str(tmp_path / "absent"))


@pytest.mark.skipif(not os.path.exists("/proc/self/mountinfo"), reason="Linux only")
def test_a_real_filesystem_is_synced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        filesystems.sync_filesystem(descriptor)
    finally:
        os.close(descriptor)
    with pytest.raises(OSError, match="descriptor"):
        filesystems.sync_filesystem(descriptor)
