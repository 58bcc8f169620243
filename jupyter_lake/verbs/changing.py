"""Bring a branch forward or back: merge, revert, undo."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address, Ref
from jupyter_lake.errors import ConflictError, InvalidAddressError
from jupyter_lake.verbs.cells import Cell, id_cell
from jupyter_lake.verbs.changes import REPORTED, FileChange, change_blocks, file_changes
from jupyter_lake.verbs.committing import Committed, Unchanged, committed
from jupyter_lake.verbs.output import Block, Line, Note, Output
from jupyter_lake.verbs.places import BranchPlace, branch_name
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Repo
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Undone", "merge", "revert", "undo"]


@verb(
    "merge",
    argument("source", metavar="R@SRC", completes="address", help="what is merged"),
    argument("--into", metavar="B", help="the branch that takes it; else the default branch"),
    argument("-m", "--message", metavar="MSG", help="what the merge is for"),
    argument("--ours", action="append", metavar="GLOB", help="in a conflict, keep the branch's"),
    argument("--theirs", action="append", metavar="GLOB", help="in a conflict, take the source's"),
    group="change",
    examples=(
        "merge sales@fix-october --into main",
        "merge sales@draft --theirs 'orders/*' --ours '*'",
    ),
)
def merge(workspace: Workspace, options: argparse.Namespace) -> Committed | Unchanged:
    """Merge a branch, tag or commit into a branch, path by path.

    Paths that both sides changed in different ways are a conflict: nothing is
    merged and they are named, unless --ours or --theirs says which one holds.
    """
    source = Address.parse(options.source)
    if source.ref is None or source.path:
        raise InvalidAddressError(
            f"{options.source!r} does not say what to merge.",
            hint=f"Name a branch, as in {source.repo}@fix.",
        )
    repo = workspace.lake.repo(source.repo)
    into = branch_name(
        workspace, repo, Address.parse(f"{repo.name}@{options.into}" if options.into else repo.name)
    )
    before = repo.branch(into).commit
    try:
        made = repo.merge(
            source.ref,
            into=into,
            message=options.message,
            ours=options.ours or (),
            theirs=options.theirs or (),
        )
    except ConflictError as error:
        again = f"merge {options.source} --into {into} --theirs {error.paths[0]!r}"
        error.hint = f"Say which side holds, by path: {workspace.command(again)} (or --ours)."
        raise
    if made.id == before:
        return Unchanged(f"{repo.name}@{into}", f"holds all of {source} already.")
    return committed(workspace, BranchPlace(repo, into, ""), made)


@verb(
    "revert",
    argument("address", metavar="R@COMMIT", completes="address", help="the commit to take back"),
    argument("--on", metavar="B", help="the branch that gets the new commit; else the default"),
    group="change",
    examples=("revert sales@3f9c2a41", "revert sales@main~2 --on main"),
)
def revert(workspace: Workspace, options: argparse.Namespace) -> Committed:
    """Take one commit back with a new commit; what came after it stays."""
    address = Address.parse(options.address)
    if address.ref is None or address.path:
        raise InvalidAddressError(
            f"{options.address!r} names no commit to take back.",
            hint=f"Find it with {workspace.command(f'log {address.repo}')}.",
        )
    repo = workspace.lake.repo(address.repo)
    on = options.on or repo.default_branch
    branch = branch_name(workspace, repo, Address.parse(f"{repo.name}@{on}"))
    made = repo.revert(address.ref, branch=branch)
    return committed(workspace, BranchPlace(repo, branch, ""), made)


@dataclass(frozen=True, slots=True, repr=False)
class Undone(Output):
    """A branch that stands again where it stood before; `was` is None if it was deleted."""

    branch: str
    was: str | None
    now: str
    message: str
    changes: tuple[FileChange, ...]
    again: str

    def blocks(self) -> Sequence[Block]:
        """Return where the branch stands, and what that changed."""
        moved = ("went back from", id_cell(self.was), "to") if self.was else ("is back at",)
        title = Line(
            (
                Cell(self.branch, style="strong"),
                *moved,
                id_cell(self.now),
                Cell(self.message, style="muted"),
            )
        )
        return [title, *change_blocks(self.changes, most=REPORTED), Note(self.again)]

    def to_dict(self) -> dict[str, object]:
        """Return both commits and the changes between them."""
        return {
            "branch": self.branch,
            "was": self.was,
            "commit": self.now,
            "changes": [change.to_dict() for change in self.changes],
        }


@verb(
    "undo",
    argument("address", metavar="R[@B]", completes="address", help="the repo, perhaps a branch"),
    group="change",
    examples=("undo reports", "undo reports@draft"),
)
def undo(workspace: Workspace, options: argparse.Namespace) -> Undone:
    """Put a branch back to where its log says it stood before the last change.

    Nothing is lost: the commits stay, and the log says that this was done. A
    branch that was deleted comes back.
    """
    address = Address.parse(options.address)
    repo = workspace.lake.repo(address.repo)
    if address.ref and _is_deleted(repo, address.ref):
        return _brought_back(workspace, repo, address.ref.name)
    branch = branch_name(workspace, repo, address)
    was = repo.resolve(branch)
    repo.undo(branch)
    now = repo.commit(branch)
    restore = workspace.command(f"branch {repo.name} NAME --from {was[:12]}")
    return Undone(
        f"{repo.name}@{branch}",
        was,
        now.id,
        now.message,
        file_changes(repo.diff(was, now.id)),
        f"The commit is still there: {restore}",
    )


def _is_deleted(repo: Repo, ref: Ref) -> bool:
    """Tell whether a ref is the name of a branch that was deleted."""
    if ref.steps or ref.at:
        return False
    head = repo.branch_logs.head(ref.name)
    return head is not None and head.commit is None


def _brought_back(workspace: Workspace, repo: Repo, branch: str) -> Undone:
    repo.undo(branch)
    now = repo.commit(branch)
    again = workspace.command(f"branch {repo.name} {branch} --delete")
    return Undone(
        f"{repo.name}@{branch}", None, now.id, now.message, (), f"Delete it again: {again}"
    )
