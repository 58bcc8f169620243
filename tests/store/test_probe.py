"""A lake is not made where writers would overwrite each other."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError, UnsafeStoreError
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.objectstore import ObjectStore, open_store
from jupyter_lake.store.probe import probe
from tests.servers import BUCKET, S3Server


class Heedless(BaseHTTPRequestHandler):
    """Hands every request on to a real server, without the condition it came with.

    So do ``rclone serve s3`` and s3rver, and so lose updates.
    """

    behind: str
    protocol_version = "HTTP/1.1"

    def hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        dropped = ("if-none-match", "host", "connection")
        headers = {n: v for n, v in self.headers.items() if n.lower() not in dropped}
        connection = http.client.HTTPConnection(self.behind)
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


for verb in ("GET", "PUT", "POST", "DELETE", "HEAD"):
    setattr(Heedless, f"do_{verb}", Heedless.hand_on)


@pytest.fixture
def heedless(moto_server: S3Server) -> Iterator[str]:
    handler = type("Handler", (Heedless,), {"behind": urlsplit(moto_server.endpoint).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def left(store: ObjectStore) -> list[str]:
    return [info.key for info in store.list("")]


def test_folder_memory_and_seaweed_pass_and_nothing_is_left(
    tmp_path: Path, s3_server: S3Server
) -> None:
    stores = [
        open_store(tmp_path / "lake"),
        open_store(f"memory://{uuid4().hex}"),
        open_store(f"s3://{BUCKET}/{uuid4().hex}", s3_server.storage_options),
    ]
    for store in stores:
        probe(store)
        assert left(store) == []


def test_a_server_that_ignores_the_condition_is_refused(
    heedless: str, moto_server: S3Server
) -> None:
    options = moto_server.storage_options | {"endpoint_url": heedless}
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", options)
    with pytest.raises(UnsafeStoreError, match="one would lose the commit") as caught:
        probe(store)
    assert store.url in caught.value.message
    assert "MinIO" in caught.value.hint
    assert left(store) == []


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
