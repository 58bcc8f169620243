"""Whatever call to the disk goes wrong, a lake in a folder holds the state before or after."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jupyter_lake.errors import LakeError
from jupyter_lake.store import Lake, Repo, fsck, trees
from tests.store.faulty import DiedError

CALLS = ("open", "write", "fsync", "link", "replace", "rename", "unlink", "mkdir", "utime")
INLINE = 256  # entries of a tree that its commit holds itself


class FaultyDisk:
    """Counts the calls that write; the `at`-th of them goes wrong, and after death all do."""

    def __init__(self, patch: pytest.MonkeyPatch, *, at: int, fault: str) -> None:
        self.at = at
        self.fault = fault
        self.calls: list[str] = []
        self.dead = False
        self._lock = threading.Lock()
        for name in CALLS:
            patch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    @property
    def struck(self) -> bool:
        return len(self.calls) > self.at

    def _wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                number = len(self.calls)
                self.calls.append(name)
                if self.dead:
                    raise DiedError
                if number == self.at:
                    self.dead = self.fault == "dies"
                    if self.dead:
                        raise DiedError
                    code = errno.ENOSPC if self.fault == "disk full" else errno.EIO
                    raise OSError(code, os.strerror(code))
            return call(*args, **kwargs)

        return wrapper


def state(url: Path) -> dict[str, bytes]:
    commit = Lake.open(str(url)).repo("sales").commit()
    return {entry.path: commit.read(entry.path) for entry in commit.entries()}


def deed(repo: Repo, source: Path) -> None:
    with repo.transaction(message="again") as tx:
        tx.write("newest", b"2")
        tx.write("copied", source)
        tx.write("same", b"the same")


@pytest.mark.parametrize(
    ("fault", "inline"), [("disk full", 3), ("broken", INLINE), ("dies", 3), ("dies", INLINE)]
)
def test_every_call_of_a_commit_may_go_wrong(
    fault: str, inline: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "INLINE_ENTRIES", inline)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # no power is cut here
    source = tmp_path / "source"
    source.write_bytes(b"from a file")
    template = tmp_path / "template"
    repo = Lake.create(str(template)).create_repo("sales")
    with repo.transaction(message="first") as tx:
        tx.write("newest", b"1")
        tx.write("kept", b"the same")
    old = state(template)
    new = old | {"newest": b"2", "copied": b"from a file", "same": b"the same"}
    at = 0
    while True:
        url = tmp_path / f"lake{at}"
        shutil.copytree(template, url)
        repo = Lake.open(str(url)).repo("sales")
        acknowledged = False
        with monkeypatch.context() as patch:
            disk = FaultyDisk(patch, at=at, fault=fault)
            with suppress(LakeError, DiedError):
                deed(repo, source)
                acknowledged = True
        where = f"{fault} at call {at}: {disk.calls[at : at + 1]}"
        found = state(url)
        assert found in (old, new), where
        assert found == new or not acknowledged, where
        assert fsck(Lake.open(str(url))).clean, where
        deed(Lake.open(str(url)).repo("sales"), source)
        assert state(url) == new, where
        assert len(Lake.open(str(url)).repo("sales").log()) == 2, where
        assert fsck(Lake.open(str(url))).clean, where
        if not disk.struck:
            break
        at += 1
    assert at > 30


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Lake.create(str(tmp_path / "lake")).create_repo("sales")
    with monkeypatch.context() as patch:
        FaultyDisk(patch, at=0, fault="disk full")
        with pytest.raises(LakeError, match="is full") as caught:
            deed(repo, tmp_path)
    assert caught.value.kind == "disk-full"
    assert "gc" in caught.value.hint


def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may do everything")
    repo = Lake.create(str(tmp_path / "lake")).create_repo("sales")
    (tmp_path / "lake" / "repos" / "sales").chmod(0o500)
    with pytest.raises(LakeError) as caught:
        deed(repo, tmp_path)
    assert caught.value.kind == "access-denied"
