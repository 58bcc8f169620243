"""AWS tells who may list a part of a bucket "forbidden", not "nothing there": a listing tells."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError
from jupyter_lake.store import Lake, ObjectMissing, open_store
from tests.servers import BUCKET, S3Server

pytestmark = pytest.mark.s3


class _Discreet(BaseHTTPRequestHandler):
    """Hands requests on, and says "forbidden" where nothing is; what is secret can't be listed."""

    behind: str
    protocol_version = "HTTP/1.1"

    def hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "connection")}
        connection = http.client.HTTPConnection(self.behind)
        connection.request(self.command, self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content, status = answer.read(), answer.status
        connection.close()
        if status == 404 or "secret" in self.path:
            status, content = 403, b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>"
        self.send_response(status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        head = self.command == "HEAD" and status != 403
        length = int(answer.getheader("Content-Length") or 0) if head else len(content)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


for verb in ("GET", "HEAD", "PUT", "POST", "DELETE"):
    setattr(_Discreet, f"do_{verb}", _Discreet.hand_on)


@pytest.fixture
def discreet(moto_server: S3Server) -> Iterator[dict[str, object]]:
    """The options that lead through the discreet server."""
    handler = type("Handler", (_Discreet,), {"behind": urlsplit(moto_server.endpoint).netloc})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    yield moto_server.storage_options | {"endpoint_url": endpoint}
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_not_there_is_missing(discreet: dict[str, object]) -> None:
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", discreet)
    store.create("here", b"x")
    with pytest.raises(ObjectMissing):
        store.get("her")
    assert store.info("her") is None
    assert store.get("here") == b"x"


def test_what_may_not_be_seen_is_denied(discreet: dict[str, object]) -> None:
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", discreet)
    with pytest.raises(AccessDeniedError):
        store.get("secret/a")
    with pytest.raises(AccessDeniedError):
        store.info("secret/a")


def test_a_lake_works_there(discreet: dict[str, object]) -> None:
    lake = Lake.create(f"s3://{BUCKET}/{uuid4().hex}", storage_options=discreet)
    repo = lake.create_repo("sales")
    with repo.transaction(message="m") as tx:
        tx.write("a", b"1")
    assert [commit.message for commit in lake.repo("sales").log()] == ["m"]
