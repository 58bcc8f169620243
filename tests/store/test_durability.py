"""Acknowledged means on disk: what a power cut could take is never led to, nor trusted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_lake.store import Lake, Repo, filesystems, fsck, syncing, trees

from .steps import put

Event = tuple[str, str]


class Disk:
    """Notes what is synced, and what is on disk for certain when a branch is moved."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.events: list[Event] = []
        patch.setattr(os, "fsync", self._noting_sync(os.fsync))
        patch.setattr(filesystems, "syncs_as_a_whole", lambda _: True)
        patch.setattr(filesystems, "sync_filesystem", self._sync_all)
        patch.setattr(os, "link", self._noting("name", os.link))
        patch.setattr(os, "replace", self._noting("name", os.replace))

    def _noting_sync(self, call: Callable[[int], None]) -> Callable[[int], None]:
        def fsync(file: int) -> None:
            call(file)
            self.events.append(("sync", os.path.realpath(f"/proc/self/fd/{file}")))

        return fsync

    def _sync_all(self, descriptor: int) -> None:
        root = os.path.realpath(f"/proc/self/fd/{descriptor}")
        for folder, _, names in os.walk(root):
            self.events += [("sync", path) for path in (folder, *self._joined(folder, names))]

    def _joined(self, folder: str, names: list[str]) -> list[str]:
        return [os.path.join(folder, name) for name in names]

    def _noting(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def named(source: str, target: str) -> None:
            call(source, target)
            self.events.append((what, str(target)))
            if str(source) in self._synced():
                self.events.append(("sync", str(target)))

        return named

    def _synced(self) -> set[str]:
        return {path for what, path in self.events if what == "sync"}

    def when_moved(self) -> tuple[list[Event], list[Event]]:
        """Return what happened before a branch's record got its name, and from then on."""
        at = next(
            number
            for number, (what, path) in enumerate(self.events)
            if what == "name" and "/refs/heads/" in path
        )
        return self.events[:at], self.events[at:]


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs the paths of open files")
@pytest.mark.parametrize("inline", [0, 256], ids=["tree apart", "tree in the commit"])
@pytest.mark.parametrize("many", [1, 256], ids=["synced as a whole", "synced one by one"])
def test_a_branch_moves_to_what_is_on_disk(
    repo: Repo, inline: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "INLINE_ENTRIES", inline)
    monkeypatch.setattr(syncing, "MANY", many)
    put(repo, a="1")
    root = Path(repo.lake.url).resolve()
    there = set(root.rglob("*"))
    with monkeypatch.context() as patch:
        disk = Disk(patch)
        put(repo, a="2", b__c="3")
    new = {path for path in root.rglob("*") if path not in there}
    before, after = disk.when_moved()
    named: dict[str, int] = {path: at for at, (what, path) in enumerate(before) if what == "name"}
    content = {str(path) for path in new if path.is_file() and "/refs/" not in str(path)}
    assert content == named.keys()
    for path in content:
        assert ("sync", path) in before
        assert ("sync", os.path.dirname(path)) in before[named[path] :]
    for folder in (path for path in new if path.is_dir()):
        assert ("sync", str(folder.parent)) in before
    record = next(path for what, path in after if what == "name")
    assert ("sync", record) in after
    assert ("sync", os.path.dirname(record)) in after


@pytest.mark.parametrize("torn", [b"\0\0\0", b"ab", b""])
def test_an_object_that_a_power_cut_tore_is_written_again(repo: Repo, torn: bytes) -> None:
    digest = put(repo, a="abc").entry("a").digest
    path = repo.lake.objects.local_path(repo.keys.object(digest))
    assert path is not None
    path.write_bytes(torn)
    put(Lake.open(repo.lake.url).repo("sales"), b="abc")
    assert repo.commit().read("a") == b"abc"
    assert fsck(repo.lake).clean


def test_what_another_process_has_just_written_is_synced_too(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = put(repo, a="abc").entry("a").digest
    path = repo.lake.objects.local_path(repo.keys.object(digest))
    with monkeypatch.context() as patch:
        disk = Disk(patch)
        put(repo, b="abc")
    before, _ = disk.when_moved()
    assert path is not None
    assert {("sync", str(path)), ("sync", str(path.parent))} <= set(before)
