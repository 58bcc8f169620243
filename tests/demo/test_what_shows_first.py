"""The demo opens with the panel and the notebook, and leaves a person's own layout alone."""

from __future__ import annotations

from pathlib import Path

from jupyterlab_server.workspaces_handler import WorkspacesManager

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
