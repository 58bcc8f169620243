"""Publish: a notebook's variable becomes a commit that says where it came from."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidAddressError, InvalidInputError, RepoNotFoundError
from jupyter_lake.verbs.cells import Cell, id_cell, quantity, size
from jupyter_lake.verbs.committing import new_commit
from jupyter_lake.verbs.output import Block, Facts, Line, Note, Output
from jupyter_lake.verbs.pieces import Piece, piece
from jupyter_lake.verbs.places import BranchPlace, branch_name
from jupyter_lake.verbs.provenance import Provenance
from jupyter_lake.verbs.registry import argument, verb
from jupyter_lake.verbs.shapes import Shape, column_changes, rows_told, schema_told, shape
from jupyter_lake.verbs.staging import Staged, need_message, staged, writing

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Published", "publish"]


@dataclass(frozen=True, slots=True, repr=False)
class Published(Output):
    """What a publication changed. `commit` is None where nothing differed."""

    variable: str
    address: str
    commit: str | None
    new_repo: str
    message: str
    before: Shape | None
    after: Shape | None
    files: int
    bytes: int
    provenance: Provenance | None
    undo: str
    by_key: str = ""

    def blocks(self) -> Sequence[Block]:
        """Return the commit, how the table differs, where it came from, the way back."""
        if self.commit is None:
            same = Cell(self.address, style="strong")
            return [Line((same, f"holds {self.variable} just so already: nothing to commit."))]
        title = Line(
            (
                f"Published {self.variable} to",
                Cell(self.address, style="strong"),
                "as",
                id_cell(self.commit),
            )
        )
        made = [Note(f"The repo {self.new_repo} is new.")] if self.new_repo else []
        origin = self.provenance.blocks() if self.provenance else []
        back = [Note(f"Take it back: {self.undo}")]
        return [title, *made, Facts(tuple(self._facts())), *origin, *back]

    def _facts(self) -> list[tuple[str, Cell | str]]:
        stored = f"{quantity(self.files, 'file')}, {size(self.bytes).text}"
        if self.after is None:
            return [("stored", stored)]
        by_key = [("by key", Cell(self.by_key))] if self.by_key else []
        return [
            ("rows", rows_told(self.before, self.after)),
            *by_key,
            ("schema", schema_told(self.before, self.after)),
            ("stored", stored),
        ]

    def to_dict(self) -> dict[str, object]:
        """Return the commit with rows and schema against the one before."""
        changes = column_changes(self.before, self.after) if self.before and self.after else ()
        return {
            "variable": self.variable,
            "address": self.address,
            "commit": self.commit,
            "created_repo": bool(self.new_repo),
            "rows": self.after.rows if self.after else None,
            "rows_before": self.before.rows if self.before else None,
            "by_key": self.by_key or None,
            "schema_changes": [change.to_dict() for change in changes],
            "files": self.files,
            "bytes": self.bytes,
            "inputs": [str(item) for item in self.provenance.inputs] if self.provenance else [],
        }


@verb(
    "publish",
    argument("variable", metavar="VAR", completes="variable", help="the notebook's variable"),
    argument(
        "--to", required=True, metavar="R[@B]/PATH", completes="address", help="where it goes"
    ),
    argument("-m", "--message", metavar="MSG", help="what the commit is for"),
    argument(
        "--mode",
        choices=("append", "overwrite"),
        default="overwrite",
        help="add to the table that is there, or take its place (the default)",
    ),
    argument("--partition-by", metavar="COL,...", help="a folder for each value of these columns"),
    argument(
        "--key", metavar="COL,...", help="columns that tell rows apart; append replaces by them"
    ),
    group="ask",
    examples=(
        'publish delays --to reports/delays -m "October"',
        'publish orders --to sales/orders -m "23 Nov" --mode append --key order_id',
        'publish events --to raw@draft/events -m "Week 47" --partition-by year,month',
        'publish figure --to reports/delays.png -m "The chart"',
    ),
    fronts=("notebook",),
)
def publish(workspace: Workspace, options: argparse.Namespace) -> Published | Staged:
    """Publish a variable: commit it as a table, with where its data came from.

    A path without a suffix becomes a folder of Parquet files; .parquet, .csv,
    .json, .jsonl and .arrow one file of that kind; other suffixes take text,
    bytes and figures. A repo that does not exist is made. In a transaction
    (`begin`) the table is staged.
    """
    need_message(workspace, options.to, options.message)
    address = _target_address(options.to)
    new = piece(
        options.variable,
        workspace.variable(options.variable),
        address.path,
        append=options.mode == "append",
        keys=_names(options.key),
        partitions=_names(options.partition_by),
    )
    repo, is_new = _repo(workspace, address)
    target = BranchPlace(repo, branch_name(workspace, repo, address), address.path)
    return _published(workspace, options, target, new, is_new=is_new)


def _published(
    workspace: Workspace,
    options: argparse.Namespace,
    target: BranchPlace,
    new: Piece,
    *,
    is_new: bool,
) -> Published | Staged:
    provenance = _provenance(workspace, options.variable)
    with writing(
        workspace,
        target,
        message=options.message,
        what=f"publish {options.variable} to {target}",
        provenance=provenance,
    ) as transaction:
        base = target.repo.commit(transaction.base) if transaction.base else None
        before = shape(workspace.session, base, target.path) if base and new.is_table else None
        new.write(transaction, base, workspace.session if before else None)
    if workspace.staging is not None and workspace.staging.transaction is transaction:
        return staged(workspace)
    made = new_commit(transaction)
    stored = list(transaction.commit.entries(target.path))
    return Published(
        variable=options.variable,
        address=str(target),
        commit=made.id if made else None,
        new_repo=target.repo.name if is_new else "",
        message=options.message,
        before=before,
        after=shape(workspace.session, made, target.path) if made and new.is_table else None,
        files=len(stored),
        bytes=sum(entry.size for entry in stored),
        provenance=Provenance.read(made.provenance if made else None),
        undo=workspace.command(f"undo {target.repo.name}@{target.branch}"),
        by_key=_by_key(made, base, new) if made and before else "",
    )


def _by_key(made: Commit, base: Commit | None, new: Piece) -> str:
    """Count the rows that were added, removed and changed, where a key tells them apart."""
    if not new.keys or base is None:
        return ""
    from jupyter_lake.query import row_diff

    try:
        return row_diff(made.repo, base.id, made.id, new.path, key=new.keys, limit=0).summary
    except InvalidInputError:  # the rows that were there are not told apart by the key
        return ""


def _target_address(text: str) -> Address:
    address = Address.parse(text)
    if not address.path:
        raise InvalidAddressError(
            f"{text!r} names no path in the repo.",
            hint=f"Say where in it, as in: --to {address}/NAME",
        )
    return address


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _repo(workspace: Workspace, address: Address) -> tuple[Repo, bool]:
    """Return the repo, made if there is none; a branch of it is never made unasked."""
    try:
        return workspace.lake.repo(address.repo), False
    except RepoNotFoundError:
        if address.ref is not None and str(address.ref) != "main":
            raise
    return workspace.lake.create_repo(address.repo), True


def _provenance(workspace: Workspace, variable: str) -> dict[str, object] | None:
    recorder = workspace.recorder
    if recorder is None or recorder.paused:
        return None
    return recorder.provenance_of(variable)
