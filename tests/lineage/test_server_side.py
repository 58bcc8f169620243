"""Cells that the server runs for several people tell the kernel which cells they are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_lake.lineage.server_side import send_cell_ids_from_server
from tests.lineage.conftest import runs_of
from tests.lineage.kernels import Kernel, running

if TYPE_CHECKING:
    from jupyter_lake import store


@pytest.fixture
def actions(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of jupyter_server_nbmodel that runs cells; without it, what it comes down to.

    It is not among the tests' requirements: it changes every JupyterLab of its environment.
    """
    if importlib.util.find_spec("jupyter_server_nbmodel"):
        from jupyter_server_nbmodel import actions

        monkeypatch.setattr(actions, "_execute_snippet", actions._execute_snippet)
        return actions

    async def execute_snippet(
        client: Any, ydoc: object, snippet: str, metadata: object, stdin_hook: object
    ) -> dict[str, Any]:
        reply = await client.execute_interactive(snippet, output_hook=lambda message: None)
        content: dict[str, Any] = reply["content"]
        return content

    package, module = (ModuleType(f"jupyter_server_nbmodel{part}") for part in ("", ".actions"))
    package.actions = module  # type: ignore[attr-defined]
    module._execute_snippet = execute_snippet  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, package.__name__, package)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


async def cells_run_by_the_server(
    actions: Any, kernel: Kernel, cells: dict[str | None, str]
) -> None:
    from jupyter_client.asynchronous.client import AsyncKernelClient

    client = AsyncKernelClient()
    client.load_connection_info(kernel.manager.get_connection_info())
    client.start_channels()
    try:
        await client.wait_for_ready()
        for cell_id, source in cells.items():
            about = {"cell_id": cell_id} if cell_id else None
            reply = await actions._execute_snippet(client, None, source, about, None)
            assert reply["status"] == "ok"
    finally:
        client.stop_channels()


@pytest.mark.asyncio
async def test_a_cell_that_the_server_runs_has_its_id(
    lake: store.Lake, tmp_path: Path, actions: Any
) -> None:
    with running(tmp_path, lake.url) as kernel:
        assert send_cell_ids_from_server()
        once = actions._execute_snippet
        assert send_cell_ids_from_server()
        assert actions._execute_snippet is once
        cells = {"first": "x = 1", "second": "x = 1 ", None: "y = 1"}
        await cells_run_by_the_server(actions, kernel, cells)
        runs = [run for run in runs_of(lake) if "= 1" in (run.source or "")]
        assert [run.cell_id for run in runs] == list(cells)


def test_a_server_without_such_an_executor_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_server_nbmodel", None)
    assert not send_cell_ids_from_server()
