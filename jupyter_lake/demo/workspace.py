"""What JupyterLab shows first in the demo: the panel on the left, the notebook beside it."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["write_workspace"]

NAME = "lake-demo"
PANEL_ID = "jupyter-lake:panel"


def write_workspace(folder: Path, *, notebook: str) -> None:
    """Save the workspace unless there is one, which holds the person's own layout."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    manager = WorkspacesManager(str(folder))
    if manager.load(NAME)["data"]:
        return
    widget = f"notebook:{notebook}"
    state = _layout(widget) | {widget: {"data": {"path": notebook, "factory": "Notebook"}}}
    manager.save(NAME, json.dumps({"data": state, "metadata": {"id": NAME}}))


def _layout(notebook: str) -> dict[str, object]:
    """Return the state of JupyterLab's layout restorer with the panel in front."""
    area = {"type": "tab-area", "currentIndex": 0, "widgets": [notebook]}
    return {
        "layout-restorer:data": {
            "main": {"dock": area, "current": notebook},
            "left": {"collapsed": False, "current": PANEL_ID, "widgets": ["filebrowser", PANEL_ID]},
            "right": {"collapsed": True, "widgets": []},
            "relativeSizes": [0.27, 0.73, 0],
        }
    }
