"""Every kind of store keeps the same promises."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from jupyter_lake.errors import InvalidPathError
from jupyter_lake.store.backends.filesystem import FilesystemStore
from jupyter_lake.store.objectstore import (
    ObjectExists,
    ObjectMissing,
    ObjectStore,
    check_key,
    open_store,
)
from tests.hdfs import has_hdfs
from tests.servers import BUCKET, S3Server

KINDS = ["local", "memory", "s3", "moto", "gcs", "fsspec", *(["hdfs"] if has_hdfs() else [])]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    kind = request.param
    if kind == "local":
        yield open_store(tmp_path / "lake")
    elif kind == "memory":
        yield open_store(f"memory://{uuid4().hex}")
    elif kind == "fsspec":
        yield FilesystemStore(f"memory:///{uuid4().hex}")
    elif kind == "gcs":
        options = request.getfixturevalue("gcs_options")
        yield open_store(f"gs://{BUCKET}/{uuid4().hex}/deep", options)
    elif kind == "hdfs":
        yield open_store(f"{request.getfixturevalue('hdfs')}/{uuid4().hex}/deep")
    else:
        server: S3Server = request.getfixturevalue("s3_server" if kind == "s3" else "moto_server")
        yield open_store(f"s3://{BUCKET}/{uuid4().hex}/deep", server.storage_options)


def keys(store: ObjectStore, prefix: str = "", after: str | None = None) -> list[str]:
    return [info.key for info in store.list(prefix, after=after)]


def test_what_was_created_is_read_back(store: ObjectStore) -> None:
    store.create("objects/ab/cd", b"some bytes")
    assert store.get("objects/ab/cd") == b"some bytes"


def test_create_refuses_a_key_that_is_taken_and_leaves_it_alone(store: ObjectStore) -> None:
    store.create("refs/heads/main/1", b"first")
    with pytest.raises(ObjectExists, match="refs/heads/main/1"):
        store.create("refs/heads/main/1", b"second")
    assert store.get("refs/heads/main/1") == b"first"


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    store.create("empty", b"")
    assert store.get("empty") == b""
    with pytest.raises(ObjectExists):
        store.create("empty", b"not empty")


def test_create_takes_a_file(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1000)
    store.create("objects/file", source)
    assert store.get("objects/file") == source.read_bytes()
    with pytest.raises(ObjectExists):
        store.create("objects/file", source)


def test_put_writes_over(store: ObjectStore) -> None:
    store.put("hint", b"1")
    store.put("hint", b"22")
    assert store.get("hint") == b"22"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, None),
        (0, 4),
        (3, 7),
        (3, None),
        (None, 4),
        (-4, None),
        (8, 99),
        (4, 4),
        (10, 12),
        (20, 30),
    ],
)
def test_a_range_is_a_slice(store: ObjectStore, start: int | None, end: int | None) -> None:
    store.create("ranged", b"0123456789")
    assert store.get("ranged", start=start, end=end) == b"0123456789"[start:end]


@pytest.mark.parametrize("span", [(None, None), (0, 4), (-4, None)])
def test_a_missing_object_is_missing(
    store: ObjectStore, span: tuple[int | None, int | None]
) -> None:
    store.create("here", b"1")
    with pytest.raises(ObjectMissing, match="there/it/is/not"):
        store.get("there/it/is/not", start=span[0], end=span[1])
    for key in ("here/inside", 300 * "x"):
        with pytest.raises(ObjectMissing):
            store.get(key)
        assert store.info(key) is None
    assert store.info("there/it/is/not") is None
    assert keys(store, "there/") == []


def test_info_tells_size_and_time(store: ObjectStore) -> None:
    store.create("told", b"12345")
    info = store.info("told")
    assert info is not None
    assert (info.key, info.size) == ("told", 5)
    assert abs(info.modified - datetime.now(UTC)) < timedelta(minutes=1)
    assert next(iter(store.list("told"))).size == 5


def test_a_listing_is_recursive_and_by_prefix(store: ObjectStore) -> None:
    names = ["a-b/c", "a/1", "a/10", "a/2", "a/b/c", "a.b", "ab", "b", "a=b/x", "Z", "_x/y"]
    for name in names:
        store.create(name, b"")
    # SeaweedFS sorts folder by folder: see `ObjectStore.list`.
    assert sorted(keys(store)) == sorted(names)
    for prefix in ["a", "a/", "a/1", "a/b/", "b", "c", "a-", "Z"]:
        found = sorted(n for n in names if n.startswith(prefix))
        assert sorted(keys(store, prefix)) == found, prefix


def test_a_listing_of_a_folder_is_sorted_and_begins_where_it_is_told(store: ObjectStore) -> None:
    names = [f"refs/heads/main/{number:08}" for number in range(12)]
    for name in reversed(names):
        store.create(name, b"")
    store.create("refs/heads/main-2/00000000", b"")
    store.create("refs/heads/mai/00000000", b"")
    assert keys(store, "refs/heads/main/") == names
    for number, name in enumerate(names):
        assert keys(store, "refs/heads/main/", name) == names[number + 1 :]
    assert keys(store, "refs/heads/main/", "refs/heads/main/00000003x") == names[4:]


def test_folders_are_those_right_below(store: ObjectStore) -> None:
    for key in ["repos/b/x/y", "repos/a/1", "repos/a-b/1", "repos/file", "lake.json"]:
        store.create(key, b"")
    assert list(store.folders("repos/")) == ["a", "a-b", "b"]
    assert list(store.folders("repos/b/")) == ["x"]
    assert list(store.folders("repos/b/x/")) == []
    assert list(store.folders("nothing/")) == []


def test_deleting_what_is_not_there_is_no_error(store: ObjectStore) -> None:
    store.create("one/two", b"")
    store.create("one/three", b"")
    store.delete(["one/two", "never/was", "one"])
    assert keys(store) == ["one/three"]
    store.create("one/two", b"again")


def test_of_racing_creators_one_wins(store: ObjectStore) -> None:
    start = threading.Barrier(8)

    def race(number: int) -> bool:
        start.wait()
        try:
            store.create("contended", str(number).encode())
        except ObjectExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(race, range(8)))
    assert won.count(True) == 1
    assert store.get("contended") == str(won.index(True)).encode()


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../up", "a/../../up", "a//b", "a/", ".hidden", "a/.b", "a\\b", "a\0b",
     "a\n", "C:/x", "a b", "é", "%2e%2e/x", "a?versionId=1"],
)  # fmt: skip
def test_a_key_that_could_mean_another_place_is_refused(
    store: ObjectStore, key: str, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidPathError):
        check_key(key)
    with pytest.raises(InvalidPathError):
        store.create(key, b"out")
    with pytest.raises(InvalidPathError):
        store.put(key, b"out")
    assert keys(store) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_the_urls_open_the_same_objects(store: ObjectStore) -> None:
    store.create("a/b", b"x")
    assert type(store)(store.url, store.storage_options).get("a/b") == b"x"
    assert store.physical_url("a/b").endswith("/a/b")
    path = store.local_path("a/b")
    assert path is None or path.read_bytes() == b"x"


def test_sweeping_takes_only_what_was_left_behind_long_ago(store: ObjectStore) -> None:
    store.create("kept", b"x")
    assert store.sweep(datetime.now(UTC)) == 0
    assert keys(store) == ["kept"]


def test_a_touched_object_is_young_and_the_same(store: ObjectStore) -> None:
    store.create("old", b"content")
    assert store.touch("old") is True
    assert store.get("old") == b"content"
    assert store.touch("never/was") is False
    assert keys(store) == ["old"]


def test_discarding_spares_what_is_young(store: ObjectStore) -> None:
    for name in ("a/1", "a/2", "kept"):
        store.create(name, b"x")
    now = datetime.now(UTC)
    named = ["a/1", "a/2", "never/was"]
    assert list(store.discard(named, before=now - timedelta(minutes=1))) == []
    assert sorted(store.discard(named, before=now + timedelta(minutes=1))) == ["a/1", "a/2"]
    assert keys(store) == ["kept"]
