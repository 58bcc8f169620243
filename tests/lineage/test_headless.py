"""Wherever a cell runs, its run names the notebook and the cell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake.lineage import whereabouts
from jupyter_lake.lineage.headless import LakeEngine, send_cell_ids
from jupyter_lake.lineage.places import notebook_by_source, notebook_path, vs_code_cell
from tests.lineage.conftest import Notebook, runs_of
from tests.lineage.kernels import running

if TYPE_CHECKING:
    from jupyter_lake import store
    from jupyter_lake.lineage import Run

ROOT = Path(__file__).parents[2]


def write_notebook(path: Path, sources: dict[str, str]) -> Path:
    cells = [
        {
            "cell_type": "code",
            "id": cell_id,
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for cell_id, source in sources.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook))
    return path


@pytest.fixture
def weekly(lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that reads and publishes."""
    monkeypatch.setenv("JUPYTER_LAKE_URL", lake.url)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    folder = tmp_path / "work"
    folder.mkdir()
    return write_notebook(
        folder / "weekly.ipynb",
        {
            "begin": (
                "from jupyter_lake import store\n"
                "from jupyter_lake.lineage import Recorder\n"
                "recorder = Recorder(get_ipython()); recorder.start()\n"
                f"lake = store.Lake.open({lake.url!r}); recorder.attach(lake)"
            ),
            "read": "raw = lake.repo('flights').commit('main').read('weather.csv')",
            "twice": "again = raw",
            "publish": (
                "with lake.repo('reports').transaction('main', message='m') as tx:\n"
                "    tx.write('weekly.csv', again)"
            ),
        },
    )


def check(lake: store.Lake, path: Path) -> list[Run]:
    runs = runs_of(lake)
    assert [run.cell_id for run in runs] == ["begin", "read", "twice", "publish"]
    assert {run.notebook for run in runs} == {str(path)}
    provenance = lake.repo("reports").commit("main").provenance or {}
    assert (provenance["notebook"], provenance["cell"]) == (str(path), "publish")
    assert [each["path"] for each in provenance["inputs"]] == ["weather.csv"]
    return runs


@pytest.mark.filterwarnings("ignore")
def test_papermill_with_our_engine(weekly: Path, lake: store.Lake) -> None:
    import papermill
    from papermill.engines import papermill_engines

    papermill_engines.register("jupyter_lake", LakeEngine)
    papermill.execute_notebook(
        str(weekly),
        str(weekly.with_name("out.ipynb")),
        engine_name="jupyter_lake",
        progress_bar=False,
    )
    check(lake, weekly)


def test_papermill_finds_our_engine_by_its_entry_point() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert points["papermill.engine"] == {
        "jupyter_lake": f"{LakeEngine.__module__}:{LakeEngine.__qualname__}"
    }


@pytest.mark.filterwarnings("ignore")
def test_nbclient_with_our_hook(weekly: Path, lake: store.Lake) -> None:
    import nbformat
    from nbclient import NotebookClient

    client = NotebookClient(
        nbformat.read(weekly, as_version=4), resources={"metadata": {"path": str(weekly.parent)}}
    )
    send_cell_ids(client, weekly).execute()
    check(lake, weekly)


def test_jupyter_execute_as_it_comes(weekly: Path, lake: store.Lake) -> None:
    subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", str(weekly)],
        check=True,
        capture_output=True,
        cwd=weekly.parent,
    )
    check(lake, weekly)


def test_the_command_line_tells_copies_of_a_notebook_apart_and_the_order_tells_equal_cells(
    weekly: Path, lake: store.Lake
) -> None:
    cells = {cell["id"]: cell["source"] for cell in json.loads(weekly.read_text())["cells"]}
    write_notebook(weekly, cells | {"dup": "x = 1", "between": "y = 1", "dup-too": "x = 1"})
    weekly.with_name("copy.ipynb").write_text(weekly.read_text())
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "notebook"]
    subprocess.run(
        [*command, "--output", "out.ipynb", f"{weekly.parent.name}/weekly.ipynb"],
        check=True,
        capture_output=True,
        cwd=weekly.parent.parent,
    )
    runs = runs_of(lake)
    assert [run.cell_id for run in runs] == [*cells, "dup", "between", "dup-too"]
    assert {run.notebook for run in runs} == {str(weekly)}


def test_a_script_that_ipython_runs_is_one_run_that_ends(weekly: Path, lake: store.Lake) -> None:
    cells = json.loads(weekly.read_text())["cells"]
    script = weekly.with_name("weekly.ipy")
    script.write_text("\n".join(cell["source"] for cell in cells))
    subprocess.run(
        [sys.executable, "-m", "IPython", "--quick", script.name],
        check=True,
        capture_output=True,
        cwd=weekly.parent,
    )
    (run,) = runs_of(lake)
    assert (run.notebook, run.status, run.source) == (str(script), "ok", script.read_text())
    assert [write.path for write in run.writes] == ["weekly.csv"]
    provenance = lake.repo("reports").commit("main").provenance or {}
    assert [each["path"] for each in provenance["inputs"]] == ["weather.csv"]


