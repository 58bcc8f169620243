"""Real kernels, in processes of their own, that a test can talk to and kill."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back from a cell."""

    status: str
    stdout: str
    stderr: str
    error: str


class Kernel:
    """A kernel with a recorder, as a notebook server would start it."""

    def __init__(self, folder: Path, *, notebook: str | None = "delays.ipynb") -> None:
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="test",
            language="python",
        )
        environment = dict(os.environ, PYTHONWARNINGS="ignore", IPYTHONDIR=str(folder / "ipython"))
        environment.pop("JPY_SESSION_NAME", None)
        if notebook is not None:
            environment["JPY_SESSION_NAME"] = str(folder / notebook)
        with contextlib.chdir(folder):
            self.manager.connection_file = str(folder / f"kernel-{time.time_ns()}.json")
        self.manager.start_kernel(env=environment, cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def record(self, lake_url: str) -> None:
        """Start recording, as loading the extension does."""
        self.ok(
            "from jupyter_lake import store\n"
            "from jupyter_lake.lineage import Recorder\n"
            "recorder = Recorder(get_ipython()); recorder.start()\n"
            f"lake = store.Lake.open({lake_url!r}); recorder.attach(lake)"
        )

    def send(self, source: str, cell_id: str | None = None) -> str:
        """Ask for a cell to be run, as JupyterLab does, and do not wait."""
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def run(self, source: str, cell_id: str | None = None) -> Answer:
        """Run a cell and wait for its answer and its output."""
        asked = self.send(source, cell_id)
        reply = self._await(self.client.get_shell_msg, asked, lambda message: True)
        streams = {"stdout": "", "stderr": ""}

        def idle(message: dict[str, Any]) -> bool:
            content = message["content"]
            if message["msg_type"] == "stream":
                streams[content["name"]] += content["text"]
            return bool(message["msg_type"] == "status" and content["execution_state"] == "idle")

        self._await(self.client.get_iopub_msg, asked, idle)
        content = reply["content"]
        return Answer(
            content["status"], streams["stdout"], streams["stderr"], content.get("evalue", "")
        )

    def ok(self, source: str, cell_id: str | None = None) -> Answer:
        """Run a cell that must not fail."""
        answer = self.run(source, cell_id)
        assert answer.status == "ok", answer
        return answer

    def _await(
        self, get: Callable[..., Any], asked: str, enough: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = get(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == asked and enough(message):
                return message

    def kill(self) -> None:
        """End the kernel as the out-of-memory killer does."""
        process = self.manager.provisioner.process  # type: ignore[union-attr]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def shut_down(self) -> None:
        """End the kernel as a person does."""
        self.client.shutdown()
        with contextlib.suppress(Exception):
            self.manager.provisioner.process.wait(timeout=20)  # type: ignore[union-attr]

    def close(self) -> None:
        """Leave nothing behind."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        self.manager.context.destroy(linger=0)


@contextlib.contextmanager
def running(folder: Path, lake_url: str | None = None, **options: str | None) -> Iterator[Kernel]:
    """Run a kernel for a while; with a lake's URL it records."""
    kernel = Kernel(folder, **options)
    try:
        if lake_url is not None:
            kernel.record(lake_url)
        yield kernel
    finally:
        kernel.close()
