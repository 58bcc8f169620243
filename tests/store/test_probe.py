"""A lake is not made where writers would overwrite each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError, UnsafeStoreError
from jupyter_lake.store import Lake
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.objectstore import ObjectStore, open_store
from jupyter_lake.store.probe import probe
from tests.gcs import heedless_gcs_bucket
from tests.servers import BUCKET, S3Server, free_ports, running


@pytest.fixture
def rclone(tmp_path: Path) -> Iterator[ObjectStore]:
    """``rclone serve s3``, which knows no conditions."""
    folder = tmp_path / "served"
    (folder / BUCKET).mkdir(parents=True)
    [port] = free_ports(1)
    program = Path(sys.executable).with_name("rclone")
    flags = ["serve", "s3", f"--addr=127.0.0.1:{port}", "--auth-key=someone,a-secret"]
    environment = os.environ | {"RCLONE_CONFIG": str(tmp_path / "rclone.conf")}
    with running([program, *flags, folder], port, tmp_path / "log", environment=environment):
        options: dict[str, object] = {
            "key": "someone",
            "secret": "a-secret",
            "endpoint_url": f"http://127.0.0.1:{port}",
        }
        yield open_store(f"s3://{BUCKET}/{uuid4().hex}", options)


@pytest.fixture
def gcp_storage_emulator(tmp_path: Path) -> Iterator[ObjectStore]:
    """A server of Google's API that ignores generations."""
    with heedless_gcs_bucket(tmp_path) as options:
        yield open_store(f"gs://{BUCKET}/{uuid4().hex}", options)


def left(store: ObjectStore) -> list[str]:
    return [info.key for info in store.list("")]


def test_folder_memory_and_real_buckets_pass_and_nothing_is_left(
    tmp_path: Path, s3_server: S3Server, gcs_options: dict[str, object]
) -> None:
    stores = [
        open_store(tmp_path / "lake"),
        open_store(f"memory://{uuid4().hex}"),
        open_store(f"s3://{BUCKET}/{uuid4().hex}", s3_server.storage_options),
        open_store(f"gs://{BUCKET}/{uuid4().hex}", gcs_options),
    ]
    for store in stores:
        probe(store)
        assert left(store) == []


@pytest.mark.parametrize("server", ["rclone", "gcp_storage_emulator"])
def test_a_server_that_ignores_the_condition_is_refused(
    server: str, request: pytest.FixtureRequest
) -> None:
    store: ObjectStore = request.getfixturevalue(server)
    with pytest.raises(UnsafeStoreError, match="one would lose the commit") as caught:
        probe(store)
    assert store.url in caught.value.message
    assert "asked to write only where nothing is" in caught.value.message
    assert "MinIO" in caught.value.hint
    assert left(store) == []


def test_no_lake_is_made_there(rclone: ObjectStore) -> None:
    with pytest.raises(UnsafeStoreError):
        Lake.create(rclone.url, storage_options=rclone.storage_options)
    assert left(rclone) == []


class _TellsAllTheyWon(MemoryStore):
    """Writes once, and tells every writer it was theirs."""

    def create(self, key: str, data: bytes | Path) -> None:
        if key not in self._objects or data != b"second":
            self.put(key, bytes(data) if isinstance(data, bytes) else data.read_bytes())
            return
        super().create(key, data)


class _RefusesAndWrites(MemoryStore):
    """Says no and writes all the same."""

    def create(self, key: str, data: bytes | Path) -> None:
        try:
            super().create(key, data)
        finally:
            self.put(key, bytes(data) if isinstance(data, bytes) else data.read_bytes())


@pytest.mark.parametrize(
    ("kind", "words"),
    [(_TellsAllTheyWon, "4 of 4 racing"), (_RefusesAndWrites, "did it all the same")],
)
def test_subtler_liars_are_refused(kind: Callable[[str], ObjectStore], words: str) -> None:
    with pytest.raises(UnsafeStoreError, match=words):
        probe(kind(f"memory://{uuid4().hex}"))


def test_who_may_not_write_is_told_so(s3_server: S3Server) -> None:
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", s3_server.reader_options)
    with pytest.raises(AccessDeniedError):
        probe(store)
