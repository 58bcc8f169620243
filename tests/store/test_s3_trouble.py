"""What is wrong with a bucket is told in one sentence, and what to do in another."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError, LakeError, LakeNotFoundError, UnreachableError
from jupyter_lake.store.backends.s3_config import obstore_for
from jupyter_lake.store.objectstore import ObjectStore, open_store
from tests.servers import BUCKET, S3Server, free_ports

pytestmark = pytest.mark.s3


def every_call(store: ObjectStore) -> list[LakeError]:
    """Return what each kind of call says; a call that succeeds fails the test."""
    calls = [
        lambda: store.get("a/b"),
        lambda: store.create("a/b", b""),
        lambda: store.put("a/b", b""),
        lambda: list(store.list("a/")),
        lambda: store.folders("a/"),
    ]
    told = []
    for call in calls:
        with pytest.raises(LakeError) as caught:
            call()
        told.append(caught.value)
    return told


def check_told(errors: list[LakeError], kind: str, *words: str) -> None:
    for error in errors:
        assert error.kind == kind, error
        assert error.hint
        assert "\n" not in error.message + error.hint
        for word in words:
            assert word in error.message


def test_no_bucket(s3_server: S3Server) -> None:
    store = open_store("s3://no-such-bucket/lake", s3_server.storage_options)
    errors = every_call(store)
    check_told(errors, "bucket-not-found", "no-such-bucket", s3_server.endpoint)
    assert all(isinstance(error, LakeNotFoundError) for error in errors)


def test_unknown_key(s3_server: S3Server) -> None:
    options = s3_server.storage_options | {"key": "nobody"}
    check_told(every_call(open_store(f"s3://{BUCKET}/x", options)), "bad-credentials")


def test_wrong_secret(s3_server: S3Server) -> None:
    options = s3_server.storage_options | {"secret": "guessed"}
    check_told(every_call(open_store(f"s3://{BUCKET}/x", options)), "bad-credentials")


def test_no_credentials(s3_server: S3Server) -> None:
    store = open_store(f"s3://{BUCKET}/x", {"endpoint_url": s3_server.endpoint})
    check_told(every_call(store), "no-credentials", f"s3://{BUCKET}/x")


def test_profile_that_does_not_exist(s3_server: S3Server) -> None:
    options = {"endpoint_url": s3_server.endpoint, "profile": "acme"}
    check_told(every_call(open_store(f"s3://{BUCKET}/x", options)), "no-credentials", "acme")


def test_no_permission_to_write(s3_server: S3Server) -> None:
    url = f"s3://{BUCKET}/{uuid4().hex}"
    open_store(url, s3_server.storage_options).create("a/b", b"x")
    store = open_store(url, s3_server.reader_options)
    assert store.get("a/b") == b"x"
    for write in (lambda: store.create("a/c", b""), lambda: store.put("a/c", b"")):
        with pytest.raises(AccessDeniedError, match=f"no permission for {url}/a/c"):
            write()
    with pytest.raises(AccessDeniedError):
        store.delete(["a/b"])
    assert store.get("a/b") == b"x"


def test_no_permission_at_all(s3_server: S3Server) -> None:
    options = {"endpoint_url": s3_server.endpoint, "anon": True}
    check_told(every_call(open_store(f"s3://{BUCKET}/x", options)), "access-denied", f"{BUCKET}/x")


def test_nobody_listens(s3_server: S3Server) -> None:
    endpoint = f"http://127.0.0.1:{free_ports(1)[0]}"
    store = open_store(f"s3://{BUCKET}/x", s3_server.storage_options | {"endpoint_url": endpoint})
    with pytest.raises(UnreachableError, match=f"Nothing answers at {endpoint}"):
        store.get("a")


def test_a_network_that_swallows_everything_is_given_up_on(s3_server: S3Server) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # fills the queue: no more get in
            options = s3_server.storage_options | {
                "endpoint_url": f"http://127.0.0.1:{port}",
                "config_kwargs": {"connect_timeout": 0.5},
            }
            with pytest.raises(UnreachableError, match="Nothing answers"):
                open_store(f"s3://{BUCKET}/x", options).info("a")


class _WebPage(BaseHTTPRequestHandler):
    """A server of something else: a user's endpoint_url with a typo."""

    status = 200

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<html><body>Welcome</body></html>"
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _WebPage)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_endpoint_that_is_no_s3_server(web_server: str, s3_server: S3Server) -> None:
    options = s3_server.storage_options | {"endpoint_url": web_server}
    with pytest.raises(UnreachableError) as caught:
        list(open_store(f"s3://{BUCKET}/x", options).list(""))
    check_told([caught.value], "wrong-endpoint", web_server)


