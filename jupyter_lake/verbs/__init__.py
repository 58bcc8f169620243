"""The verbs: what a person can do with a lake, one function each.

The magics and the terminal are thin fronts over `VERBS`; what a verb answers
is an object that reads well as text, HTML and JSON.
"""

from __future__ import annotations

# Each declares its verbs as it is imported, and a help page lists them in this order.
# isort: off
from jupyter_lake.verbs import where, repos, history, shown, files, comparing, exploring  # noqa: F401
from jupyter_lake.verbs import querying, publishing, tracing, asking, reproducing  # noqa: F401
from jupyter_lake.verbs import changing, transfers, staging, upkeep  # noqa: F401

# isort: on
from jupyter_lake.verbs.output import Output, Text
from jupyter_lake.verbs.parsing import HelpAsked, UsageError, overview, parse_line, parse_words
from jupyter_lake.verbs.registry import VERBS, Argument, Verb, argument, verb
from jupyter_lake.verbs.running import run
from jupyter_lake.verbs.workspace import Workspace

__all__ = [
    "VERBS",
    "Argument",
    "HelpAsked",
    "Output",
    "Text",
    "UsageError",
    "Verb",
    "Workspace",
    "argument",
    "overview",
    "parse_line",
    "parse_words",
    "run",
    "verb",
]
