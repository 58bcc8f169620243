"""A versioned data lake in a folder or a bucket, from the notebook.

>>> import jupyter_lake
>>> lake = jupyter_lake.open("s3://acme/lake")            # doctest: +SKIP
>>> lake.sql("SELECT count(*) FROM sales.orders").df()    # doctest: +SKIP

In IPython, ``%load_ext jupyter_lake`` brings the ``%lake`` magics.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_lake import errors
from jupyter_lake.addresses import Address, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_lake.lake import Commit, Lake

__version__ = "0.1.0"

__all__ = [
    "Address",
    "Commit",
    "Lake",
    "Ref",
    "__version__",
    "errors",
    "load_ipython_extension",
    "open",
    "unload_ipython_extension",
]


def open(  # noqa: A001  jupyter_lake.open reads as it should
    url: str | None = None,
    *,
    create: bool = False,
    storage_options: Mapping[str, object] | None = None,
) -> Lake:
    """Open the lake at `url`, a folder or a bucket prefix.

    Parameters
    ----------
    url
        A path or an fsspec URL such as ``s3://bucket/prefix``. Without one,
        ``JUPYTER_LAKE_URL``, else ``lake`` in the user's Jupyter data folder.
    create
        Make the lake where there is none.
    storage_options
        What fsspec's filesystem for that URL takes; ``AWS_*`` and profiles work.

    Raises
    ------
    LakeNotFoundError, NotALakeError, AccessDeniedError, UnreachableError
    """
    from jupyter_lake.lake import Lake

    lake = Lake.open(url, create=create, storage_options=storage_options)
    if "jupyter_lake.notebook" in sys.modules:
        from jupyter_lake.notebook import adopt

        return adopt(lake)
    return lake


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the ``%lake`` magics: what ``%load_ext jupyter_lake`` calls."""
    from jupyter_lake.notebook import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics away again: what ``%unload_ext jupyter_lake`` calls."""
    from jupyter_lake.notebook import unload

    unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-lake"}]


def __getattr__(name: str) -> Any:
    # The classes are there to be named in annotations; importing them is not free.
    if name in ("Lake", "Commit"):
        from jupyter_lake import lake

        return getattr(lake, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
