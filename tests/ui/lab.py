"""JupyterLab with the panel in it, in a real browser."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager

from tests.jupyter import ROOT, JupyterServer, jupyter_server
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from collections.abc import Iterator, Mapping

__all__ = ["BUNDLE", "chromium", "lab_server"]

BUNDLE = ROOT / "jupyter_lake" / "labextension"

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SETTINGS: Mapping[str, Mapping[str, object]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def chromium() -> str:
    """Return where the machine's Chromium is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)))


@contextmanager
def lab_server(folder: Path, *, lake: str, **environment: str) -> Iterator[JupyterServer]:
    """Run JupyterLab with the built panel, in front of a lake."""
    extensions = folder / "data" / "labextensions"
    extensions.mkdir(parents=True)
    (extensions / "jupyter-lake").symlink_to(BUNDLE, target_is_directory=True)
    for name, settings in SETTINGS.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    places = {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_LAKE_URL": lake,
    }
    with jupyter_server("jupyterlab", folder, environment=places | environment) as server:
        yield server
