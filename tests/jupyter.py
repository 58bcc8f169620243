"""A real Jupyter server with this extension in it, for the tests of the routes and the panel."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["JupyterServer", "jupyter_server"]

PATIENCE = 60.0
LOADED = "jupyter_lake.server | extension was successfully loaded"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class JupyterServer:
    """Where a running server is, and what opens it."""

    url: str
    token: str
    root: Path

    @property
    def headers(self) -> dict[str, str]:
        """What a request needs to be let in."""
        return {"Authorization": f"token {self.token}"}


@contextmanager
def jupyter_server(
    app: str,
    folder: Path,
    *,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[JupyterServer]:
    """Run ``python -m app`` in folders of its own until the block ends.

    Parameters
    ----------
    app
        ``jupyter_server`` or ``jupyterlab``.
    folder
        Where its settings, runtime files and notebooks go.
    options
        More of its command line.
    environment
        More of its environment.
    """
    token = secrets.token_hex(16)
    places = {name: folder / name for name in ("config", "data", "runtime", "root")}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    own = {
        "JUPYTER_CONFIG_DIR": str(places["config"]),
        "JUPYTER_DATA_DIR": str(places["data"]),
        "JUPYTER_RUNTIME_DIR": str(places["runtime"]),
        "JUPYTER_LAKE_CACHE_DIR": str(folder / "cache"),
        "JUPYTER_LAKE_SPOOL_DIR": str(folder / "spool"),
        "JUPYTER_LAKE_USER": "ana",
        "PYTHONPATH": str(ROOT),
    }
    command = [
        *(sys.executable, "-m", app, "--no-browser", "--allow-root", "--port=0"),
        "--ServerApp.jpserver_extensions={'jupyter_lake.server': True}",
        f"--ServerApp.root_dir={places['root']}",
        f"--IdentityProvider.token={token}",
        *options,
    ]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | own | dict(environment or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = _url(process, places["runtime"], log)
        yield JupyterServer(url, token, places["root"])
    finally:
        _stop(process)


def _url(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    info = runtime / f"jpserver-{process.pid}.json"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if info.exists() and (text := info.read_text()):
            if LOADED in log.read_text():
                return str(json.loads(text)["url"])
            break
        time.sleep(0.05)
    raise RuntimeError(f"No Jupyter server with the extension:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
