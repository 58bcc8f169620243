"""Running a verb: what goes wrong outside of the lake gets two lines as well."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError

if TYPE_CHECKING:
    from jupyter_lake.verbs.registry import Verb
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["run"]


def run(verb: Verb, workspace: Workspace, options: argparse.Namespace) -> object:
    """Return what the verb answers.

    Raises
    ------
    LakeError
        Also for a local file that can't be read or written.
    """
    try:
        return verb.run(workspace, options)
    except BrokenPipeError:
        raise
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error) or type(error).__name__
        raise LakeError(
            f"{place}{reason}.",
            hint=f"This is what the system answered to {verb.name!r}; see to it and try again.",
            kind="system",
        ) from error
