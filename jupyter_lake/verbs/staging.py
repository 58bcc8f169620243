"""Several changes, one commit: what lies between ``begin`` and ``commit``."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError
from jupyter_lake.verbs.cells import Cell, count
from jupyter_lake.verbs.committing import Committed, committed, new_commit
from jupyter_lake.verbs.output import Block, Line, Note, Output
from jupyter_lake.verbs.parsing import UsageError
from jupyter_lake.verbs.places import BranchPlace, branch_place
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Transaction
    from jupyter_lake.verbs.workspace import Workspace

__all__ = [
    "Staged",
    "Staging",
    "begin",
    "commit",
    "need_message",
    "rollback",
    "staged",
    "writing",
]

Provenance = dict[str, object]


@dataclass(slots=True)
class Staging:
    """An open transaction and what has been staged in it, told for a person."""

    target: BranchPlace
    transaction: Transaction
    done: list[str] = field(default_factory=list)
    provenances: list[Provenance] = field(default_factory=list)

    def takes(self, target: BranchPlace) -> bool:
        """Whether a change to `target` belongs in here."""
        return (target.repo.name, target.branch) == (self.target.repo.name, self.target.branch)

    def __str__(self) -> str:
        return f"{self.target}: {count(self.done, 'change')}"


def merged_provenance(records: Sequence[Provenance]) -> Provenance | None:
    """Return one provenance for a commit of several publications: the last's, with all inputs."""
    if not records:
        return None
    inputs: list[object] = []
    variables: list[str] = []
    for record in records:
        given = record.get("inputs")
        inputs += [
            item for item in (given if isinstance(given, list) else []) if item not in inputs
        ]
        if (name := record.get("variable")) and name not in variables:
            variables.append(str(name))
    names = {"variable": ", ".join(variables)} if variables else {}
    return {**records[-1], "inputs": inputs, **names}


@contextlib.contextmanager
def writing(
    workspace: Workspace,
    target: BranchPlace,
    *,
    message: str | None,
    what: str,
    provenance: Provenance | None = None,
) -> Iterator[Transaction]:
    """Write into the open transaction if it is on that branch, else into one of its own.

    Parameters
    ----------
    what
        What is staged, as ``rollback`` and ``commit`` will name it.

    Raises
    ------
    UsageError
        If a commit is made and has no message.
    """
    staging = workspace.staging
    if staging is not None and staging.takes(target):
        yield staging.transaction
        staging.done.append(what)
        if provenance:
            staging.provenances.append(provenance)
        return
    if not message:
        raise _no_message()
    with target.repo.transaction(
        target.branch, message=message, provenance=provenance
    ) as transaction:
        yield transaction


def need_message(workspace: Workspace, target: str, message: str | None) -> None:
    """Refuse a change without a message, before anything is done, unless it is to be staged.

    Raises
    ------
    UsageError
    """
    staging = workspace.staging
    if not message and (staging is None or staging.target.repo.name != Address.parse(target).repo):
        raise _no_message()


def _no_message() -> UsageError:
    return UsageError("-m is missing: a commit says what it is for.", hint='Add: -m "..."')


@dataclass(frozen=True, slots=True, repr=False)
class Staged(Output):
    """The open transaction: what is in it, and what can be done."""

    target: str
    done: tuple[str, ...]
    next_step: str
    headline: str = "Staged on"

    def blocks(self) -> Sequence[Block]:
        """Return the branch, each staged change, and the next commands."""
        lines = [Line((Cell("•", style="muted"), change)) for change in self.done]
        title = Line((self.headline, Cell(self.target, style="strong")))
        return [title, *lines, *([Note(self.next_step)] if self.next_step else [])]

    def to_dict(self) -> dict[str, object]:
        """Return the branch and the staged changes."""
        return {"target": self.target, "staged": list(self.done)}


def staged(workspace: Workspace) -> Staged:
    """Tell of the open transaction."""
    staging = _open(workspace)
    hint = f"Then {workspace.command('commit -m MSG')} or {workspace.command('rollback')}."
    return Staged(str(staging.target), tuple(staging.done), hint)


def _open(workspace: Workspace) -> Staging:
    if workspace.staging is None:
        raise InvalidInputError(
            "No transaction is open.", hint=f"Open one: {workspace.command('begin R')}"
        )
    return workspace.staging


@verb(
    "begin",
    argument(
        "address", metavar="R[@B]", completes="address", help="the repo, and perhaps a branch"
    ),
    group="change",
    examples=("begin reports", "begin reports@draft"),
    fronts=("notebook",),
)
def begin(workspace: Workspace, options: argparse.Namespace) -> Staged:
    """Open a transaction: publish, put and rm on that branch become one commit.

    `commit -m MSG` makes the commit, `rollback` forgets what was staged.
    """
    if workspace.staging is not None:
        raise InvalidInputError(
            f"A transaction is open already, on {workspace.staging.target}.",
            hint=f"First {workspace.command('commit -m MSG')} or {workspace.command('rollback')}.",
        )
    target = branch_place(workspace, options.address)
    if target.path:
        raise InvalidInputError(
            f"A transaction is of a branch, not of a path like {target.path!r}.",
            hint=workspace.command(f"begin {target.repo.name}@{target.branch}"),
        )
    workspace.staging = Staging(target, target.repo.transaction(target.branch))
    return staged(workspace)


@verb(
    "commit",
    argument("-m", "--message", metavar="MSG", required=True, help="what the commit is for"),
    group="change",
    examples=('commit -m "October, with the late orders"',),
    fronts=("notebook",),
)
def commit(workspace: Workspace, options: argparse.Namespace) -> Committed | Staged:
    """Make one commit of what was staged since `begin`."""
    staging = _open(workspace)
    if not staging.done:
        raise InvalidInputError(
            f"Nothing is staged on {staging.target}.",
            hint=f"Publish something, or {workspace.command('rollback')}.",
        )
    transaction = staging.transaction
    transaction.message = options.message
    if provenance := merged_provenance(staging.provenances):
        transaction.provenance = provenance
    workspace.staging = None
    transaction.finish()
    made = new_commit(transaction)
    if made is None:
        return Staged(str(staging.target), (), "", headline="Nothing differed on")
    return committed(workspace, staging.target, made)


@verb("rollback", group="change", examples=("rollback",), fronts=("notebook",))
def rollback(workspace: Workspace, options: argparse.Namespace) -> Staged:  # noqa: ARG001
    """Forget what was staged since `begin`; the branch stays as it is."""
    staging = _open(workspace)
    workspace.staging = None
    staging.transaction.rollback()
    return Staged(
        str(staging.target), tuple(staging.done), "", headline="Forgot what was staged on"
    )
