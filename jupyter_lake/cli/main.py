"""The command: read the words, run the verb, print its answer.

An error is two lines on the standard error; the exit status is 2 for a
command that is not understood and 1 for one that failed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from jupyter_lake.cli.options import take_global_options
from jupyter_lake.errors import LakeError
from jupyter_lake.verbs import HelpAsked, Output, UsageError, Workspace, parse_words, run
from jupyter_lake.verbs.querying import Rows

__all__ = ["main"]

PREFIX = "jupyter lake"


def main(words: Sequence[str] | None = None) -> int:
    """Run ``jupyter lake`` with these words, else the process's arguments.

    Returns
    -------
    The exit status.
    """
    words = sys.argv[1:] if words is None else list(words)
    try:
        return _run(words)
    except LakeError as error:
        # What lies below speaks of the magic, which most people use.
        print("\n".join(error.lines()).replace("%lake", PREFIX), file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever reads has enough, as in `| head`; keep Python from saying so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(words: Sequence[str]) -> int:
    options, words = take_global_options(words, prefix=PREFIX)
    if words[:1] == ["demo"]:
        from jupyter_lake.cli.demo import demo

        return demo(words[1:], prefix=PREFIX)
    try:
        verb, arguments = parse_words(words, prefix=PREFIX)
    except HelpAsked as asked:
        print(asked.page)
        return 0
    workspace = Workspace(prefix=PREFIX, front="terminal", url=options.lake)
    if options.json and verb.name == "sql":
        arguments.format = arguments.format or "json"
    answer = run(verb, workspace, arguments)
    _print(answer, as_json=options.json and verb.name != "sql")
    return answer.exit_status if isinstance(answer, Output) else 0


def _print(answer: object, *, as_json: bool) -> None:
    to_dict = getattr(answer, "to_dict", None)
    if isinstance(answer, Rows):
        for line in answer.lines():
            print(line)
    elif as_json and to_dict is not None:
        print(json.dumps(to_dict(), indent=2, default=str))
    else:
        print(repr(answer))
    sys.stdout.flush()
