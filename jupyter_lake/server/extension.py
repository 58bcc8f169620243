"""Where the server's settings are read and its routes are put in place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join
from traitlets import Dict, Int, Unicode
from traitlets.config import Configurable

from jupyter_lake.lineage.server_side import send_cell_ids_from_server
from jupyter_lake.server.handlers import LakeHandler, NoRouteHandler
from jupyter_lake.server.lakes import Lakes
from jupyter_lake.server.routes import ROUTES

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

__all__ = ["API", "LakeServer", "load"]

API = "jupyter-lake/api"


class LakeServer(Configurable):
    """Settings of the lake's server extension, as in ``c.LakeServer.url = ...``."""

    url = Unicode(
        "",
        help="The lake that the panel opens first. Default: JUPYTER_LAKE_URL, else `lake` in "
        "the Jupyter data folder.",
    ).tag(config=True)

    storage_options = Dict(
        help="What fsspec's filesystem for that URL takes. Default: JUPYTER_LAKE_STORAGE_OPTIONS."
    ).tag(config=True)

    workers = Int(8, min=1, help="Threads that answer the panel's questions.").tag(config=True)


def load(app: ServerApp) -> None:
    """Add the routes to a running Jupyter server, and the cell's id to what it runs itself."""
    send_cell_ids_from_server()
    settings = LakeServer(parent=app)
    shared = {
        "lakes": Lakes(settings.url, dict(settings.storage_options)),
        "executor": ThreadPoolExecutor(settings.workers, thread_name_prefix="jupyter-lake"),
    }
    base = app.web_app.settings["base_url"]
    handlers = [
        (url_path_join(base, API, pattern), LakeHandler, shared | {"answers": answers})
        for pattern, answers in ROUTES.items()
    ]
    rest = (url_path_join(base, API, ".*"), NoRouteHandler)
    app.web_app.add_handlers(".*$", [*handlers, rest])  # type: ignore[no-untyped-call]
