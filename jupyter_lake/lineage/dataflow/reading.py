"""What a cell's source says it loads, stores and hands to engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

__all__ = ["Level", "Reading", "Use"]


class Level(IntEnum):
    """How far a use of a name goes."""

    MENTION = 0
    """Bound to another name or put into a container: nothing of it runs."""
    ATTRIBUTE = 1
    """An attribute or an item of it is taken: methods of those names may run."""
    SHOWN = 2
    """Printed, compared, tested: methods of its class may run, but it is not called."""
    ITERATED = 3
    """Walked over: a generator runs, what a container holds does not."""
    CALL = 4
    """Called, and the result only kept: what it returns does not run yet."""
    RUN = 5
    """Anything may be done with it, and with what it returns."""


@dataclass(slots=True)
class Use:
    """How a cell, or a function that it runs, uses one name.

    Attributes
    ----------
    level
        The furthest of its uses.
    certain
        Whether some use stands outside every branch.
    after
        Names that the cell has surely stored before every use that runs code.
    """

    level: Level
    certain: bool
    after: frozenset[str]

    def merge(self, other: Use) -> bool:
        """Widen this use by another; tell whether that changed anything."""
        level = max(self.level, other.level)
        certain = self.certain or other.certain
        after = self.after & other.after
        changed = (level, certain, after) != (self.level, self.certain, self.after)
        self.level, self.certain, self.after = level, certain, after
        return changed


@dataclass(slots=True)
class Reading:
    """The account of one source, filled by ``syntax.Reader``.

    Attributes
    ----------
    uses
        Names looked up in the notebook's namespace before the cell has surely stored them.
    inner
        Names looked up inside the cell's own functions.
    sure
        Names surely stored, and still there, when the source ends without an error.
    early
        Names stored before anything could fail.
    stores
        Names that may be stored.
    attributes, strings
        Attribute names and string constants of all that runs: they tell which methods do.
    called
        Names of the methods that the cell's own text calls.
    tables_written
        SQL tables that a statement of the cell creates or changes.
    star_imports
        Modules whose names are all imported; a use's ``after`` has them as ``*module``.
    imports
        Modules imported, and names imported from modules as ``module.name``.
    patches, library_patches
        Attribute names set on anything; those set on a library's class or module.
    files_written, files_read
        Last parts of the paths that some call may write to; those that a shell command names.
    places_written
        Texts handed to calls that write files: they may be paths of folders.
    reloads
        Modules that are loaded again.
    dynamic
        Whether names are looked up by strings (``globals()[...]``).
    hands_namespace
        Whether the namespace is handed to some function (``render(globals())``).
    asks_sql
        Whether a statement of SQL runs.
    seeds
        Whether a library's own random state is set.
    runs_shell, shell_words
        Whether commands run outside of Python; the words of their texts.
    """

    uses: dict[str, Use] = field(default_factory=dict)
    inner: set[str] = field(default_factory=set)
    sure: frozenset[str] = frozenset()
    early: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    tables_written: set[str] = field(default_factory=set)
    star_imports: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    patches: set[str] = field(default_factory=set)
    library_patches: set[str] = field(default_factory=set)
    files_written: set[str] = field(default_factory=set)
    places_written: set[str] = field(default_factory=set)
    files_read: set[str] = field(default_factory=set)
    reloads: set[str] = field(default_factory=set)
    dynamic: bool = False
    hands_namespace: bool = False
    asks_sql: bool = False
    seeds: bool = False
    runs_shell: bool = False
    shell_words: set[str] = field(default_factory=set)
    tree: ast.Module | None = None
