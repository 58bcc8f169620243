"""The Jupyter server extension: REST routes under ``/jupyter-lake/api/`` for the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

__all__: list[str] = []


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "jupyter_lake.server"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    from jupyter_lake.server.extension import load

    load(app)
