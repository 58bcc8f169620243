"""Files in a commit: list them, bring them in and out, take them away."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, id_cell, number, quantity, size
from jupyter_lake.verbs.output import Block, Line, Note, Output, Table
from jupyter_lake.verbs.places import place
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Entry, Folder
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Listed", "Listing", "ls"]

SHOWN = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A file, or a folder with what lies under it."""

    name: str
    path: str
    files: int | None
    rows: int | None
    bytes: int
    location: str | None = None

    @property
    def is_folder(self) -> bool:
        """Whether files lie under it."""
        return self.files is not None

    def to_dict(self) -> dict[str, object]:
        """Return the item as JSON holds it."""
        return {
            "path": self.path,
            "type": "folder" if self.is_folder else "file",
            "files": self.files,
            "rows": self.rows,
            "bytes": self.bytes,
            "location": self.location,
        }

    def row(self) -> tuple[Cell | str, ...]:
        """Return the item as a row of a table."""
        name = f"{self.name}/" if self.is_folder else self.name
        note = f"→ {self.location}" if self.location else ""
        if self.files is not None:
            note = quantity(self.files, "file")
        return (
            Cell(name, tip=self.path, style="strong" if self.is_folder else ""),
            number(self.rows),
            size(self.bytes),
            Cell(note, style="muted"),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Listing(Output):
    """What lies at a path of a commit."""

    address: str
    commit: str
    items: tuple[Listed, ...]
    next_step: str = ""

    def blocks(self) -> Sequence[Block]:
        """Return the address and commit, then a table of what is there."""
        title = Line((Cell(self.address, style="strong"), "at", id_cell(self.commit)))
        if not self.items:
            return [title, Note(self.next_step)]
        table = Table(("name", "rows", "size", ""), tuple(i.row() for i in self.items[:SHOWN]))
        hidden = len(self.items) - SHOWN
        return [title, table, *([Note(f"... and {hidden:,} more.")] if hidden > 0 else [])]

    def to_dict(self) -> dict[str, object]:
        """Return the items with the commit they are of."""
        return {
            "address": self.address,
            "commit": self.commit,
            "items": [item.to_dict() for item in self.items],
        }


@verb(
    "ls",
    argument("address", metavar="A", nargs="?", completes="address", help="repo[@ref][/path]"),
    group="look",
    examples=("ls sales", "ls sales@main~3/orders"),
)
def ls(workspace: Workspace, options: argparse.Namespace) -> Listing:
    """List files and folders at a commit, with rows and sizes."""
    at = place(workspace, options.address)
    found = at.commit.ls(at.path)
    items = tuple(_listed(item, at.path) for item in found)
    empty = (
        f"The repo is empty. Put a file in: {workspace.command(f'put FILE {at.repo.name} -m MSG')}"
    )
    return Listing(str(at.address), at.commit.id, items, empty)


def _listed(item: Entry | Folder, parent: str) -> Listed:
    from jupyter_lake.store import Folder

    name = item.path.rstrip("/").removeprefix(f"{parent}/" if parent else "")
    if isinstance(item, Folder):
        return Listed(name, item.path, item.files, None, item.bytes)
    return Listed(name, item.path, None, item.rows, item.size, item.location)
