"""A network that breaks off: a TCP proxy before a server, which cuts one request or all from one.

It understands just enough of HTTP to tell where a request and its answer end.
"""

from __future__ import annotations

import re
import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urlsplit

# Where the n-th request meets the cut: it never gets to the server; half of it does;
# it does, but no answer comes back; or half of one.
CUTS = ("before", "in the body", "before the answer", "in the answer")
# Nothing is cut, and nothing comes back: without the server having heard of it, or with.
SILENCES = ("swallowed", "never answered")

_LENGTH = re.compile(rb"(?im)^content-length: *(\d+)\r?$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding: *chunked\r?$")
_BODILESS = re.compile(rb"HTTP/1\.. (1\d\d|204|304) ")


@dataclass(slots=True)
class Cut:
    """What befalls the `at`-th request from now on, and all behind it if `lasting`."""

    kind: str
    at: int
    lasting: bool
    requests: list[str] = field(default_factory=list)

    @property
    def met(self) -> bool:
        """Whether there were so many requests at all."""
        return len(self.requests) > self.at

    @property
    def lost(self) -> Counter[str]:
        """How often each thing was asked in vain."""
        return Counter(self.requests[self.at :] if self.lasting else self.requests[self.at :][:1])


class Network:
    """The way to a server, whole but within `broken`."""

    def __init__(self, server: str, endpoint: str) -> None:
        place = urlsplit(server)
        assert place.hostname is not None
        assert place.port is not None
        self.server = (place.hostname, place.port)
        self.endpoint = endpoint
        self._cut: Cut | None = None
        self._lock = threading.Lock()

    @contextmanager
    def broken(self, kind: str, *, at: int, lasting: bool = False) -> Iterator[Cut]:
        """Break off at a request, counted from here, until the end of the block."""
        self._cut = cut = Cut(kind, at, lasting)
        try:
            yield cut
        finally:
            self._cut = None

    def fate(self, head: bytes) -> str | None:
        """Note a request, and tell what befalls it."""
        with self._lock:
            if (cut := self._cut) is None:
                return None
            number = len(cut.requests)
            cut.requests.append(head.partition(b" HTTP/")[0].decode())
            hit = number == cut.at or (cut.lasting and number > cut.at)
            return cut.kind if hit else None


class _Broken(Exception):
    """The connection is to end here."""


class _Way(socketserver.StreamRequestHandler):
    """One connection through the network, with one of its own to the server."""

    def handle(self) -> None:
        network: Network = self.server.network  # type: ignore[attr-defined]
        with (
            suppress(_Broken, OSError),
            socket.create_connection(network.server) as there,
            there.makefile("rb") as answers,
        ):
            while asked := _head(self.rfile):
                self._pass(network.fate(asked), asked, there, answers)

    def _pass(
        self, fate: str | None, head: bytes, there: socket.socket, answers: IO[bytes]
    ) -> None:
        """Hand one request on and its answer back, as far as they get."""
        body = _body(self.rfile, head)
        if fate == "before":
            self._reset()
        if fate == "in the body":
            there.sendall(head + body[: len(body) // 2])
            self._reset()
        if fate == "swallowed":
            self._wait()
        there.sendall(head + body)
        answer = _head(answers)
        if not (head.startswith(b"HEAD ") or _BODILESS.match(answer)):
            answer += _body(answers, answer)
        if fate == "before the answer":
            self._reset()
        if fate == "in the answer":
            self.wfile.write(answer[: -len(answer) // 2])
            raise _Broken
        if fate == "never answered":
            self._wait()
        self.wfile.write(answer)

    def _reset(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Broken

    def _wait(self) -> None:
        """Say nothing until the other side gives up."""
        while self.rfile.read(1):
            pass
        raise _Broken


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64
    network: Network

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self.close_request(request)  # without a FIN before it, which would spoil a reset


@contextmanager
def network_to(server: str) -> Iterator[Network]:
    """Run a proxy in front of the server at a URL until the end of the block."""
    with _Proxy(("127.0.0.1", 0), _Way) as proxy:
        proxy.network = Network(server, f"http://127.0.0.1:{proxy.server_address[1]}")
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield proxy.network
        finally:
            proxy.shutdown()
            thread.join()


def _head(source: IO[bytes]) -> bytes:
    """Return what comes up to the empty line, which is included; nothing at the end."""
    lines = []
    while line := source.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _body(source: IO[bytes], head: bytes) -> bytes:
    """Return what follows a head, as long as the head says."""
    if not _CHUNKED.search(head):
        length = _LENGTH.search(head)
        return source.read(int(length[1])) if length else b""
    found, size = b"", -1
    while size:
        line = source.readline()
        size = int(line.partition(b";")[0], 16)
        found += line + source.read(size + 2)
    return found
