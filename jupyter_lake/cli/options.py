"""What stands before the verb: which lake, and in what form the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_lake.verbs import UsageError

__all__ = ["GlobalOptions", "take_global_options"]


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """``--lake URL`` and ``--json``."""

    lake: str | None = None
    json: bool = False


def take_global_options(words: Sequence[str], *, prefix: str) -> tuple[GlobalOptions, list[str]]:
    """Take the options off the front of a command line; return them and the rest.

    Raises
    ------
    UsageError
    """
    rest, lake, as_json = list(words), None, False
    while rest and rest[0].startswith("--") and rest[0] != "--help":
        flag, equals, value = rest.pop(0).partition("=")
        if flag == "--json" and not equals:
            as_json = True
        elif flag == "--lake" and (equals or rest):
            lake = value if equals else rest.pop(0)
        else:
            raise UsageError(
                f"{flag} is not understood before a verb.",
                hint=f"Usage: {prefix} [--lake URL] [--json] VERB ...",
            )
    return GlobalOptions(lake, as_json), rest
