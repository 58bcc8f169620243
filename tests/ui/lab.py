"""JupyterLab with the panel in it, in a real browser."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from tests.jupyter import ROOT, JupyterServer, jupyter_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["BUNDLE", "FLAGS", "Lab", "chromium", "lab_server"]

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
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab and the folder that all of its state lies in."""

    server: JupyterServer
    folder: Path

    @property
    def lake(self) -> Path:
        """Where the lake is that the server opens first."""
        return self.folder / "lake"

    def forget(self) -> None:
        """Take away what tests leave behind: lakes, notebooks, workspaces, settings, kernels."""
        headers = self.server.headers
        for session in httpx.get(f"{self.server.url}api/sessions", headers=headers).json():
            url = f"{self.server.url}api/sessions/{session['id']}"
            httpx.delete(url, headers=headers, timeout=30)
        for name in ("lake", "root", "workspaces", "settings"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self.server.root.mkdir()
        _write_settings(self.folder)


def chromium() -> str:
    """Return where the machine's Chromium is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)))


@contextmanager
def lab_server(folder: Path, *, lake: str, **environment: str) -> Iterator[JupyterServer]:
    """Run JupyterLab with the built panel, in front of a lake."""
    if not (BUNDLE / "package.json").exists():
        raise RuntimeError("The panel is not built: run `jlpm build:prod` in labextension/.")
    extensions = folder / "data" / "labextensions"
    extensions.mkdir(parents=True)
    (extensions / "jupyter-lake").symlink_to(BUNDLE, target_is_directory=True)
    _write_settings(folder)
    places = {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_LAKE_URL": lake,
        # The tree's own bundle, not the one that was installed some time ago.
        "JUPYTER_PREFER_ENV_PATH": "0",
    }
    with jupyter_server("jupyterlab", folder, environment=places | environment) as server:
        yield server


def _write_settings(folder: Path) -> None:
    for name, settings in SETTINGS.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
