"""The block cache: shared, bounded, checked, and safe to delete at any moment."""

from __future__ import annotations

import atexit
import errno
import hashlib
import multiprocessing
import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_lake.query import background
from jupyter_lake.query.blocks import BLOCK_BYTES, CachedObject
from jupyter_lake.query.cachefolder import BlockCache
from jupyter_lake.query.fetching import CachedSource

CONTENT = random.Random(5).randbytes(80 * BLOCK_BYTES + 777)
KEY = hashlib.sha256(CONTENT).hexdigest()


def _fetch(start: int, end: int) -> bytes:
    return CONTENT[start:end]


def _refuse(start: int, end: int) -> bytes:
    raise AssertionError(f"{start}:{end} was fetched")


@pytest.fixture
def cache(tmp_path: Path) -> BlockCache:
    return BlockCache(tmp_path / "blocks", capacity=1 << 30)


def _read(source: CachedSource, start: int, end: int) -> bytes:
    """Read, and wait until what came is on disk."""
    data = source.read(start, end)
    source.settle()
    return data


def _source(cache: BlockCache, fetch: Callable[[int, int], bytes] = _fetch) -> CachedSource:
    return CachedSource(fetch, CachedObject(cache, KEY, len(CONTENT), KEY))


def test_blocks_outlive_the_process_that_fetched_them(cache: BlockCache) -> None:
    assert _read(_source(cache), 70_000, 300_000) == CONTENT[70_000:300_000]
    again = BlockCache(cache.folder, capacity=cache.capacity)
    assert _source(again, _refuse).read(70_000, 300_000) == CONTENT[70_000:300_000]


def test_a_process_sees_what_another_saves_meanwhile(cache: BlockCache) -> None:
    first, second = _source(cache), _source(cache, _refuse)
    _read(first, 0, 10)
    second = _source(cache, _refuse)
    _read(first, 5 * BLOCK_BYTES, 9 * BLOCK_BYTES)
    assert (
        second.read(6 * BLOCK_BYTES, 8 * BLOCK_BYTES) == CONTENT[6 * BLOCK_BYTES : 8 * BLOCK_BYTES]
    )


def test_a_complete_object_becomes_a_plain_file(cache: BlockCache) -> None:
    source = _source(cache)
    assert cache.whole(KEY, len(CONTENT)) is None
    _read(source, 0, len(CONTENT))
    whole = source.cached.finish()
    assert whole is not None
    assert whole.read_bytes() == CONTENT
    assert cache.whole(KEY, len(CONTENT)) == whole
    assert sorted(path.suffix for path in whole.parent.iterdir()) == [".whole"]
    assert _source(cache, _refuse).read(5, 99) == CONTENT[5:99]


def test_an_object_that_is_not_what_its_hash_says_never_becomes_a_file(cache: BlockCache) -> None:
    wrong = hashlib.sha256(b"else").hexdigest()
    source = CachedSource(_fetch, CachedObject(cache, wrong, len(CONTENT), wrong))
    _read(source, 0, len(CONTENT))
    assert source.cached.finish() is None
    assert cache.whole(wrong, len(CONTENT)) is None


def test_a_block_damaged_on_disk_is_fetched_again(cache: BlockCache) -> None:
    _read(_source(cache), 0, len(CONTENT))
    with cache.path(KEY, "part").open("r+b") as file:
        file.seek(3 * BLOCK_BYTES + 5)
        file.write(b"damage")
    assert _source(cache).read(0, len(CONTENT)) == CONTENT


def test_sums_beside_an_empty_part_vouch_for_nothing(cache: BlockCache) -> None:
    _read(_source(cache), 0, len(CONTENT))
    cache.path(KEY, "part").write_bytes(b"")
    assert _source(cache).read(0, len(CONTENT)) == CONTENT


