"""Set the demo up in a folder and open JupyterLab in front of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

from jupyter_lake import config
from jupyter_lake.demo.appearance import write_app_settings
from jupyter_lake.demo.flights import fill
from jupyter_lake.demo.workspace import write_workspace
from jupyter_lake.store import Lake

__all__ = ["NOTEBOOK", "prepare", "run"]

NOTEBOOK = "delays.ipynb"


def prepare(folder: Path, *, progress: Callable[[str], None] = lambda _: None) -> str:
    """Make the demo's lake and put its notebook into `folder`; return the lake's URL.

    The lake is ``JUPYTER_LAKE_URL`` where that is set, so that the same tour
    runs on a bucket, else ``lake`` in the folder. A notebook that is there
    already is somebody's work and stays.

    Raises
    ------
    LakeError
        If the lake can't be made or the data is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("JUPYTER_LAKE_URL") or str(folder.resolve() / "lake")
    lake = Lake.open(url, create=True, storage_options=config.storage_options())
    fill(lake, progress=progress)
    notebook = folder / NOTEBOOK
    if not notebook.exists():
        packed = resources.files("jupyter_lake.demo") / NOTEBOOK
        with resources.as_file(packed) as source:
            shutil.copyfile(source, notebook)
    return url


def run(folder: Path, *, lab_options: Sequence[str] = ()) -> int:
    """Prepare the demo and serve it in JupyterLab until that is stopped.

    Parameters
    ----------
    folder
        Where the notebook and, unless ``JUPYTER_LAKE_URL`` says else, the lake go.
    lab_options
        Passed on to ``jupyter lab``, such as ``--no-browser`` or ``--port=8889``.

    Returns
    -------
    The exit status of JupyterLab.
    """
    url = prepare(folder, progress=lambda line: print(f"  {line}", flush=True))  # noqa: T201
    print(f"The lake: {url}\nOpening JupyterLab ...", flush=True)  # noqa: T201
    own = folder.resolve() / ".jupyter"
    write_workspace(own / "workspaces", notebook=NOTEBOOK)
    write_app_settings(own / "settings")
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.workspaces_dir={own / 'workspaces'}",
        f"--LabApp.app_settings_dir={own / 'settings'}",
        "--LabApp.default_url=/lab/workspaces/lake-demo",
        *(["--allow-root"] if _is_root() else []),
        *lab_options,
    ]
    try:
        return subprocess.call(command, env=os.environ | {"JUPYTER_LAKE_URL": url})
    except KeyboardInterrupt:
        return 0


def _is_root() -> bool:
    """Whether this is root, as in most containers, whom Jupyter turns away unless told not to."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
