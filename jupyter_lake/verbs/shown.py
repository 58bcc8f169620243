"""One commit, or one file of it, in full."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.errors import PathNotFoundError
from jupyter_lake.verbs.cells import Cell, exact_time, id_cell, moment, number, short_id, size
from jupyter_lake.verbs.changes import FileChange, change_blocks, file_changes
from jupyter_lake.verbs.history import CommitLine, commit_line
from jupyter_lake.verbs.output import Block, Facts, Line, Output, Table
from jupyter_lake.verbs.places import Place, place
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Entry
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["ShownCommit", "ShownFile", "show", "shown_commit"]


@dataclass(frozen=True, slots=True, repr=False)
class ShownCommit(Output):
    """A commit with what it changed and where that came from."""

    repo: str
    commit: CommitLine
    changes: tuple[FileChange, ...]

    def blocks(self) -> Sequence[Block]:
        """Return message, author, time and parents, the changes, the inputs."""
        commit = self.commit
        address = Cell(f"{self.repo}@{short_id(commit.id)}", tip=commit.id, style="strong")
        parents = ", ".join(short_id(parent) for parent in commit.parents)
        facts: list[tuple[str, Cell | str]] = [
            ("author", commit.author),
            ("time", Cell(f"{exact_time(commit.time)}, {moment(commit.time).text}")),
            ("parents", parents or "none: the first commit"),
        ]
        if commit.provenance and commit.provenance.where:
            facts.append(("made by", commit.provenance.cell_shown()))
        origin = commit.provenance.blocks() if commit.provenance else []
        message = [Line((line,)) for line in commit.message.splitlines()[1:] if line]
        title = Line((address, commit.subject))
        return [title, *message, Facts(tuple(facts)), *change_blocks(self.changes), *origin]

    def to_dict(self) -> dict[str, object]:
        """Return the commit with its changes and inputs."""
        inputs = self.commit.provenance.inputs if self.commit.provenance else ()
        return self.commit.to_dict() | {
            "repo": self.repo,
            "changes": [change.to_dict() for change in self.changes],
            "inputs": [str(item) for item in inputs],
        }


@dataclass(frozen=True, slots=True, repr=False)
class ShownFile(Output):
    """A file of a commit: its size and content's hash, and its columns if it is a table."""

    address: str
    commit: str
    path: str
    size: int
    rows: int | None
    hash: str | None
    location: str | None
    columns: tuple[tuple[str, str, str, str], ...]

    def blocks(self) -> Sequence[Block]:
        """Return the facts, then a row for each column."""
        facts: list[tuple[str, Cell | str]] = [("size", Cell(size(self.size).text))]
        if self.rows is not None:
            facts.append(("rows", number(self.rows).text))
        if self.hash is not None:
            facts.append(("content", Cell(f"{self.hash[:23]}…", tip=self.hash, style="id")))
        if self.location:
            facts.append(("lies at", self.location))
        title = Line((Cell(self.address, style="strong"), "at", id_cell(self.commit)))
        table = Table(
            ("column", "least", "greatest", "nulls"),
            tuple((Cell(row[0], style="strong"), *row[1:]) for row in self.columns),
        )
        return [title, Facts(tuple(facts)), *([table] if self.columns else [])]

    def to_dict(self) -> dict[str, object]:
        """Return the facts as JSON holds them."""
        return {
            "address": self.address,
            "commit": self.commit,
            "path": self.path,
            "size": self.size,
            "rows": self.rows,
            "hash": self.hash,
            "location": self.location,
        }


@verb(
    "show",
    argument("address", metavar="A", nargs="?", completes="address", help="repo[@ref][/path]"),
    group="look",
    examples=("show sales", "show sales@main~2", "show sales/orders/2026-10.parquet"),
)
def show(workspace: Workspace, options: argparse.Namespace) -> ShownCommit | ShownFile:
    """Show a commit: message, author, time, what it changed, what made it.

    With the path of a file, show the file; with a folder, the last commit
    that changed something in it.
    """
    at = place(workspace, options.address)
    if not at.path:
        return shown_commit(at.commit)
    try:
        return _file(at, at.commit.entry(at.path))
    except PathNotFoundError:
        changed = at.repo.log(at.commit.id, path=at.path, limit=1)
        if not changed:
            raise
        return shown_commit(changed[0])


def shown_commit(commit: Commit) -> ShownCommit:
    """Tell of a commit in full."""
    return ShownCommit(commit.repo.name, commit_line(commit), file_changes(commit.changes()))


def _file(at: Place, entry: Entry) -> ShownFile:
    columns = tuple(
        (name, _told(stats.min), _told(stats.max), "" if stats.nulls is None else str(stats.nulls))
        for name, stats in (entry.stats or {}).items()
    )
    return ShownFile(
        str(at.address),
        at.commit.id,
        entry.path,
        entry.size,
        entry.rows,
        entry.hash,
        entry.location,
        columns,
    )


def _told(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
