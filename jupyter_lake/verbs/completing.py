"""What could stand where the cursor is: verbs, flags, addresses, variables, tables.

Looking things up in the lake may take a while, and a person who presses Tab
will not wait: what is not there in time is there at the next press.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.addresses import Ref
from jupyter_lake.verbs.registry import VERBS, Argument, Verb

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Candidate", "Candidates"]

PATIENCE_SECONDS = 1.0
FRESH_SECONDS = 5.0
MOST_TABLES = 8

_LAST_NAME = re.compile(r'("[^"\n]*"?|[\w-]*)(\.("[^"\n]*|\w*))?$')
_TABLE = re.compile(r'("[^"\n]+"|\b\w[\w-]*)\.("[^"\n]+"|\w+)')


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that could stand there, and what it is."""

    text: str
    kind: str


class Candidates:
    """Finds candidates in one workspace; what it looked up serves for some seconds."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._known: dict[tuple[str, str], tuple[float, Future[list[str]]]] = {}

    def in_line(self, line: str) -> tuple[str, list[Candidate]]:
        """Complete a line of ``%lake``, without the magic's name.

        Returns
        -------
        The fragment before the cursor that candidates stand in for, and the
        candidates.
        """
        words = line.split()
        fragment = "" if not words or line[-1].isspace() else words.pop()
        if not words:
            return fragment, _starting(fragment, self._verbs())
        verb = VERBS.get(words[0])
        if verb is None:
            return fragment, []
        if verb.raw and not fragment.startswith("-"):
            return self.in_statement(line)
        return fragment, _starting(fragment, self._arguments(verb, words[1:], fragment))

    def in_statement(self, before: str, *, after: str = "") -> tuple[str, list[Candidate]]:
        """Complete SQL: repos, their tables after a dot, columns, and variables.

        Parameters
        ----------
        before, after
            The statement up to the cursor, and what follows it: columns are those
            of the lake tables that are named on either side.

        Returns
        -------
        As `in_line`.
        """
        match = _LAST_NAME.search(before)
        if match is None or not match.group():
            return "", []
        fragment, first = match.group(), match.group(1)
        columns = self._columns(before[: match.start()] + after)
        if match.group(2) is None:
            named = [Candidate(name, "repo") for name in self._sql_repos(fragment)]
            named += [Candidate(_quoted(name), "column") for name in columns]
            return fragment, _starting(fragment, [*named, *self._variables(tables=True)])
        tables = self._tables(first.strip('"'))
        kind = "table" if tables else "column"  # after an alias
        found = [Candidate(f"{first}.{_quoted(name)}", kind) for name in tables or columns]
        return fragment, _starting(fragment, found)

    # -- what there is -----------------------------------------------------------

    def _verbs(self) -> list[Candidate]:
        front = self.workspace.front
        return [Candidate(verb.name, "verb") for verb in VERBS.values() if front in verb.fronts]

    def _arguments(self, verb: Verb, words: Sequence[str], fragment: str) -> list[Candidate]:
        """Return what the argument at the cursor takes, and flags not used yet."""
        flags = {name: item for item in verb.arguments if item.is_flag for name in item.names}
        before = flags.get(words[-1]) if words else None
        if before is not None and before.takes_value:
            return self._values(before, fragment)
        if fragment.startswith("-"):
            unused = [name for name in (*flags, "--help") if name not in words]
            return [Candidate(name, "flag") for name in unused if name.startswith("--")]
        places = [item for item in verb.arguments if not item.is_flag]
        given = len([word for word in words if not word.startswith("-")])
        given -= sum(word in flags and flags[word].takes_value for word in words)
        return self._values(places[min(given, len(places) - 1)], fragment) if places else []

    def _values(self, argument: Argument, fragment: str) -> list[Candidate]:
        choices = argument.settings.get("choices")
        if isinstance(choices, Iterable):
            return [Candidate(str(choice), "choice") for choice in choices]
        found: dict[str, Callable[[], list[Candidate]]] = {
            "address": lambda: [*self._addresses(fragment), *self._subjects(argument)],
            "repo": lambda: [Candidate(name, "repo") for name in self._repos()],
            "variable": self._variables,
            "file": lambda: _files(fragment),
        }
        return found[argument.completes]() if argument.completes else []

    def _subjects(self, argument: Argument) -> list[Candidate]:
        """Return variables where one may stand for an address."""
        return self._variables() if argument.names[0] == "subject" else []

    def _addresses(self, fragment: str) -> list[Candidate]:
        head, slash, path = fragment.partition("/")
        repo, at, _ = head.partition("@")
        if slash:
            folder = path.rpartition("/")[0]
            return [Candidate(f"{head}/{name}", "path") for name in self._paths(head, folder)]
        if at:
            return [Candidate(f"{repo}@{name}", "ref") for name in self._refs(repo)]
        return [Candidate(name, "repo") for name in self._repos()]

    def _variables(self, *, tables: bool = False) -> list[Candidate]:
        variables = self.workspace.variables()
        return [
            Candidate(name, "variable")
            for name, value in list(variables.items())
            if not name.startswith("_") and _is_data(value, tables=tables)
        ]

    def _repos(self) -> list[str]:
        return self._look("repos", "", lambda: [repo.name for repo in self.workspace.lake.repos()])

    def _refs(self, name: str) -> list[str]:
        return self._look("refs", name, lambda: _ref_names(self.workspace.lake.repo(name)))

    def _paths(self, head: str, folder: str) -> list[str]:
        """Return what lies in a folder, whole paths, folders with a slash at the end."""

        def look() -> list[str]:
            return [
                f"{item.path.rstrip('/')}/" if hasattr(item, "files") else item.path
                for item in self._commit(head).ls(folder)
            ]

        return self._look("paths", f"{head}/{folder}", look)

    def _sql_repos(self, fragment: str) -> list[str]:
        if fragment.startswith('"') and "@" in fragment:
            repo = fragment[1:].partition("@")[0]
            return [f'"{repo}@{ref}"' for ref in self._refs(repo)]
        return [_quoted(name, quote=fragment.startswith('"')) for name in (*self._repos(), "lake")]

    def _tables(self, head: str) -> list[str]:
        if head == "lake":
            return ["runs", "reads", "writes", "edges"]
        if head.partition("@")[0] not in self._repos():
            return []
        paths = self._paths(head, "")
        return [path.rstrip("/").rpartition("/")[2].partition(".")[0] for path in paths]

    def _columns(self, statement: str) -> list[str]:
        """Return the columns of the Parquet tables that a statement names."""
        repos = set(self._repos())
        named = {
            (match.group(1).strip('"'), match.group(2).strip('"'))
            for match in _TABLE.finditer(statement)
        }
        columns: dict[str, None] = {}
        for head, table in sorted(named)[:MOST_TABLES]:
            if head.partition("@")[0] in repos:
                columns |= dict.fromkeys(self._columns_of(head, table))
        return list(columns)

    def _columns_of(self, head: str, table: str) -> list[str]:
        def look() -> list[str]:
            entries = self._commit(head).entries(table)
            stats = next((entry.stats for entry in entries if entry.stats), None)
            return list(stats or ())

        return self._look("columns", f"{head}/{table}", look)

    def _commit(self, head: str) -> Commit:
        """Return the commit of ``repo`` or ``repo@ref``."""
        name, _, ref = head.partition("@")
        pin = self.workspace.pins.get(name)
        return self.workspace.lake.repo(name).commit(Ref.parse(ref) if ref else pin)

    def _look(self, what: str, name: str, look: Callable[[], list[str]]) -> list[str]:
        """Return what `look` finds, if it does so in time; else what was known, or nothing."""
        known = self._known.get((what, name))
        if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
            known = self._known[what, name] = (time.monotonic(), _in_background(look))
        try:
            return known[1].result(timeout=PATIENCE_SECONDS)
        except Exception:  # noqa: BLE001  no lake, no network, no such repo: nothing to offer
            return []


def _in_background(look: Callable[[], list[str]]) -> Future[list[str]]:
    future: Future[list[str]] = Future()

    def run() -> None:
        try:
            with access.quiet():
                future.set_result(look())
        except Exception as error:  # noqa: BLE001  handed to whoever asks
            future.set_exception(error)

    threading.Thread(target=run, name="lake-completion", daemon=True).start()
    return future


def _ref_names(repo: Repo) -> list[str]:
    return [branch.name for branch in repo.branches()] + [tag.name for tag in repo.tags()]


def _starting(fragment: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.text.startswith(fragment):
            seen.setdefault(candidate.text, candidate)
    return list(seen.values())


def _quoted(name: str, *, quote: bool = False) -> str:
    """Return a name as SQL takes it: in quotes where it is not a plain one."""
    return f'"{name}"' if quote or not re.fullmatch(r"[a-z_][a-z0-9_]*", name) else name


def _is_data(value: object, *, tables: bool) -> bool:
    """Whether a variable is something to publish, or to name in SQL."""
    if tables:
        return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__dataframe__")
    return not callable(value) and type(value).__name__ != "module"


def _files(fragment: str) -> list[Candidate]:
    """Return local files that a path could become."""
    folder, slash, _ = fragment.rpartition("/")
    if "://" in fragment:
        return []
    try:
        items = sorted(Path(folder or (slash or ".")).expanduser().iterdir())
    except OSError:
        return []
    return [
        Candidate(f"{folder}{slash}{item.name}{'/' if item.is_dir() else ''}", "file")
        for item in items
        if not item.name.startswith(".")
    ]
