"""The demo opens with the panel and the notebook, and leaves a person's own layout alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jupyterlab_server.workspaces_handler import WorkspacesManager

from jupyter_lake.demo.appearance import write_app_settings
from jupyter_lake.demo.workspace import NAME, write_workspace


def test_the_panel_is_in_front_and_the_notebook_beside_it(tmp_path: Path) -> None:
    write_workspace(tmp_path, notebook="delays.ipynb")
    layout = WorkspacesManager(str(tmp_path)).load(NAME)["data"]["layout-restorer:data"]
    assert layout["left"]["current"] == "jupyter-lake:panel"
    assert layout["main"]["current"] == "notebook:delays.ipynb"


def test_a_layout_that_is_there_stays(tmp_path: Path) -> None:
    write_workspace(tmp_path, notebook="delays.ipynb")
    write_workspace(tmp_path, notebook="other.ipynb")
    layout = WorkspacesManager(str(tmp_path)).load(NAME)["data"]["layout-restorer:data"]
    assert layout["main"]["current"] == "notebook:delays.ipynb"


def test_nothing_pops_up_and_what_is_installed_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "app" / "settings"
    installed.mkdir(parents=True)
    theme = {"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}
    before = json.dumps(theme)
    (installed / "overrides.json").write_text(before)
    (installed / "page_config.json").write_text("{}")
    monkeypatch.setenv("JUPYTERLAB_DIR", str(installed.parent))
    write_app_settings(tmp_path / "own")
    overrides = json.loads((tmp_path / "own" / "overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert overrides["@jupyterlab/apputils-extension:themes"] == {"theme": "JupyterLab Dark"}
    assert (tmp_path / "own" / "page_config.json").exists()
    assert (installed / "overrides.json").read_text() == before
