"""``jupyter lake demo``: a lake to try things on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["demo"]

HELP = """\
usage: {prefix} demo [FOLDER] [--no-browser and other options of jupyter lab]

Make a lake with a year of flights and a notebook in FOLDER (lake-demo), and
open JupyterLab in front of both.

examples:
  {prefix} demo
  {prefix} demo ~/flights --port=8889"""


def demo(words: Sequence[str], *, prefix: str) -> int:
    """Set the demo up and serve it; return the exit status of JupyterLab.

    Raises
    ------
    LakeError
        If the lake can't be made or the data is not installed.
    """
    if "-h" in words or "--help" in words:
        print(HELP.format(prefix=prefix))
        return 0
    from jupyter_lake.demo import run

    named = [word for word in words[:1] if not word.startswith("-")]
    return run(Path(named[0] if named else "lake-demo"), lab_options=words[len(named) :])
