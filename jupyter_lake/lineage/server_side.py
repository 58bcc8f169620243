"""Cells that the Jupyter server runs itself, as in notebooks that several people edit at once.

jupyter-collaboration hands a cell to `jupyter_server_nbmodel`, so that its
output outlives the browser. That knows the cell's id, but does not tell the
kernel; a front end would.
"""

from __future__ import annotations

import functools
from contextvars import ContextVar
from typing import Any

from jupyter_lake.lineage.headless import add_cell_id

__all__ = ["send_cell_ids_from_server"]

_running: ContextVar[str | None] = ContextVar("cell that the server runs", default=None)


def send_cell_ids_from_server() -> bool:
    """Have this server's executor say which cell it runs; False if there is no such executor."""
    try:
        from jupyter_server_nbmodel import actions
    except ImportError:
        return False
    execute = getattr(actions, "_execute_snippet", None)
    if execute is None:
        return False
    if not hasattr(execute, "_jupyter_lake"):
        actions._execute_snippet = _with_cell_id(execute)
    return True


def _with_cell_id(execute: Any) -> Any:
    @functools.wraps(execute)
    async def with_cell_id(
        client: Any, ydoc: Any, snippet: str, metadata: Any, *args: Any, **options: Any
    ) -> Any:
        session = getattr(client, "session", None)
        if session is not None and not hasattr(session.msg, "_jupyter_lake"):
            add_cell_id(session, _running.get)
        _running.set(metadata.get("cell_id") if isinstance(metadata, dict) else None)
        return await execute(client, ydoc, snippet, metadata, *args, **options)

    with_cell_id._jupyter_lake = True  # type: ignore[attr-defined]
    return with_cell_id
