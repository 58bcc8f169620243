"""Notebooks without a front end: sending the cell's id, which nobody else does there.

papermill: ``papermill --engine jupyter_lake in.ipynb out.ipynb``.
nbclient: ``send_cell_ids(client, path)`` before ``client.execute()``.
``jupyter execute`` needs nothing: the recorder finds the notebook by its cells.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_lake.lineage.places import NOTEBOOK_VARIABLE

if TYPE_CHECKING:
    from nbclient import NotebookClient

__all__ = ["LakeEngine", "add_cell_id", "run_notebook", "send_cell_ids"]


def send_cell_ids(client: NotebookClient, path: Path | str | None = None) -> NotebookClient:
    """Make an nbclient say which cell it runs, and the kernel which notebook it serves.

    Parameters
    ----------
    client
        Of the class `nbclient.NotebookClient` or one made from it; not yet executing.
    path
        The notebook's file.

    Returns
    -------
    NotebookClient
        The same client.
    """
    running: dict[str, str | None] = {"cell": None}
    named = {} if path is None else {NOTEBOOK_VARIABLE: str(Path(path).absolute())}
    start_client = client.async_start_new_kernel_client
    start_kernel = client.async_start_new_kernel
    execute_cell = client.async_execute_cell

    async def start_with_path(**options: Any) -> None:
        environment = dict(options.pop("env", None) or os.environ)
        await start_kernel(env=environment | named, **options)

    async def start_and_listen() -> Any:
        kernel_client = await start_client()
        add_cell_id(kernel_client.session, lambda: running["cell"])
        return kernel_client

    async def execute(cell: Any, cell_index: int, *args: Any, **options: Any) -> Any:
        running["cell"] = cell.get("id")
        return await execute_cell(cell, cell_index, *args, **options)

    from jupyter_core.utils import run_sync

    # The sync methods were bound to the original async ones when the class was made.
    methods: dict[str, Callable[..., Awaitable[Any]]] = {
        "start_new_kernel": start_with_path,
        "start_new_kernel_client": start_and_listen,
        "execute_cell": execute,
    }
    for name, method in methods.items():
        setattr(client, f"async_{name}", method)
        setattr(client, name, run_sync(method))
    return client


def add_cell_id(session: Any, running: Callable[[], str | None]) -> None:
    """Put the cell's id where JupyterLab puts it: into the metadata of a session's requests."""
    make = session.msg

    def with_cell_id(msg_type: str, *args: Any, **options: Any) -> Any:
        message = make(msg_type, *args, **options)
        if msg_type == "execute_request" and (cell := running()):
            message["metadata"]["cellId"] = cell
        return message

    with_cell_id._jupyter_lake = True  # type: ignore[attr-defined]
    session.msg = with_cell_id


def run_notebook(
    notebook: Mapping[str, object], folder: Path, *, path: Path | None = None, timeout: float
) -> str:
    """Run a notebook in a kernel of this Python's; return the error it ended with, or ``""``.

    Parameters
    ----------
    notebook
        In nbformat 4.
    folder
        Where it runs.
    path
        The file that it is, or would be.
    timeout
        How many seconds a cell may take.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    node = nbformat.from_dict(dict(notebook))  # type: ignore[no-untyped-call]
    client = NotebookClient(
        node, timeout=timeout, km=_own_kernel(), resources={"metadata": {"path": str(folder)}}
    )
    try:
        send_cell_ids(client, path).execute(cleanup_kc=True)
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except (TimeoutError, RuntimeError) as error:
        return str(error) or type(error).__name__
    return ""


def _own_kernel() -> Any:
    """Return a manager of kernels that run this very Python, whatever specs are installed."""
    import sys

    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager()
    manager._kernel_spec = KernelSpec(
        argv=[
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "--log-level=ERROR",
            "-f",
            "{connection_file}",
        ],
        display_name="Python 3",
        language="python",
    )
    return manager


class LakeEngine:
    """The engine ``jupyter_lake`` of papermill: its own, saying which cell it runs."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook for papermill; see `papermill.engines.Engine.execute_notebook`."""
        from papermill.engines import NBClientEngine

        path = options.get("input_path")
        with _engine_clients(path):
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel that a notebook asks for."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language that a notebook is written in."""
        from papermill.engines import NBClientEngine

        return str(NBClientEngine.nb_language(nb, language))


@contextlib.contextmanager
def _engine_clients(path: str | None) -> Iterator[None]:
    """Have papermill make clients that send cell ids, as long as its run takes."""
    from papermill import engines

    original = engines.PapermillNotebookClient

    def client(*args: Any, **options: Any) -> Any:
        return send_cell_ids(original(*args, **options), path)

    engines.PapermillNotebookClient = client
    try:
        yield
    finally:
        engines.PapermillNotebookClient = original