def test_the_folder_may_be_deleted_under_a_reader(cache: BlockCache) -> None:
    source = _source(cache)
    _read(source, 0, 100)
    shutil.rmtree(cache.folder)
    assert source.read(0, len(CONTENT)) == CONTENT
    assert _source(cache).read(0, len(CONTENT)) == CONTENT


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "blocks").write_text("a file where the folder should be")
    cache = BlockCache(tmp_path / "blocks", capacity=1 << 30)
    source = _source(cache)
    for start in range(0, len(CONTENT), 100_000):
        assert source.read(start, start + 100_000) == CONTENT[start : start + 100_000]


def test_a_full_disk_is_done_without(cache: BlockCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: object, at: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    source = _source(cache)
    assert _read(source, 0, 200_000) == CONTENT[:200_000]
    assert source.read(0, 200_000) == CONTENT[:200_000]


def test_a_slow_disk_holds_up_nobody(cache: BlockCache, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    write = os.pwrite

    def slow(descriptor: int, data: memoryview, at: int) -> int:
        let_go.wait(30)
        return write(descriptor, data, at)

    monkeypatch.setattr(os, "pwrite", slow)
    fetched: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        fetched.append((start, end))
        return CONTENT[start:end]

    source = _source(cache, fetch)
    for _ in range(2):
        assert source.read(0, len(CONTENT)) == CONTENT
        assert source.read(100_000, 500_000) == CONTENT[100_000:500_000]
    assert len(fetched) == 1
    let_go.set()
    source.settle()
    assert _source(cache, _refuse).read(0, len(CONTENT)) == CONTENT


def test_what_came_waits_in_memory_while_somebody_reads(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.background._PAUSE_SECONDS", 60)
    source = _source(cache)
    assert source.read(0, 500_000) == CONTENT[:500_000]
    assert not cache.folder.exists()
    beside = _source(cache)
    source.settle()
    assert beside.read(0, 500_000) == CONTENT[:500_000]
    assert _source(cache, _refuse).read(0, 500_000) == CONTENT[:500_000]


def test_what_waits_is_written_once_all_is_quiet(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.background._PAUSE_SECONDS", 0.01)
    _source(cache).read(0, 500_000)
    deadline = time.monotonic() + 30
    while CachedObject(cache, KEY, len(CONTENT)).load(0, 500_000) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_waits_is_written_when_the_process_ends(cache: BlockCache) -> None:
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_read_and_end, args=(str(cache.folder),))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert _source(cache, _refuse).read(0, 500_000) == CONTENT[:500_000]


def _read_and_end(folder: str) -> None:
    cache = BlockCache(Path(folder), capacity=1 << 30)
    background._PAUSE_SECONDS = 60
    assert _source(cache).read(0, 500_000) == CONTENT[:500_000]
    # A process of multiprocessing's ends without this, unlike any other.
    atexit._run_exitfuncs()


def test_whoever_brings_more_than_may_wait_writes_it_himself(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.background._PAUSE_SECONDS", 60)
    monkeypatch.setattr(background._writer(), "capacity", 10)
    _source(cache).read(0, 500_000)
    assert _source(cache, _refuse).read(0, 500_000) == CONTENT[:500_000]


def test_a_cache_of_no_bytes_keeps_nothing(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path / "blocks", capacity=0)
    source = _source(cache)
    for start in range(0, len(CONTENT), 100_000):
        assert _read(source, start, start + 100_000) == CONTENT[start : start + 100_000]
    assert not cache.folder.exists()


def test_a_folder_that_may_only_be_read_serves_what_is_there(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read(_source(cache), 0, 300_000)
    _refuse_writing(monkeypatch)
    assert _source(cache).read(0, 600_000) == CONTENT[:600_000]
    assert _source(cache, _refuse).read(0, 300_000) == CONTENT[:300_000]


def _refuse_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process write nowhere, as a disk mounted read-only does, even to root."""
    really = os.open

    def refused(path: str, flags: int, *more: int, **options: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return really(path, flags, *more, **options)

    monkeypatch.setattr(os, "open", refused)


DAMAGES = {
    "cut": lambda data: data[: len(data) // 2],
    "emptied": lambda data: b"",
    "garbled": lambda data: data[: len(data) // 2] + b"damage" + data[len(data) // 2 + 6 :],
    "longer": lambda data: data + b"more",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["part", "sums"])
def test_a_damaged_file_never_gives_wrong_bytes(cache: BlockCache, kind: str, damage: str) -> None:
    _read(_source(cache), 0, len(CONTENT))
    path = cache.path(KEY, kind)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    for _ in range(2):
        assert _read(_source(cache), 0, len(CONTENT)) == CONTENT


@pytest.mark.parametrize("damage", ["cut", "emptied", "longer"])
def test_a_whole_file_of_another_length_is_not_used(cache: BlockCache, damage: str) -> None:
    source = _source(cache)
    _read(source, 0, len(CONTENT))
    whole = source.cached.finish()
    assert whole is not None
    whole.write_bytes(DAMAGES[damage](whole.read_bytes()))
    assert cache.whole(KEY, len(CONTENT)) is None
    assert _source(cache).read(0, len(CONTENT)) == CONTENT


def test_what_was_used_longest_ago_goes_first(cache: BlockCache) -> None:
    now = time.time()
    for age, name in enumerate(("new", "old", "older", "oldest")):
        key = hashlib.sha256(name.encode()).hexdigest()
        cached = CachedObject(cache, key, 3 * BLOCK_BYTES)
        cached.save(0, memoryview(CONTENT[: 3 * BLOCK_BYTES]))
        for kind in ("part", "sums"):
            os.utime(cache.path(key, kind), (now - age * 3600, now - age * 3600))
    cache.capacity = 10 * BLOCK_BYTES
    cache.trim()
    left = {name for name in ("new", "old", "older", "oldest") if _there(cache, name)}
    assert left == {"new", "old"}
    assert not cache.full


def test_what_is_in_use_stays_and_nothing_is_added_beyond_the_bound(cache: BlockCache) -> None:
    cache.capacity = 4 * BLOCK_BYTES
    for name in ("a", "b", "c"):
        key = hashlib.sha256(name.encode()).hexdigest()
        CachedObject(cache, key, 2 * BLOCK_BYTES).save(0, memoryview(CONTENT[: 2 * BLOCK_BYTES]))
    assert cache.full
    used = sum(path.stat().st_blocks * 512 for path in cache.folder.rglob("*") if path.is_file())
    assert used <= 2 * cache.capacity
    assert _there(cache, "a")
    assert _source(cache).read(0, len(CONTENT)) == CONTENT


def test_a_full_cache_is_looked_at_again(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.capacity = BLOCK_BYTES
    CachedObject(cache, KEY, len(CONTENT)).save(0, memoryview(CONTENT[: 2 * BLOCK_BYTES]))
    assert cache.full
    cache.capacity = 1 << 30
    assert cache.full  # it was looked at just now
    monkeypatch.setattr("jupyter_lake.query.cachefolder._TOUCH_SECONDS", -1)
    assert not cache.full


def test_the_rest_of_a_much_read_object_is_fetched_when_all_is_quiet(
    cache: BlockCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.background._IDLE_SECONDS", 0.01)
    _source(cache).read(0, 32 * BLOCK_BYTES)
    deadline = time.monotonic() + 30
    while (whole := cache.whole(KEY, len(CONTENT))) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert whole is not None
    assert whole.read_bytes() == CONTENT


def _read_in_child(folder: str, seed: int) -> bool:
    dice = random.Random(seed)
    source = _source(BlockCache(Path(folder), capacity=1 << 30))
    for _ in range(100):
        start = dice.randrange(len(CONTENT))
        if _read(source, start, start + 90_000) != CONTENT[start : start + 90_000]:
            return False
        if source.cached.complete:
            source.cached.finish()
            source = _source(BlockCache(Path(folder), capacity=1 << 30))
    return True


def test_many_processes_share_one_folder(cache: BlockCache) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        jobs = [pool.apply_async(_read_in_child, (str(cache.folder), seed)) for seed in range(6)]
        assert all(job.get(120) for job in jobs)


def _there(cache: BlockCache, name: str) -> bool:
    return cache.path(hashlib.sha256(name.encode()).hexdigest(), "part").exists()