def test_a_plain_ipython_terminal(weekly: Path, lake: store.Lake) -> None:
    cells = json.loads(weekly.read_text())["cells"]
    script = "\n\n".join(cell["source"] for cell in cells) + "\n\n"
    subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--quick"],
        input=script,
        text=True,
        check=True,
        capture_output=True,
        cwd=weekly.parent,
    )
    runs = runs_of(lake)
    assert {run.notebook for run in runs} == {"terminal"}
    assert {run.cell_id for run in runs} == {None}
    provenance = lake.repo("reports").commit("main").provenance or {}
    assert [each["path"] for each in provenance["inputs"]] == ["weather.csv"]


def test_a_jupyter_server_names_the_notebook_and_the_front_end_the_cell(
    lake: store.Lake, tmp_path: Path
) -> None:
    with running(tmp_path, lake.url, notebook="named.ipynb") as kernel:
        kernel.ok("x = 1", "a-cell")
        run = next(run for run in runs_of(lake) if run.source == "x = 1")
        assert (run.notebook, run.cell_id) == (str(tmp_path / "named.ipynb"), "a-cell")


def test_an_executor_that_sends_no_cell_id_is_helped_by_the_notebook_file(
    open_notebook: Callable[..., Notebook], lake: store.Lake, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", {"one": "x = 1", "two": "y = 2", "too": "y = 2"})
    notebook = open_notebook(str(path))
    for source in ("x = 1", "y = 2", "z = 3"):
        notebook.shell.run_cell(source, store_history=True).raise_error()
    assert [run.cell_id for run in runs_of(lake)] == ["one", None, None]


def test_vs_codes_variable_and_cell_uri() -> None:
    assert notebook_path({"__vsc_ipynb_file__": "/home/ana/a.ipynb"}, kernel=True) == (
        "/home/ana/a.ipynb"
    )
    assert vs_code_cell("vscode-notebook-cell:/home/ana/a.ipynb#W0sZmlsZQ%3D%3D") == "W0sZmlsZQ=="
    assert vs_code_cell("3f9c2a41") is None


def test_a_cell_in_vs_code_has_the_id_that_the_file_has(
    open_notebook: Callable[..., Notebook], lake: store.Lake, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path / "n.ipynb", {"one": "x = 1", "two": "y = 2"})
    notebook = open_notebook(str(path))
    uri = f"vscode-notebook-cell:{path}#W0sZmlsZQ%3D%3D"
    notebook.ok("x = 1", uri)
    notebook.ok("not_saved_yet = 2", uri)
    assert [run.cell_id for run in runs_of(lake)] == ["one", "W0sZmlsZQ=="]


def test_a_notebook_renamed_while_its_kernel_runs_has_its_new_name(
    open_notebook: Callable[..., Notebook],
    lake: store.Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whereabouts, "LOOK_SECONDS", 0.0)
    path = write_notebook(tmp_path / "old.ipynb", {"one": "x = 1", "two": "y = 2"})
    write_notebook(tmp_path / "other.ipynb", {"three": "z = 3"})
    notebook = open_notebook(str(path))
    notebook.ok("x = 1", "one")
    path.rename(new := tmp_path / "new.ipynb")
    for cell_id in ("one", "two", "not saved yet"):
        notebook.ok("x = 1", cell_id)
    names = [run.notebook for run in runs_of(lake)]
    assert names == [str(path), str(new), str(new), str(new)]


def test_two_notebooks_on_one_kernel_are_told_apart_by_their_cells(
    open_notebook: Callable[..., Notebook],
    lake: store.Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whereabouts, "LOOK_SECONDS", 0.0)
    path = write_notebook(tmp_path / "a.ipynb", {"one": "x = 1"})
    other = write_notebook(tmp_path / "b.ipynb", {"two": "y = x"})
    notebook = open_notebook(str(path))
    notebook.ok("x = 1", "one")
    notebook.ok("y = x", "two")
    first, second = runs_of(lake)
    assert (first.notebook, second.notebook) == (str(path), str(other))
    assert [edge.run_id for edge in second.upstream] == [first.run_id]


def test_papermills_own_parameter_names_the_notebook_too() -> None:
    assert notebook_path({"PAPERMILL_INPUT_PATH": "in.ipynb"}, kernel=True) == "in.ipynb"


def test_a_kernel_that_nobody_told_has_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_path({}, kernel=True) is None
    assert notebook_path({}, kernel=False) == "terminal"
    assert notebook_path({"__file__": "/home/ana/a.ipy"}, kernel=False) == "/home/ana/a.ipy"


def test_of_two_notebooks_with_the_same_cell_none_is_guessed(tmp_path: Path) -> None:
    write_notebook(tmp_path / "a.ipynb", {"one": "x = 1", "own": "y = 1"})
    write_notebook(tmp_path / "b.ipynb", {"one": "x = 1"})
    (tmp_path / "broken.ipynb").write_text("{")
    assert notebook_by_source(tmp_path, "x = 1") is None
    assert notebook_by_source(tmp_path, "y = 1") == str(tmp_path / "a.ipynb")
    assert notebook_by_source(tmp_path, "z = 1") is None
