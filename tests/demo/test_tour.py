"""The demo's notebook runs from top to bottom, on a folder and on S3, and leaves its trace."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_lake.demo import prepare
from jupyter_lake.lake import Lake


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.s3)])
def tour(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Lake]:
    """The demo's folder after its notebook ran in a real kernel, and its lake."""
    options: dict[str, object] = {}
    monkeypatch.setenv("JUPYTER_LAKE_SPOOL_DIR", str(tmp_path / "spool"))
    monkeypatch.setenv("JUPYTER_LAKE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("JUPYTER_LAKE_USER", "ana")
    if request.param == "s3":
        url, options = request.getfixturevalue("s3_url"), request.getfixturevalue("storage_options")
        monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(options))
        monkeypatch.setenv("JUPYTER_LAKE_URL", url)
    folder = tmp_path / "demo"
    url = prepare(folder)
    monkeypatch.setenv("JUPYTER_LAKE_URL", url)
    notebook = nbformat.read(folder / "delays.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / "delays.ipynb")
    return folder, Lake.open(url, storage_options=options)


def test_the_tour_publishes_with_provenance(tour: tuple[Path, Lake]) -> None:
    folder, lake = tour
    commit = lake.repo("reports").commit("main")
    assert commit.message == "Which airlines run late, 2013"
    assert commit.author == "ana"
    assert lake.sql("SELECT count(*) FROM reports.delays").fetchall()[0][0] > 10
    provenance = commit.provenance or {}
    assert provenance["variable"] == "delays"
    inputs = {(item["repo"], item["commit"], item["path"]) for item in provenance["inputs"]}
    head = lake.repo("flights").resolve("main")
    assert {("flights", head, "flights"), ("flights", head, "airlines")} <= {
        (repo, at, path.partition(".")[0]) for repo, at, path in inputs
    }
    graph = lake.upstream("reports/delays")
    assert "flights" in graph.dot
    assert "delays.ipynb" in graph.dot or "cell" in graph.dot
    assert _printed(folder, "336776")
    assert _printed(folder, "166158")


def _printed(folder: Path, number: str) -> bool:
    """Whether an output of the notebook shows the number, with thousands marked or not."""
    text = (folder / "delays.ipynb").read_text()
    return number in text or f"{int(number):,}" in text
