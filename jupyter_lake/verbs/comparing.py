"""What differs between two commits: files, and with --rows a table's columns and rows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidAddressError
from jupyter_lake.verbs.cells import Cell, short_id
from jupyter_lake.verbs.changes import FileChange, change_blocks, file_changes
from jupyter_lake.verbs.output import Block, Line, Output
from jupyter_lake.verbs.places import place
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.query import RowDiff
    from jupyter_lake.verbs.places import Place
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["FileDiff", "diff"]


@dataclass(frozen=True, slots=True, repr=False)
class FileDiff(Output):
    """The files that differ between two commits of a repo, perhaps under a path."""

    repo: str
    old: str
    new: str
    path: str
    changes: tuple[FileChange, ...]

    def blocks(self) -> Sequence[Block]:
        """Return both commits, then the changes."""
        subject = f"{self.repo}/{self.path}".rstrip("/")
        title = Line(
            (
                Cell(subject, style="strong"),
                "from",
                Cell(short_id(self.old), tip=self.old, style="id"),
                "to",
                Cell(short_id(self.new), tip=self.new, style="id"),
            )
        )
        return [title, *change_blocks(self.changes)]

    def to_dict(self) -> dict[str, object]:
        """Return both commits and the changes."""
        return {
            "repo": self.repo,
            "old": self.old,
            "new": self.new,
            "path": self.path,
            "changes": [change.to_dict() for change in self.changes],
        }


@verb(
    "diff",
    argument("old", metavar="A", completes="address", help="the older state: repo@ref[/path]"),
    argument("new", metavar="B", nargs="?", completes="address", help="the newer; else the head"),
    argument("--rows", action="store_true", help="compare the table's columns and rows"),
    argument("--key", metavar="COL,...", help="with --rows: columns that tell rows apart"),
    group="look",
    examples=(
        "diff sales@main~1 sales@main",
        "diff sales@v1",
        "diff sales@v1/orders sales/orders --rows --key order_id",
    ),
)
def diff(workspace: Workspace, options: argparse.Namespace) -> FileDiff | RowDiff:
    """Say what differs between two commits: files, with their rows and sizes.

    With --rows, for the table at the addresses' path: how its schema differs,
    and which rows were added, removed and changed.
    """
    old = place(workspace, options.old)
    new = place(workspace, options.new or str(Address(old.repo.name, None, old.path)))
    path = _same_path(workspace, old, new)
    if options.rows:
        return _row_diff(workspace, options, old, new, path)
    changes = old.repo.diff(old.commit.id, new.commit.id, path=path)
    return FileDiff(old.repo.name, old.commit.id, new.commit.id, path, file_changes(changes))


def _same_path(workspace: Workspace, old: Place, new: Place) -> str:
    """Return the path that both addresses mean.

    Raises
    ------
    InvalidAddressError
    """
    if old.repo.name != new.repo.name:
        raise InvalidAddressError(
            f"{old.repo.name} and {new.repo.name} are two repos, and have no history in common.",
            hint=f"Compare two commits of one: {workspace.command('diff R@main~1 R@main')}",
        )
    if old.path and new.path and old.path != new.path:
        raise InvalidAddressError(
            f"{old.path!r} and {new.path!r} are two paths.",
            hint="Name the same path in both addresses.",
        )
    return old.path or new.path


def _row_diff(
    workspace: Workspace, options: argparse.Namespace, old: Place, new: Place, path: str
) -> RowDiff:
    if not path:
        raise InvalidAddressError(
            "--rows compares tables, and no path of one was named.",
            hint=f"Write it like: {workspace.command(f'diff {old.address}/TABLE --rows')}",
        )
    from jupyter_lake.query import row_diff

    keys = tuple(key.strip() for key in (options.key or "").split(",") if key.strip())
    return row_diff(old.repo, old.commit.id, new.commit.id, path, key=keys or None)