class _Cutting(socketserver.BaseRequestHandler):
    """Hands a connection on, and cuts the first few answers off in the middle."""

    cuts = 2

    def handle(self) -> None:
        with socket.create_connection(self.server.behind) as there:  # type: ignore[attr-defined]
            thread = threading.Thread(target=self._forward, args=(self.request, there))
            thread.start()
            while answer := there.recv(1 << 16):
                if len(answer) > 10_000 and type(self).cuts:
                    type(self).cuts -= 1
                    self.request.sendall(answer[:5_000])
                    break
                self.request.sendall(answer)
            self.request.shutdown(socket.SHUT_RDWR)
            thread.join()

    @staticmethod
    def _forward(here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while asked := here.recv(1 << 16):
                there.sendall(asked)
            there.shutdown(socket.SHUT_RDWR)


def test_a_read_that_breaks_off_is_begun_again(s3_server: S3Server) -> None:
    path = f"s3://{BUCKET}/{uuid4().hex}"
    content = uuid4().bytes * 10_000
    open_store(path, s3_server.storage_options).create("large", content)
    host = urlsplit(s3_server.endpoint)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Cutting) as proxy:
        proxy.daemon_threads = True
        proxy.behind = (host.hostname, host.port)  # type: ignore[attr-defined]
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        endpoint = f"http://127.0.0.1:{proxy.server_address[1]}"
        options = s3_server.storage_options | {"endpoint_url": endpoint}
        assert open_store(path, options).get("large") == content
        proxy.shutdown()
        thread.join()
    assert _Cutting.cuts == 0


def test_credentials_come_from_profile_and_environment(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"s3://{BUCKET}/{uuid4().hex}"
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(f"[profile acme]\nendpoint_url = {s3_server.endpoint}\nregion = eu-west-1\n")
    credentials.write_text(
        f"[acme]\naws_access_key_id = {s3_server.key}\naws_secret_access_key = {s3_server.secret}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    open_store(url, {"profile": "acme"}).create("a/b", b"by profile")
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    assert open_store(url).get("a/b") == b"by profile"
    for options in ({"profile": "acme"}, {}, s3_server.storage_options):
        found = obstore_for(BUCKET, options).get(f"{url.removeprefix(f's3://{BUCKET}/')}/a/b")
        assert bytes(found.bytes()) == b"by profile"


def test_long_listings_are_complete(s3_server: S3Server) -> None:
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", s3_server.storage_options)
    names = [f"refs/heads/main/{number:08}" for number in range(1100)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: store.create(name, b""), names))
    assert [info.key for info in store.list("refs/heads/ma")] == names
    assert [info.key for info in store.list("refs/", after=names[49])] == names[50:]
    store.delete(names)
    assert not list(store.list(""))


def test_large_files_go_up_in_parts(s3_server: S3Server, tmp_path: Path) -> None:
    store = open_store(f"s3://{BUCKET}/{uuid4().hex}", s3_server.storage_options)
    source = tmp_path / "large"
    source.write_bytes(uuid4().bytes * (40 << 16))
    store.create("large", source)
    assert store.get("large") == source.read_bytes()
    assert store.get("large", start=-5) == source.read_bytes()[-5:]
