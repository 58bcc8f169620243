"""What happened: the log, one commit, and who last changed each file."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, id_cell, moment
from jupyter_lake.verbs.changes import counts_cell
from jupyter_lake.verbs.lanes import lanes
from jupyter_lake.verbs.output import Block, Line, Note, Output, Table
from jupyter_lake.verbs.places import place
from jupyter_lake.verbs.provenance import Provenance
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Blamed", "CommitLine", "Log", "blame", "commit_line", "log"]


@dataclass(frozen=True, slots=True)
class CommitLine:
    """One commit of a log."""

    id: str
    parents: tuple[str, ...]
    author: str
    time: datetime
    message: str
    names: tuple[str, ...]
    counts: Mapping[str, int]
    provenance: Provenance | None

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.partition("\n")[0]

    def to_dict(self) -> dict[str, object]:
        """Return the commit as JSON holds it."""
        made_by = self.provenance
        return {
            "id": self.id,
            "parents": list(self.parents),
            "author": self.author,
            "time": self.time.isoformat(),
            "message": self.message,
            "names": list(self.names),
            "files": dict(self.counts),
            "notebook": made_by.notebook if made_by else None,
            "run": made_by.run if made_by else None,
        }


def commit_line(commit: Commit, names: Sequence[str] = ()) -> CommitLine:
    """Take from a commit what a line shows of it."""
    return CommitLine(
        commit.id,
        tuple(commit.parents),
        commit.author,
        commit.time,
        commit.message,
        tuple(names),
        commit.counts,
        Provenance.read(commit.provenance),
    )


@dataclass(frozen=True, slots=True, repr=False)
class Log(Output):
    """Commits, newest first."""

    subject: str
    commits: tuple[CommitLine, ...]
    graph: bool
    of_path: bool
    more: str

    def blocks(self) -> Sequence[Block]:
        """Return a table of the commits, with their graph where asked for."""
        if not self.commits:
            return [Line(("No commit changes", Cell(self.subject, style="strong")))]
        headers: tuple[str, ...] = ("commit", "when", "author", "files", "message", "")
        rows: list[tuple[Cell | str, ...]] = [self._row(commit) for commit in self.commits]
        if self.graph:
            drawn = lanes(self._edges())
            width = max(map(len, drawn))
            headers = ("", *headers)
            rows = [
                (Cell(line.ljust(width), style="graph"), *row)
                for line, row in zip(drawn, rows, strict=True)
            ]
        return [Table(headers, tuple(rows)), *([Note(self.more)] if self.more else [])]

    def _edges(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each commit with its parents; of one path's log, with the next one shown."""
        if not self.of_path:
            return [(commit.id, commit.parents) for commit in self.commits]
        ids = [commit.id for commit in self.commits]
        return [(id, (after,)) for id, after in zip(ids, [*ids[1:], ""], strict=True)]

    def _row(self, commit: CommitLine) -> tuple[Cell | str, ...]:
        names = f"({', '.join(commit.names)}) " if commit.names else ""
        made_by = commit.provenance.cell_shown() if commit.provenance else ""
        return (
            id_cell(commit.id),
            moment(commit.time),
            commit.author,
            counts_cell(commit.counts),
            Cell(names + commit.subject, tip=commit.message),
            made_by,
        )

    def to_dict(self) -> dict[str, object]:
        """Return the commits."""
        return {"subject": self.subject, "commits": [commit.to_dict() for commit in self.commits]}


@verb(
    "log",
    argument("address", metavar="A", nargs="?", completes="address", help="repo[@ref][/path]"),
    argument("-n", dest="limit", type=int, default=20, metavar="N", help="how many; 0 for all"),
    argument("--graph", action="store_true", help="draw branches and merges"),
    group="look",
    examples=("log sales", "log sales@main~10 -n 5", "log sales/orders", "log sales --graph"),
)
def log(workspace: Workspace, options: argparse.Namespace) -> Log:
    """List commits, newest first: who changed what, when and why.

    With a path, only the commits that changed something there.
    """
    at = place(workspace, options.address)
    limit = options.limit if options.limit > 0 else None
    found = at.repo.log(at.commit.id, path=at.path or None, limit=limit + 1 if limit else None)
    shown = found[:limit] if limit else found
    names = _names(at.repo)
    again = workspace.command(f"log {at.address} -n {(limit or 0) * 5}")
    more = f"There are more: {again}" if len(shown) < len(found) else ""
    lines = tuple(commit_line(commit, names.get(commit.id, ())) for commit in shown)
    return Log(str(at.address), lines, options.graph, bool(at.path), more)


def _names(repo: Repo) -> dict[str, list[str]]:
    """Return the branches and tags that stand at each commit."""
    names: dict[str, list[str]] = defaultdict(list)
    for branch in repo.branches():
        names[branch.commit].append(branch.name)
    for tag in repo.tags():
        names[tag.commit].append(tag.name)
    return names


@dataclass(frozen=True, slots=True, repr=False)
class Blamed(Output):
    """For each path the commit that last changed it."""

    subject: str
    lines: tuple[tuple[str, CommitLine], ...]

    def blocks(self) -> Sequence[Block]:
        """Return a table of paths and commits."""
        rows = tuple(
            (
                Cell(path, style="strong"),
                id_cell(commit.id),
                moment(commit.time),
                commit.author,
                Cell(commit.subject, tip=commit.message),
                commit.provenance.cell_shown() if commit.provenance else "",
            )
            for path, commit in self.lines
        )
        return [Table(("path", "commit", "when", "author", "message", ""), rows)]

    def to_dict(self) -> dict[str, object]:
        """Return each path with its commit."""
        return {
            "subject": self.subject,
            "lines": [{"path": path, "commit": commit.to_dict()} for path, commit in self.lines],
        }


@verb(
    "blame",
    argument("address", metavar="A", completes="address", help="repo[@ref][/path]"),
    group="look",
    examples=("blame sales/orders", "blame sales@v1/orders/2026-10.parquet"),
)
def blame(workspace: Workspace, options: argparse.Namespace) -> Blamed:
    """Say for each file which commit, author and notebook cell last changed it."""
    at = place(workspace, options.address)
    found = at.repo.blame(at.commit.id, at.path)
    return Blamed(str(at.address), tuple((item.path, commit_line(item.commit)) for item in found))
