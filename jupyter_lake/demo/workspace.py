"""What JupyterLab shows first in the demo: the panel on the left, the notebook beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["write_workspace"]

NAME = "lake-demo"
PANEL_ID = "jupyter-lake:panel"


def write_workspace(folder: Path, *, notebook: str) -> Path:
    """Write the workspace's file unless there is one, which holds the person's own layout."""
    file = folder / f"{NAME}.jupyterlab-workspace"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat()
    file.write_text(
        json.dumps(
            {
                "data": _layout(f"notebook:{notebook}")
                | {f"notebook:{notebook}": {"data": {"path": notebook, "factory": "Notebook"}}},
                "metadata": {"id": NAME, "created": now, "last_modified": now},
            }
        )
    )
    return file


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
