"""Where a cell stands: which notebook, which cell, whoever runs the kernel."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["NOTEBOOK_VARIABLE", "cell_in", "clean_cell_id", "notebook_by_source", "notebook_path"]

NOTEBOOK_VARIABLE = "JUPYTER_LAKE_NOTEBOOK"
"""The environment variable in which our headless engines name the notebook."""

MANY_NOTEBOOKS = 200
LARGE_NOTEBOOK = 20 * 2**20

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
        False in a plain IPython terminal, whose "notebook" is ``terminal``.

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
        return TERMINAL
    return os.environ.get("JPY_SESSION_NAME") or None


def clean_cell_id(cell_id: object) -> str | None:
    """Return a cell's id as the notebook file has it.

    VS Code sends a URI whose fragment is the cell:
    ``vscode-notebook-cell:/home/ana/a.ipynb#W0sZmlsZQ%3D%3D``.
    """
    if not isinstance(cell_id, str) or not cell_id:
        return None
    if cell_id.startswith("vscode-notebook-cell:"):
        return unquote(urlsplit(cell_id).fragment) or None
    return cell_id


def notebook_by_source(folder: Path, source: str) -> tuple[str, str | None] | None:
    """Find the one notebook of a folder that has a cell with this source, and the cell's id.

    For kernels that nobody told which notebook they serve (``jupyter execute``):
    they run in the notebook's folder. None if no notebook has such a cell, or several have.
    """
    if not source.strip():
        return None
    found = []
    for path in _notebooks(folder):
        known, cell_id = cell_in(path, source)
        if known:
            found.append((str(path), cell_id))
    return found[0] if len(found) == 1 else None


def cell_in(path: Path | str, source: str) -> tuple[bool, str | None]:
    """Say whether a notebook has a code cell with this source, and its id if just one has it."""
    try:
        cells = _cells(str(path), Path(path).stat().st_mtime_ns)
    except OSError:
        return False, None
    ids = cells.get(source.strip(), ())
    return bool(ids), ids[0] if len(ids) == 1 else None


def _notebooks(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.glob("*.ipynb"))
        small = [path for path in paths if path.stat().st_size < LARGE_NOTEBOOK]
    except OSError:
        return []
    return small[:MANY_NOTEBOOKS]


@lru_cache(maxsize=64)
def _cells(path: str, _modified: int) -> dict[str, tuple[str | None, ...]]:
    """Return the ids of a notebook's code cells by source."""
    try:
        notebook = json.loads(Path(path).read_bytes())
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, OSError):
        return {}
    found: dict[str, tuple[str | None, ...]] = {}
    for cell in cells:
        source = "".join(cell.get("source", ())).strip()
        found[source] = (*found.get(source, ()), cell.get("id"))
    return found
