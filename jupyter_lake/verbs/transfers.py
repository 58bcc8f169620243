"""Files between here and the lake: put, get, rm, import."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import AlreadyExistsError, InvalidInputError
from jupyter_lake.verbs.cells import Cell, count, id_cell, size
from jupyter_lake.verbs.committing import Committed, Unchanged, committed, new_commit
from jupyter_lake.verbs.output import Block, Line, Output
from jupyter_lake.verbs.places import BranchPlace, branch_place, place
from jupyter_lake.verbs.registry import argument, verb
from jupyter_lake.verbs.staging import Staged, need_message, staged, writing

if TYPE_CHECKING:
    from jupyter_lake.store import Transaction
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Fetched", "get", "import_", "put", "rm"]

LEFT_OUT_SHOWN = 5
_MESSAGE = argument("-m", "--message", metavar="MSG", help="what the commit is for")


def _told(
    workspace: Workspace, target: BranchPlace, transaction: Transaction
) -> Committed | Staged | Unchanged:
    """Tell what became of a change: a commit, or a part of the open transaction."""
    if workspace.staging is not None and workspace.staging.transaction is transaction:
        return staged(workspace)
    made = new_commit(transaction)
    return committed(workspace, target, made) if made else Unchanged(str(target))


@verb(
    "put",
    argument("source", metavar="SRC", completes="file", help="a local file or folder"),
    argument("address", metavar="A", completes="address", help="where it goes"),
    _MESSAGE,
    group="change",
    examples=(
        'put orders.csv sales/raw/orders.csv -m "As sent"',
        'put ./october sales -m "October"',
    ),
)
def put(workspace: Workspace, options: argparse.Namespace) -> Committed | Staged | Unchanged:
    """Put a local file, or all files of a folder, into a commit.

    A file goes to the path itself, or into it where the path is empty or ends
    with a slash.
    """
    need_message(workspace, options.address, options.message)
    files = list(_local_files(options.source, options.address))
    target = branch_place(workspace, options.address)
    what = f"put {options.source} to {target}"
    with writing(workspace, target, message=options.message, what=what) as transaction:
        for path, file in files:
            transaction.write(f"{target.path}/{path}".strip("/"), file)
    told = _told(workspace, target, transaction)
    left = _left_out(Path(options.source).expanduser())
    return replace(told, notes=left) if left and not isinstance(told, Staged) else told


def _left_out(root: Path) -> tuple[str, ...]:
    """Say what of a folder is no file, and so was not put."""
    found = [
        f"{each.relative_to(root).as_posix()} ({_kind(each)})"
        for each in sorted(root.rglob("*"))
        if not each.is_file() and (each.is_symlink() or not each.is_dir())
    ]
    more = f" and {len(found) - LEFT_OUT_SHOWN} more" if len(found) > LEFT_OUT_SHOWN else ""
    return (f"Left out: {', '.join(found[:LEFT_OUT_SHOWN])}{more}.",) if found else ()


def _kind(path: Path) -> str:
    if not path.exists():
        return "a link to nothing"
    return "a link to a folder" if path.is_dir() else "no file"


def _local_files(source: str, address: str) -> Iterator[tuple[str, Path]]:
    """Yield files with their paths under the target.

    Raises
    ------
    InvalidInputError
    """
    root = Path(source).expanduser()
    if root.is_file():
        into = address.endswith("/") or "/" not in address
        yield (root.name if into else ""), root
        return
    if root.exists() and not root.is_dir():
        raise InvalidInputError(
            f"{source!r} is neither a file nor a folder.",
            hint="Copy what it holds into a file first.",
        )
    if not root.is_dir():
        raise InvalidInputError(
            f"There is no file or folder {source!r} here.", hint=f"Here is {Path.cwd()}"
        )
    found = sorted(file for file in root.rglob("*") if file.is_file())
    if not found:
        raise InvalidInputError(
            f"The folder {source!r} is empty.", hint="Put a file into it first."
        )
    for file in found:
        yield file.relative_to(root).as_posix(), file


@dataclass(frozen=True, slots=True, repr=False)
class Fetched(Output):
    """Files that were copied out of a commit."""

    address: str
    commit: str
    files: tuple[str, ...]
    bytes: int
    destination: str

    def blocks(self) -> Sequence[Block]:
        """Return one line: what, from which commit, to where."""
        return [
            Line(
                (
                    f"Copied {count(self.files, 'file')}, {size(self.bytes).text}, from",
                    Cell(self.address, style="strong"),
                    id_cell(self.commit),
                    "to",
                    Cell(self.destination, style="strong"),
                )
            )
        ]

    def to_dict(self) -> dict[str, object]:
        """Return the files with their commit."""
        return {
            "address": self.address,
            "commit": self.commit,
            "files": list(self.files),
            "bytes": self.bytes,
            "destination": self.destination,
        }


@verb(
    "get",
    argument("address", metavar="A", completes="address", help="what to copy: repo[@ref][/path]"),
    argument(
        "destination", metavar="DEST", nargs="?", completes="file", help="a local file or folder"
    ),
    argument("--force", action="store_true", help="write over files that are there"),
    group="look",
    examples=("get sales@v1/orders ./orders", "get reports/delays.png"),
)
def get(workspace: Workspace, options: argparse.Namespace) -> Fetched:
    """Copy a file or a folder out of a commit."""
    at = place(workspace, options.address)
    entries = list(at.commit.entries(at.path)) or [at.commit.entry(at.path)]
    name = at.path.rpartition("/")[2] or at.repo.name
    root = Path(options.destination or name).expanduser()
    single = len(entries) == 1 and entries[0].path == at.path
    if single and root.is_dir():
        root /= name
    copies = [
        (entry, root if single else root / entry.path.removeprefix(at.path).lstrip("/"))
        for entry in entries
    ]
    taken = next((file for _, file in copies if file.exists()), None)
    if taken is not None and not options.force:
        raise AlreadyExistsError(
            f"{str(taken)!r} is there already.", hint="Name another destination, or add --force."
        )
    for entry, file in copies:
        file.parent.mkdir(parents=True, exist_ok=True)
        with at.commit.open(entry.path) as source, file.open("wb") as sink:
            shutil.copyfileobj(source, sink, 2**20)
    return Fetched(
        str(at.address),
        at.commit.id,
        tuple(entry.path for entry in entries),
        sum(entry.size for entry in entries),
        str(root),
    )


@verb(
    "rm",
    argument("address", metavar="A", completes="address", help="a file or folder in a repo"),
    _MESSAGE,
    group="change",
    examples=('rm sales/raw/old.csv -m "Sent twice"',),
)
def rm(workspace: Workspace, options: argparse.Namespace) -> Committed | Staged | Unchanged:
    """Take a file or folder away in a new commit; older commits keep it."""
    need_message(workspace, options.address, options.message)
    target = branch_place(workspace, options.address)
    if not target.path:
        raise InvalidInputError(
            f"{options.address!r} names no path, and a repo is not deleted this way.",
            hint=f"Name what should go: {workspace.command(f'ls {target}')} lists it.",
        )
    head = target.repo.commit(target.branch)
    entries = list(head.entries(target.path)) or [head.entry(target.path)]
    what = f"rm {target} ({count(entries, 'file')})"
    with writing(workspace, target, message=options.message, what=what) as transaction:
        for entry in entries:
            transaction.delete(entry.path)
    return _told(workspace, target, transaction)


@verb(
    "import",
    argument("url", metavar="URL", help="s3://bucket/prefix, gs://..., or a folder"),
    argument("address", metavar="A", completes="address", help="where it appears"),
    _MESSAGE,
    group="change",
    examples=('import s3://raw/2026-10/ sales/raw/2026-10 -m "October, as delivered"',),
)
def import_(workspace: Workspace, options: argparse.Namespace) -> Committed | Staged | Unchanged:
    """Make objects that lie elsewhere part of a commit, without copying them.

    Each is pinned by its version or etag: a read that finds it changed fails
    and names it.
    """
    need_message(workspace, options.address, options.message)
    target = branch_place(workspace, options.address)
    what = f"import {options.url} to {target}"
    with writing(workspace, target, message=options.message, what=what) as transaction:
        transaction.import_from(options.url, target.path)
    return _told(workspace, target, transaction)
