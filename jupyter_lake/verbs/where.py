"""Where am I: the lake, what is pinned and recorded, and how to change that."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake import identity
from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError, LakeError, LakeNotFoundError
from jupyter_lake.verbs.cells import Cell, id_cell, quantity, short_id
from jupyter_lake.verbs.output import Block, Facts, Line, Note, Output
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Opened", "Pins", "Status", "open_lake", "status", "use"]


@dataclass(frozen=True, slots=True, repr=False)
class Status(Output):
    """Where a person stands. `repos` is None where there is no lake."""

    url: str
    repos: int | None
    pins: dict[str, str]
    staged: str
    recording: str
    user: str
    next_step: str
    problem: str = ""

    def blocks(self) -> Sequence[Block]:
        """Return the state as named facts, then what to do next."""
        if self.repos is None:
            lake = Cell(f"{self.url}  (none there yet)", style="strong")
        else:
            lake = Cell(self.url, style="strong")
        pins = ", ".join(f"{repo}@{_shown(ref)}" for repo, ref in self.pins.items())
        facts: list[tuple[str, Cell | str]] = [("lake", lake)]
        if self.repos is not None:
            facts.append(("repos", f"{self.repos:,}"))
        facts += [("pinned", pins or "nothing"), ("recording", self.recording), ("you", self.user)]
        if self.staged:
            facts.insert(-2, ("staged", self.staged))
        notes = [Note(text) for text in (self.problem, self.next_step) if text]
        return [Facts(tuple(facts)), *notes]

    def to_dict(self) -> dict[str, object]:
        """Return the state; `repos` is null where there is no lake."""
        return {
            "url": self.url,
            "repos": self.repos,
            "pins": dict(self.pins),
            "staged": self.staged or None,
            "recording": self.recording,
            "user": self.user,
        }


@verb("status", group="look", examples=("status",))
def status(workspace: Workspace, options: argparse.Namespace) -> Status:  # noqa: ARG001
    """Say where you are: the lake, pins, recording, and who you are.

    The verb may be left out.
    """
    repos: int | None = None
    problem, next_step = "", ""
    try:
        repos = len(workspace.lake.repos())
        if not repos:
            next_step = f"The lake is empty. Make a repo: {workspace.command('create NAME')}"
    except LakeNotFoundError:
        next_step = (
            f"Make a lake there: {workspace.command('open --create')}; "
            f"or open another: {workspace.command('open URL')}"
        )
    except LakeError as error:
        problem, next_step = error.message, error.hint
    return Status(
        url=workspace.lake_url,
        repos=repos,
        pins=dict(workspace.pins),
        staged=str(workspace.staging) if workspace.staging else "",
        recording=_recording(workspace),
        user=identity.current_user(),
        next_step=next_step,
        problem=problem,
    )


def _recording(workspace: Workspace) -> str:
    if workspace.recorder is None:
        return "off (only notebooks are recorded)" if workspace.front == "terminal" else "off"
    if workspace.recorder.paused:
        return "off"
    return "on" if workspace.recorder.record_source else "on, without sources"


@dataclass(frozen=True, slots=True, repr=False)
class Opened(Output):
    """A lake that was opened, or made."""

    url: str
    repos: tuple[str, ...]
    created: bool
    next_step: str

    def blocks(self) -> Sequence[Block]:
        """Return one line, and the next command for an empty lake."""
        verb = "Made the lake" if self.created else "Opened"
        line = Line(
            (verb, Cell(self.url, style="strong"), f"({quantity(len(self.repos), 'repo')})")
        )
        return [line, *([Note(self.next_step)] if self.next_step else [])]

    def to_dict(self) -> dict[str, object]:
        """Return the lake's URL and the names of its repos."""
        return {"url": self.url, "repos": list(self.repos), "created": self.created}


@verb(
    "open",
    argument(
        "url", metavar="URL", nargs="?", completes="file", help="a folder, s3://..., gs://..."
    ),
    argument("--create", action="store_true", help="make the lake if there is none"),
    group="look",
    examples=("open s3://acme/lake", "open ./lake --create"),
)
def open_lake(workspace: Workspace, options: argparse.Namespace) -> Opened:
    """Open a lake: a folder, or a prefix in a bucket.

    Without a URL: $JUPYTER_LAKE_URL, else `lake` in your Jupyter data folder.
    Credentials and endpoints are s3fs's own: AWS_*, profiles, or JSON in
    $JUPYTER_LAKE_STORAGE_OPTIONS.
    """
    created = False
    try:
        lake = workspace.open(options.url)
    except LakeNotFoundError:
        if not options.create:
            raise
        lake, created = workspace.open(options.url, create=True), True
    repos = tuple(repo.name for repo in lake.repos())
    hint = "" if repos else f"It is empty. Make a repo: {workspace.command('create NAME')}"
    return Opened(lake.url, repos, created, hint)


@dataclass(frozen=True, slots=True, repr=False)
class Pins(Output):
    """The refs that repos are pinned to."""

    pins: dict[str, str]
    commits: dict[str, str]

    def blocks(self) -> Sequence[Block]:
        """Return a line for each pin."""
        if not self.pins:
            return [Line(("Nothing is pinned: each repo is at its default branch.",))]
        return [
            Line((Cell(repo, style="strong"), "is pinned at", *self._place(repo, ref)))
            for repo, ref in self.pins.items()
        ]

    def _place(self, repo: str, ref: str) -> tuple[Cell | str, ...]:
        commit = id_cell(self.commits[repo])
        return (commit,) if ref == self.commits[repo] else (ref, commit)

    def to_dict(self) -> dict[str, object]:
        """Return ref and commit of each pinned repo."""
        return {"pins": dict(self.pins), "commits": dict(self.commits)}


@verb(
    "use",
    argument(
        "address", metavar="R@REF", nargs="?", completes="address", help="repo and ref to pin"
    ),
    argument("--clear", action="store_true", help="take all pins off, or the named repo's"),
    group="ask",
    examples=("use sales@v1", "use sales@main~2", "use --clear"),
    fronts=("notebook",),
)
def use(workspace: Workspace, options: argparse.Namespace) -> Pins:
    """Pin a repo to a ref: its name alone means that, in SQL and in every verb.

    A pin to a branch goes along with it; main~2 is the commit that this is now.
    Without an address, show what is pinned.
    """
    address = Address.parse(options.address) if options.address else None
    if options.clear:
        for repo in [address.repo] if address else list(workspace.pins):
            workspace.pins.pop(repo, None)
    elif address:
        if address.ref is None or address.path:
            raise InvalidInputError(
                f"{options.address!r} names no ref to pin to.",
                hint=f"Write it like: {workspace.command(f'use {address.repo}@main~2')}",
            )
        commit = workspace.lake.repo(address.repo).resolve(address.ref)
        moves = bool(address.ref.steps or address.ref.at)
        workspace.pins[address.repo] = commit if moves else str(address.ref)
    commits = {repo: workspace.lake.repo(repo).resolve(ref) for repo, ref in workspace.pins.items()}
    return Pins(dict(workspace.pins), commits)


def _shown(ref: str) -> str:
    """Shorten the id of a commit, nothing else."""
    return short_id(ref) if len(ref) == 64 else ref
