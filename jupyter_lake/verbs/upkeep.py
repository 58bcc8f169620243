"""Keep a lake in order: gc clears what nothing reaches, fsck reads everything back."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, number, quantity, size
from jupyter_lake.verbs.output import Block, Line, Note, Output, Table
from jupyter_lake.verbs.places import repo_only
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Cleared", "gc"]


@dataclass(frozen=True, slots=True, repr=False)
class Cleared(Output):
    """What a collection deleted, or would delete: objects and bytes by kind."""

    subject: str
    dry_run: bool
    deleted: Mapping[str, int]
    freed: Mapping[str, int]
    kept: int
    young: int

    def blocks(self) -> Sequence[Block]:
        """Return a total, then a row for each kind."""
        verb = "Would delete" if self.dry_run else "Deleted"
        total = quantity(sum(self.deleted.values()), "object")
        freed = size(sum(self.freed.values()))
        title = Line((f"{verb} {total} of", Cell(self.subject, style="strong"), freed))
        rows = tuple(
            (kind, number(amount), size(self.freed.get(kind, 0)))
            for kind, amount in self.deleted.items()
            if amount
        )
        kept = f"{quantity(self.kept, 'object')} in use"
        young = f", {quantity(self.young, 'object')} too young to judge" if self.young else ""
        table = [Table(("kind", "objects", "size"), rows)] if rows else []
        return [title, *table, Note(f"Kept: {kept}{young}.")]

    def to_dict(self) -> dict[str, object]:
        """Return the counts."""
        return {
            "subject": self.subject,
            "dry_run": self.dry_run,
            "deleted": dict(self.deleted),
            "freed": dict(self.freed),
            "kept": self.kept,
            "young": self.young,
        }


@verb(
    "gc",
    argument("repo", metavar="R", nargs="?", completes="repo", help="one repo; else all"),
    argument("--dry-run", action="store_true", help="only say what would be deleted"),
    argument("--days", type=int, metavar="N", help="how long undone work is kept (30)"),
    group="keep",
    examples=("gc --dry-run", "gc sales --days 90"),
)
def gc(workspace: Workspace, options: argparse.Namespace) -> Cleared:
    """Clear away what no branch, tag or recent log entry leads to.

    It is safe beside running commits: what is young stays.
    """
    from jupyter_lake.store.gc import RETENTION, gc

    repo = repo_only(workspace, options.repo) if options.repo else None
    report = gc(
        workspace.lake,
        repo=repo.name if repo else None,
        retention=RETENTION if options.days is None else timedelta(days=options.days),
        dry_run=options.dry_run,
    )
    return Cleared(
        repo.name if repo else workspace.lake.url,
        report.dry_run,
        report.deleted,
        report.freed,
        report.kept,
        report.young,
    )
