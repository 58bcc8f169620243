"""Look round with the mouse; the notebook brings the widgets."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["explore"]


@verb(
    "explore",
    argument("address", metavar="A", nargs="?", completes="address", help="where to begin"),
    group="look",
    examples=("explore", "explore sales@main~2/orders"),
    fronts=("notebook",),
)
def explore(workspace: Workspace, options: argparse.Namespace) -> object:
    """Look round the lake with the mouse: repos, commits, files, first rows.

    It runs wherever ipywidgets do; in JupyterLab the panel shows more.
    """
    if workspace.explorer is None:
        raise InvalidInputError(
            "There are no widgets in this session.", hint="Load them: %load_ext jupyter_lake"
        )
    return workspace.explorer(Address.parse(options.address) if options.address else None)
