"""What a verb is, and the list of all of them.

A verb is one function ``(workspace, options) -> output`` with its arguments
declared beside it. The magics, the terminal, their help and their completion
are all read from here.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jupyter_lake.verbs.workspace import Workspace

__all__ = [
    "GROUPS",
    "VERBS",
    "Argument",
    "Completes",
    "Verb",
    "argument",
    "verb",
]

Completes = Literal["", "address", "repo", "variable", "file", "verb"]
Front = Literal["notebook", "terminal"]

GROUPS = {
    "look": "Look around",
    "ask": "Ask and publish",
    "change": "Change",
    "trace": "Trace",
    "keep": "Keep in order",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a verb: argparse's settings, and what completes it."""

    names: tuple[str, ...]
    completes: Completes
    settings: Mapping[str, object]

    @property
    def is_flag(self) -> bool:
        """Whether it is written with dashes."""
        return self.names[0].startswith("-")

    @property
    def takes_value(self) -> bool:
        """Whether a word follows the flag."""
        return self.is_flag and "action" not in self.settings


def argument(*names: str, completes: Completes = "", **settings: object) -> Argument:
    """Declare an argument as `argparse.ArgumentParser.add_argument` takes it."""
    return Argument(names, completes, settings)


Run = Callable[["Workspace", argparse.Namespace], object]
"""Returns an `Output`, or what a layer below shows of itself: a query's result, a graph."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its name, its arguments, what it does.

    `raw` names the argument that takes the rest of a magic's line as it
    stands, as SQL must be.
    """

    name: str
    run: Run
    group: str
    examples: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    raw: str = ""
    fronts: frozenset[str] = field(default=frozenset({"notebook", "terminal"}))

    @property
    def description(self) -> str:
        """What `-h` says above the arguments."""
        return inspect.getdoc(self.run) or ""

    @property
    def summary(self) -> str:
        """The description's first line."""
        return self.description.partition("\n")[0]


class _Verbs(Mapping[str, Verb]):
    """All verbs by name, in the order they were declared."""

    def __init__(self) -> None:
        self._verbs: dict[str, Verb] = {}

    def __getitem__(self, name: str) -> Verb:
        return self._verbs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._verbs)

    def __len__(self) -> int:
        return len(self._verbs)

    def add(self, new: Verb) -> None:
        """Add a verb; the last of a name holds."""
        self._verbs[new.name] = new


VERBS = _Verbs()


def verb(
    name: str,
    *arguments: Argument,
    group: str,
    examples: tuple[str, ...],
    raw: str = "",
    fronts: tuple[Front, ...] = ("notebook", "terminal"),
) -> Callable[[Run], Run]:
    """Make the decorated function the verb `name`; its docstring is the help."""

    def register(run: Run) -> Run:
        VERBS.add(Verb(name, run, group, examples, arguments, raw, frozenset(fronts)))
        return run

    return register
