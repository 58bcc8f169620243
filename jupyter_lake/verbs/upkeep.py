"""Keep a lake in order: gc clears what nothing reaches, fsck reads everything back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_lake.verbs.cells import Cell, count, number, quantity, size
from jupyter_lake.verbs.output import Block, Facts, Line, Note, Output, Table
from jupyter_lake.verbs.places import repo_only
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Damage, FsckReport
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Checked", "Cleared", "fsck", "gc"]


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
        count = sum(self.deleted.values())
        what = (
            f"{quantity(count, 'object')}, {size(sum(self.freed.values()))},"
            if count
            else "nothing"
        )
        title = Line((f"{verb} {what} of", Cell(self.subject, style="strong")))
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


@dataclass(frozen=True, slots=True, repr=False)
class Checked(Output):
    """What a check has found, told for a person."""

    subject: str
    report: FsckReport

    @property
    def exit_status(self) -> int:  # type: ignore[override]
        """1 if anything is wrong."""
        return self.report.exit_code

    def blocks(self) -> Sequence[Block]:
        """Return a verdict, then for each damage what is lost and what mends it."""
        report = self.report
        if report.clean:
            verdict = Cell("is in order.", style="added")
        else:
            verdict = Cell(f"is damaged: {count(report.damages, 'finding')}.", style="removed")
        damages = [block for damage in report.damages for block in _damage(damage)]
        return [Line((Cell(self.subject, style="strong"), verdict)), *damages, *self._notes()]

    def _notes(self) -> Iterator[Note]:
        report = self.report
        objects = quantity(sum(report.checked.values()), "object")
        read = f"{objects} read back" if report.deep else f"{objects} looked at"
        yield Note(f"{read}, {size(report.bytes).text} against their hashes.")
        if report.external:
            yield Note(f"{quantity(report.external, 'imported file')} outside the lake: not read.")
        if report.unreachable:
            loose = quantity(report.unreachable, "object")
            yield Note(f"Nothing leads to {loose}; gc clears them away in time.")

    def to_dict(self) -> dict[str, object]:
        """Return the report."""
        return {"subject": self.subject, **self.report.to_dict()}


def _damage(damage: Damage) -> Iterator[Block]:
    kind = Cell(f"✗ {damage.kind}", style="removed")
    yield Line((kind, Cell(damage.key, style="strong"), damage.what))
    yield Facts((("lost", damage.lost), ("to mend", damage.mend)))


@verb(
    "fsck",
    argument("repo", metavar="R", nargs="?", completes="repo", help="one repo; else all"),
    argument("--quick", action="store_true", help="look at the files' sizes, not their bytes"),
    group="keep",
    examples=("fsck", "fsck sales", "fsck --quick"),
)
def fsck(workspace: Workspace, options: argparse.Namespace) -> Checked:
    """Read everything back against its hash, and say exactly what is broken.

    For each damage: what is lost, what is not, and what it takes to mend it.
    In a terminal the exit status is 1 if anything is wrong.
    """
    from jupyter_lake.store import fsck

    lake = workspace.lake
    report = fsck(lake, repo=options.repo, deep=not options.quick)
    return Checked(options.repo or lake.url, report)
