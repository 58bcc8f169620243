"""Immutable objects of a bucket are fetched once, and the cache is never trusted blindly."""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.cache import CachedStore, DiskCache, beneath, cached
from jupyter_lake.store.objectstore import ObjectMissing, open_store


class Counting(MemoryStore):
    """Counts the objects that were fetched."""

    fetched = 0

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        self.fetched += 1
        return super().get(key, start=start, end=end)


@pytest.fixture
def below() -> Counting:
    return Counting(f"memory://{uuid4().hex}")


@pytest.fixture
def store(below: Counting, tmp_path: Path) -> CachedStore:
    return CachedStore(below, DiskCache(tmp_path / "cache", capacity=1 << 20))


def key_of(data: bytes, kind: str = "ranges") -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"repos/r/{kind}/{digest[:2]}/{digest}.parquet"


def test_what_is_immutable_is_fetched_once(store: CachedStore, below: Counting) -> None:
    for kind in ("ranges", "trees", "commits"):
        store.create(key_of(b"x", kind), b"x")
    for _ in range(3):
        assert store.get(key_of(b"x")) == b"x"
    assert below.fetched == 1
    again = CachedStore(below, DiskCache(store._cache.folder, capacity=1 << 20))
    assert again.get(key_of(b"x")) == b"x"
    assert below.fetched == 1


@pytest.mark.parametrize(
    "key", ["lake.json", "repos/r/refs/heads/main/0000000001", "repos/r/refs/hints/main"]
)
def test_what_may_change_is_fetched_each_time(
    store: CachedStore, below: Counting, key: str
) -> None:
    store.put(key, b"1")
    assert store.get(key) == b"1"
    store.put(key, b"2")
    assert store.get(key) == b"2"
    assert below.fetched == 2


def test_a_missing_object_is_not_remembered_as_missing(store: CachedStore) -> None:
    with pytest.raises(ObjectMissing):
        store.get(key_of(b"x"))
    store.create(key_of(b"x"), b"x")
    assert store.get(key_of(b"x")) == b"x"


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone", "folder gone"])
def test_a_damaged_copy_is_fetched_anew(store: CachedStore, below: Counting, damage: str) -> None:
    data = os.urandom(1000)
    store.create(key_of(data), data)
    store.get(key_of(data))
    [copy] = [path for path in store._cache.folder.rglob("*") if path.is_file()]
    content = copy.read_bytes()
    if damage == "flip":
        copy.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "cut":
        copy.write_bytes(content[:500])
    elif damage == "empty":
        copy.write_bytes(b"")
    elif damage == "gone":
        copy.unlink()
    else:
        shutil.rmtree(store._cache.folder)
    assert store.get(key_of(data)) == data
    assert store.get(key_of(data)) == data
    assert below.fetched == 2


def test_it_keeps_to_its_size_and_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", capacity=10_000)
    for number in range(50):
        cache.put(f"{number:04}", bytes(1000))
        cache.get("0000")
    cache.trim()
    held = sum(path.stat().st_size for path in cache.folder.rglob("*") if path.is_file())
    assert held <= 10_000
    assert cache.get("0049") is not None
    assert cache.get("0000") is not None
    assert cache.get("0010") is None


def test_a_cache_that_cannot_write_is_no_obstacle(below: Counting, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"in the way")
    store = CachedStore(below, DiskCache(blocked / "cache", capacity=1000))
    store.create(key_of(b"x"), b"x")
    assert store.get(key_of(b"x")) == b"x"


def test_many_share_it(below: Counting, tmp_path: Path) -> None:
    values = [os.urandom(2000) for _ in range(40)]
    for value in values:
        below.create(key_of(value), value)

    def read(number: int) -> bool:
        store = CachedStore(below, DiskCache(tmp_path / "cache", capacity=30_000))
        return all(store.get(key_of(value)) == value for value in values[number % 3 :])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(24)))


def test_folders_and_memory_need_no_cache(tmp_path: Path) -> None:
    for url in (str(tmp_path), "memory://x"):
        store = open_store(url)
        assert cached(store) is store
        assert beneath(store) is store
    remote = open_store("s3://bucket/x")
    assert beneath(cached(remote)) is remote
