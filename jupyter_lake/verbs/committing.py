"""A commit that a verb made, told: what it changed, and how to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, id_cell
from jupyter_lake.verbs.changes import REPORTED, FileChange, change_blocks, file_changes
from jupyter_lake.verbs.output import Block, Line, Note, Output

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Transaction
    from jupyter_lake.verbs.places import BranchPlace
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Committed", "Unchanged", "committed", "new_commit"]


@dataclass(frozen=True, slots=True, repr=False)
class Committed(Output):
    """A commit that was just made, and what it changed."""

    address: str
    commit: str
    message: str
    changes: tuple[FileChange, ...]
    undo: str
    notes: tuple[str, ...] = ()

    def blocks(self) -> Sequence[Block]:
        """Return the commit, its changes, and how to take it back."""
        title = Line(
            ("Committed", id_cell(self.commit), Cell(self.address, style="strong"), self.message)
        )
        return [
            title,
            *change_blocks(self.changes, most=REPORTED),
            *map(Note, self.notes),
            Note(f"Take it back: {self.undo}"),
        ]

    def to_dict(self) -> dict[str, object]:
        """Return the commit with its changes."""
        return {
            "address": self.address,
            "commit": self.commit,
            "message": self.message,
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True, repr=False)
class Unchanged(Output):
    """A change that changed nothing: the branch held that already."""

    address: str
    state: str = "is so already: nothing to commit."
    notes: tuple[str, ...] = ()

    def blocks(self) -> Sequence[Block]:
        """Return one line."""
        return [Line((Cell(self.address, style="strong"), self.state)), *map(Note, self.notes)]

    def to_dict(self) -> dict[str, object]:
        """Return the address, and no commit."""
        return {"address": self.address, "commit": None}


def new_commit(transaction: Transaction) -> Commit | None:
    """Return the commit that a finished transaction made; None if nothing differed."""
    if transaction.base is None:
        return transaction.commit
    return None if transaction.commit.id == transaction.base else transaction.commit


def committed(workspace: Workspace, target: BranchPlace, made: Commit) -> Committed:
    """Tell of a commit that was made on a branch."""
    branch = f"{target.repo.name}@{target.branch}"
    return Committed(
        branch,
        made.id,
        made.message,
        file_changes(made.changes()),
        workspace.command(f"undo {branch}"),
    )
