"""The demo's own defaults of JupyterLab: nothing pops up in front of the notebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

__all__ = ["write_app_settings"]

QUIET = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}


def write_app_settings(folder: Path) -> None:
    """Copy the installation's app settings into `folder`, with no news and no look for updates.

    They are defaults, read instead of those in ``share/jupyter/lab/settings``:
    neither these nor a person's own settings are written to.
    """
    from jupyterlab.commands import get_app_dir  # type: ignore[import-untyped]

    folder.mkdir(parents=True, exist_ok=True)
    installed = Path(get_app_dir()) / "settings"
    if installed.is_dir():
        shutil.copytree(installed, folder, dirs_exist_ok=True)
    file = folder / "overrides.json"
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    overrides = known | {
        plugin: known.get(plugin, {}) | settings for plugin, settings in QUIET.items()
    }
    file.write_text(json.dumps(overrides, indent=2), encoding="utf-8")
