"""Loading into a session and leaving it again."""

from __future__ import annotations

import atexit
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.notebook.completion import Completion
from jupyter_lake.notebook.explorer import Explorer
from jupyter_lake.notebook.magics import LakeMagics
from jupyter_lake.notebook.progress import Progress
from jupyter_lake.verbs import Workspace, overview

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_lake.lake import Lake
    from jupyter_lake.lineage import Recorder

__all__ = ["Extension", "adopt", "extension_of", "load", "unload"]

log = logging.getLogger(__name__)

PREFIX = "%lake"
_ATTRIBUTE = "_jupyter_lake"


@dataclass(frozen=True, slots=True)
class Extension:
    """What was put into a session: taken out again by `unload`."""

    workspace: Workspace
    completion: Completion


def extension_of(shell: InteractiveShell) -> Extension | None:
    """Return what was loaded into a session, or None."""
    return getattr(shell, _ATTRIBUTE, None)


def load(shell: InteractiveShell) -> None:
    """Register the magics and their completion, and start recording.

    Loading a second time changes nothing.
    """
    if extension_of(shell) is not None:
        return
    recorder = _started(shell)
    workspace = Workspace(
        prefix=PREFIX, front="notebook", variables=lambda: shell.user_ns, recorder=recorder
    )
    workspace.progress = Progress()
    workspace.explorer = partial(Explorer, workspace)
    LakeMagics.lake.__doc__ = overview(prefix=PREFIX, front="notebook")
    shell.register_magics(LakeMagics(shell, workspace))
    completion = Completion(workspace)
    completion.register(shell)
    setattr(shell, _ATTRIBUTE, Extension(workspace, completion))
    # The magics outlive the variables; DuckDB complains of what is open when Python ends.
    atexit.register(workspace.close)


def _started(shell: InteractiveShell) -> Recorder | None:
    """Start recording; a session without a recorder is better than none."""
    try:
        from jupyter_lake.lineage.recorder import Recorder

        recorder = Recorder(shell)
        recorder.start()
    except Exception as error:
        log.warning("Cells are not recorded in this session: %s", error)
        log.debug("The recorder could not start.", exc_info=True)
        return None
    return recorder


def adopt(lake: Lake) -> Lake:
    """Return what stands in this session for a lake that a cell opened in Python."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    extension = extension_of(shell) if shell is not None else None
    return lake if extension is None else extension.workspace.adopt(lake)


def unload(shell: InteractiveShell) -> None:
    """Take the magics and the completion away and end the recording."""
    extension = extension_of(shell)
    if extension is None:
        return
    if extension.workspace.recorder is not None:
        extension.workspace.recorder.stop()
    extension.completion.unregister(shell)
    for magics in shell.magics_manager.magics.values():
        magics.pop("lake", None)
    magics = shell.magics_manager.registry.pop(LakeMagics.__name__, None)
    shell.configurables[:] = [item for item in shell.configurables if item is not magics]
    atexit.unregister(extension.workspace.close)
    extension.workspace.close()
    delattr(shell, _ATTRIBUTE)
