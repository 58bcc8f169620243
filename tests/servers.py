"""Servers for the tests: SeaweedFS, a real S3, moto as a second opinion, and whatever runs a while.

One server of a kind serves all of a test run's workers. It belongs to a small
keeper process that watches the run: when pytest is gone, however it went, the
keeper kills the server and removes its folder.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

START_SECONDS = 60
BUCKET = "lakes"  # all tests share it, each below a prefix of its own
GUARDED = f"{BUCKET}/guarded"  # lakes that a guest sees one repo of


@dataclass(frozen=True)
class S3Server:
    """Where a server answers, and the keys it knows."""

    endpoint: str
    key: str = "lakekeeper"
    secret: str = "lakekeeper-secret"
    reader_key: str = "lakereader"
    reader_secret: str = "lakereader-secret"
    guest_key: str = "lakeguest"
    guest_secret: str = "lakeguest-secret"
    keeper: int = 0

    @property
    def storage_options(self) -> dict[str, object]:
        """What s3fs needs to read and write."""
        return {"key": self.key, "secret": self.secret, "endpoint_url": self.endpoint}

    @property
    def reader_options(self) -> dict[str, object]:
        """What s3fs needs to read only (SeaweedFS; moto lets everybody do everything)."""
        return {
            "key": self.reader_key,
            "secret": self.reader_secret,
            "endpoint_url": self.endpoint,
        }

    @property
    def guest_options(self) -> dict[str, object]:
        """What s3fs needs to read the repo ``sales`` of lakes below `GUARDED` (SeaweedFS)."""
        return {"key": self.guest_key, "secret": self.guest_secret, "endpoint_url": self.endpoint}

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process that takes its configuration from its environment."""
        return {
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
        }

    def make_bucket(self, name: str) -> str:
        """Make an empty bucket and return its URL; SeaweedFS needs seconds for the first object."""
        import s3fs

        s3fs.S3FileSystem(**self.storage_options).call_s3("create_bucket", Bucket=name)
        return f"s3://{name}"


def shared_server(kind: str, folder: Path, *, watched: int) -> S3Server:
    """Return the run's server of this kind; the first to ask starts it.

    Parameters
    ----------
    kind
        ``seaweed`` or ``moto``.
    folder
        A folder that all workers of the run see.
    watched
        The process with whose end the server ends.
    """
    answer = folder / f"{kind}.json"
    with _lock(folder / f"{kind}.lock"):
        if not answer.exists():
            command = [sys.executable, __file__, kind, str(folder), str(watched)]
            log = (folder / f"{kind}.log").open("wb")
            with log:
                keeper = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            _await(answer.exists, lambda: keeper.poll() is None, folder / f"{kind}.log")
            keeper.returncode = 0  # it outlives us on purpose
    return S3Server(**json.loads(answer.read_text()))


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _await(ready: Callable[[], bool], alive: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if not alive() or time.monotonic() > deadline:
            raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def keep(kind: str, folder: Path, watched: int) -> None:
    """Start a server, say where it is, and end it when the watched process is gone."""
    home = folder / f"{kind}-server"
    home.mkdir()
    command, port = {"seaweed": _seaweed, "moto": _moto}[kind](home)
    server = subprocess.Popen(command, cwd=home, preexec_fn=_die_with_parent)  # noqa: PLW1509 - no threads yet
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _await(lambda: _answers(port), lambda: server.poll() is None, folder / f"{kind}.log")
        found = S3Server(f"http://127.0.0.1:{port}", keeper=os.getpid())
        found.make_bucket(BUCKET)
        _put_first_object(found)
        unfinished = folder / f"{kind}.json.new"
        unfinished.write_text(json.dumps(asdict(found)))
        unfinished.rename(folder / f"{kind}.json")
        while _is_alive(watched) and server.poll() is None:
            time.sleep(0.2)
    finally:
        server.kill()
        server.wait()
        (folder / f"{kind}.json").unlink(missing_ok=True)
        for option in command:
            # SeaweedFS makes a socket here for each of its parts, and a kill leaves it.
            if match := re.fullmatch(r"-(\w+)\.port\.grpc=(\d+)", option):
                name = f"seaweedfs-{match[1]}-grpc-{match[2]}.sock"
                Path("/tmp", name).unlink(missing_ok=True)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[str | Path],
    port: int | None,
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Run a server of a worker's own until the end of the block; it answers on the port first."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - nothing but a system call
        )
    try:
        if port is not None:
            _await(lambda: _listens(port), lambda: server.poll() is None, log)
        yield
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _put_first_object(server: S3Server) -> None:
    import s3fs

    s3fs.S3FileSystem(**server.storage_options).pipe_file(f"{BUCKET}/first", b"x")


def _seaweed(home: Path) -> tuple[list[str], int]:
    known = S3Server("")
    identities = [
        _identity("keeper", known.key, known.secret, ["Admin", "Read", "Write", "List", "Tagging"]),
        _identity("reader", known.reader_key, known.reader_secret, ["Read", "List"]),
        _identity(
            "guest",
            known.guest_key,
            known.guest_secret,
            [
                f"Read:{GUARDED}/*/lake.json",
                f"Read:{GUARDED}/*/repos/sales/*",
                f"List:{GUARDED}/*/repos/sales/*",
            ],
        ),
    ]
    (home / "s3.json").write_text(json.dumps({"identities": identities}))
    (home / "data").mkdir()
    ports = free_ports(8)
    s3 = ports[0]
    names = [
        "s3",
        "s3.grpc",
        "master",
        "master.grpc",
        "volume",
        "volume.grpc",
        "filer",
        "filer.grpc",
    ]
    options = {
        f"{name.partition('.')[0]}.port{'.grpc' * name.endswith('.grpc')}": port
        for name, port in zip(names, ports, strict=True)
    } | {
        "dir": home / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.volumeSizeLimitMB": 256,
        "volume.max": 0,
        "s3": "true",
        "s3.autoCreateBucket": "false",
        "s3.config": home / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        # Relative, for a socket's path has room for 107 bytes.
        "s3.localSocket": "s3.sock",
        "filer.localSocket": "filer.sock",
    }
    weed = Path(sys.executable).with_name("weed")
    flags = [f"-{name}={value}" for name, value in options.items()]
    return [str(weed), "-logtostderr=true", "-v=0", "server", *flags], s3


def _moto(home: Path) -> tuple[list[str], int]:
    [port] = free_ports(1)
    moto = Path(sys.executable).with_name("moto_server")
    return [str(moto), "-H", "127.0.0.1", "-p", str(port)], port


def _identity(name: str, key: str, secret: str, actions: list[str]) -> dict[str, object]:
    return {
        "name": name,
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": actions,
    }


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
    except urllib.error.HTTPError as error:
        return error.code == 403  # it asks who we are: it is up
    except OSError:
        return False
    return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A zombie that nobody has waited for is as dead as it gets.
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG; Linux only


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
