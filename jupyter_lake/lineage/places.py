"""Where a cell stands: which notebook, which cell, whoever runs the kernel.

Told is better than found; what nobody tells is looked up in the notebooks' files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = [
    "NOTEBOOK_VARIABLE",
    "cells_with",
    "home_of_cell",
    "notebook_by_source",
    "notebook_path",
    "vs_code_cell",
]

NOTEBOOK_VARIABLE = "JUPYTER_LAKE_NOTEBOOK"
"""The environment variable in which our headless engines name the notebook."""

MANY_NOTEBOOKS = 200
LARGE_NOTEBOOK = 20 * 2**20
NEIGHBOURS = 8
"""How many notebooks of a folder are looked through for a cell, the last saved first."""

TERMINAL = "terminal"


def notebook_path(namespace: Mapping[str, object], *, kernel: bool) -> str | None:
    """Return the path of the notebook this kernel serves.

    Jupyter's servers say it in ``JPY_SESSION_NAME``, VS Code in a variable,
    our engines for papermill and nbclient in ``JUPYTER_LAKE_NOTEBOOK``,
    papermill in a parameter where it is asked to (``--inject-paths``).

    Parameters
    ----------
    namespace
        The user's variables.
    kernel
        False in plain IPython, whose "notebook" is the script it runs, or ``terminal``.

    Returns
    -------
    str or None
        None in a kernel that nobody told.
    """
    if path := os.environ.get(NOTEBOOK_VARIABLE):
        return path
    for name in ("__vsc_ipynb_file__", "PAPERMILL_INPUT_PATH"):
        told = namespace.get(name)
        if isinstance(told, str) and told:
            return told
    if not kernel:
        script = namespace.get("__file__")
        return os.path.abspath(script) if isinstance(script, str) else TERMINAL
    return os.environ.get("JPY_SESSION_NAME") or None


def vs_code_cell(cell_id: str) -> str | None:
    """Return what VS Code calls a cell: the fragment of its URI; None if it is no such URI.

    As in ``vscode-notebook-cell:/home/ana/a.ipynb#W0sZmlsZQ%3D%3D``. It holds as long as the
    notebook is open there, and is not the id in the file.
    """
    if not cell_id.startswith("vscode-notebook-cell:"):
        return None
    return unquote(urlsplit(cell_id).fragment)


def notebook_by_source(folder: Path, source: str) -> str | None:
    """Find the one notebook that has a cell with this source.

    For kernels that nobody told which notebook they serve (``jupyter execute``, ``nbconvert``,
    plain papermill): it stands on the command line that started them, or lies where they run.
    None if no notebook has such a cell, or several have.
    """
    if not source.strip():
        return None
    for path in _named_by_parent():
        if cells_with(path, source):
            return str(path)
    found = [str(path) for path in _notebooks(folder) if cells_with(path, source)]
    return found[0] if len(found) == 1 else None


def cells_with(path: Path | str, source: str) -> tuple[tuple[int, str | None], ...]:
    """Return the code cells of a notebook with this source: where they stand, and their ids."""
    try:
        return _cells(str(path), Path(path).stat().st_mtime_ns).get(source.strip(), ())
    except OSError:
        return ()


def home_of_cell(notebook: str, cell_id: str) -> str:
    """Return the notebook that a cell lies in: this one, or a neighbour that has the cell instead.

    A notebook may be renamed while its kernel runs, or share the kernel with another.
    """
    path = Path(notebook)
    if _holds(path, cell_id):
        return notebook
    found = [str(each) for each in _last_saved(path.parent) if each != path]
    found = [each for each in found if _holds(Path(each), cell_id)]
    return found[0] if len(found) == 1 else notebook


def _holds(path: Path, cell_id: str) -> bool:
    try:
        return path.stat().st_size < LARGE_NOTEBOOK and f'"{cell_id}"'.encode() in path.read_bytes()
    except OSError:
        return False


def _last_saved(folder: Path) -> list[Path]:
    try:
        return sorted(_notebooks(folder), key=lambda path: -path.stat().st_mtime)[:NEIGHBOURS]
    except OSError:
        return []


def _named_by_parent() -> list[Path]:
    """Return the notebooks on the command line that this kernel was started from."""
    try:
        import psutil  # which every ipykernel brings
    except ImportError:
        return []
    try:
        parent = psutil.Process(os.getppid())
        words, folder = parent.cmdline(), parent.cwd()
    except (OSError, psutil.Error):
        return []
    return [Path(folder, word) for word in words if word.endswith(".ipynb")]


def _notebooks(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.glob("*.ipynb"))
        small = [path for path in paths if path.stat().st_size < LARGE_NOTEBOOK]
    except OSError:
        return []
    return small[:MANY_NOTEBOOKS]


@lru_cache(maxsize=64)
def _cells(path: str, _modified: int) -> dict[str, tuple[tuple[int, str | None], ...]]:
    """Return places and ids of a notebook's code cells by source."""
    try:
        notebook = json.loads(Path(path).read_bytes())
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, OSError):
        return {}
    found: dict[str, tuple[tuple[int, str | None], ...]] = {}
    for position, cell in enumerate(cells):
        source = "".join(cell.get("source", ())).strip()
        found[source] = (*found.get(source, ()), (position, cell.get("id")))
    return found
