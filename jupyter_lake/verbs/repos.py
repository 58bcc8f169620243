"""Repos, branches and tags: what there is, and more of it."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.errors import RefNotFoundError
from jupyter_lake.store.gather import gather
from jupyter_lake.verbs.cells import Cell, id_cell, moment
from jupyter_lake.verbs.history import CommitLine, commit_line
from jupyter_lake.verbs.output import Block, Line, Note, Output, Table
from jupyter_lake.verbs.places import repo_only
from jupyter_lake.verbs.registry import argument, verb

if TYPE_CHECKING:
    from jupyter_lake.store import Branch, Repo, Tag
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["Names", "RepoLine", "Repos", "branch", "branches", "create", "repos", "tag"]


@dataclass(frozen=True, slots=True)
class RepoLine:
    """One repo, and its newest commit on the default branch; None for an empty repo."""

    name: str
    description: str
    branch: str
    head: CommitLine | None

    def row(self) -> tuple[Cell | str, ...]:
        """Return the repo as a row of a table."""
        name = Cell(self.name, tip=self.description, style="strong")
        about = Cell(self.description, style="muted")
        if self.head is None:
            return (name, Cell("", style="id"), Cell("", style="muted"), "", "no commit yet", about)
        head = self.head
        return (name, id_cell(head.id), moment(head.time), head.author, head.subject, about)

    def to_dict(self) -> dict[str, object]:
        """Return the repo as JSON holds it; `head` is null for an empty one."""
        return {
            "name": self.name,
            "description": self.description,
            "default_branch": self.branch,
            "head": self.head.to_dict() if self.head else None,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Repos(Output):
    """The repos of a lake."""

    url: str
    repos: tuple[RepoLine, ...]
    next_step: str

    def blocks(self) -> Sequence[Block]:
        """Return a table of the repos with their newest commits."""
        if not self.repos:
            return [Line(("No repo yet in", Cell(self.url, style="strong"))), Note(self.next_step)]
        rows = tuple(repo.row() for repo in self.repos)
        return [Table(("repo", "newest", "when", "author", "message", "about"), rows)]

    def to_dict(self) -> dict[str, object]:
        """Return each repo with its default branch's head."""
        return {"url": self.url, "repos": [repo.to_dict() for repo in self.repos]}


@verb("repos", group="look", examples=("repos",))
def repos(workspace: Workspace, options: argparse.Namespace) -> Repos:  # noqa: ARG001
    """List the repos of the lake with their newest commits."""
    lake = workspace.lake
    lines = gather(lake.objects, [partial(_repo_line, repo) for repo in lake.repos()])
    hint = f"Make one: {workspace.command('create NAME')}"
    return Repos(lake.url, tuple(lines), hint)


def _repo_line(repo: Repo) -> RepoLine:
    newest = None
    with contextlib.suppress(RefNotFoundError):
        newest = commit_line(repo.commit())
    return RepoLine(repo.name, repo.description, repo.default_branch, newest)


@dataclass(frozen=True, slots=True)
class NameLine:
    """A branch or a tag: where it stands, since when, by whom and why."""

    name: str
    commit: str
    when: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class Names(Output):
    """Branches or tags of a repo, and what was just done to them."""

    repo: str
    kind: str
    names: tuple[NameLine, ...]
    default: str = ""
    done: str = ""

    def blocks(self) -> Sequence[Block]:
        """Return what was done, then a table of the names."""
        done: list[Block] = [Line((self.done,))] if self.done else []
        if not self.names:
            return [*done, Line((f"{self.repo} has no {self.kind} yet.",))]
        rows = tuple(
            (
                Cell(line.name, style="strong" if line.name == self.default else ""),
                id_cell(line.commit),
                moment(line.when),
                line.who,
                line.why,
            )
            for line in self.names
        )
        return [*done, Table((self.kind, "commit", "when", "who", "why"), rows)]

    def to_dict(self) -> dict[str, object]:
        """Return each name with its commit."""
        return {
            "repo": self.repo,
            "default": self.default or None,
            f"{self.kind}s" if self.kind == "tag" else "branches": [
                {
                    "name": line.name,
                    "commit": line.commit,
                    "when": line.when.isoformat(),
                    "who": line.who,
                    "why": line.why,
                }
                for line in self.names
            ],
        }


@verb(
    "create",
    argument("name", metavar="NAME", help="the new repo's name: small letters, digits, . _ -"),
    argument("--description", default="", help="one line about what it holds"),
    group="change",
    examples=('create sales --description "Orders since 2019"',),
)
def create(workspace: Workspace, options: argparse.Namespace) -> Repos:
    """Make a repo: a line of history of its own, with a branch `main`."""
    repo = workspace.lake.create_repo(options.name, description=options.description)
    return Repos(workspace.lake.url, (_repo_line(repo),), "")


@verb(
    "branches",
    argument("repo", metavar="R", nargs="?", completes="repo", help="the repo"),
    group="look",
    examples=("branches sales",),
)
def branches(workspace: Workspace, options: argparse.Namespace) -> Names:
    """List the branches of a repo: where each stands, since when, and why."""
    return _branches(repo_only(workspace, options.repo))


def _branches(repo: Repo, done: str = "") -> Names:
    def line(branch: Branch) -> NameLine:
        return NameLine(branch.name, branch.commit, branch.when, branch.who, branch.why)

    names = tuple(line(branch) for branch in repo.branches())
    return Names(repo.name, "branch", names, repo.default_branch, done)


@verb(
    "branch",
    argument("repo", metavar="R", completes="repo", help="the repo"),
    argument("name", metavar="NAME", nargs="?", help="the new branch"),
    argument(
        "--from", dest="start", metavar="REF", help="where it starts; else the default branch"
    ),
    argument("--delete", action="store_true", help="delete the branch; its log stays"),
    group="change",
    examples=("branch sales fix-october", "branch sales audit --from main~2"),
)
def branch(workspace: Workspace, options: argparse.Namespace) -> Names:
    """Make a branch, or delete one; without a name, list them."""
    repo = repo_only(workspace, options.repo)
    if options.name is None:
        return _branches(repo)
    if options.delete:
        repo.delete_branch(options.name)
        back = workspace.command(f"undo {repo.name}@{options.name}")
        return _branches(repo, f"Deleted branch {options.name}. Bring it back: {back}")
    repo.create_branch(options.name, from_=options.start or workspace.pins.get(repo.name))
    return _branches(repo, f"Made branch {options.name}.")


@verb(
    "tag",
    argument("repo", metavar="R", completes="repo", help="the repo"),
    argument("name", metavar="NAME", nargs="?", help="the new tag"),
    argument("ref", metavar="REF", nargs="?", help="what it names; else the newest commit"),
    argument("-m", "--message", default="", help="what the tag stands for"),
    argument("--delete", action="store_true", help="delete the tag"),
    group="change",
    examples=('tag sales v1 -m "As audited"', "tag sales q3 main~4", "tag sales"),
)
def tag(workspace: Workspace, options: argparse.Namespace) -> Names:
    """Give a commit a name that never moves; without a name, list the tags."""
    repo = repo_only(workspace, options.repo)
    if options.name is None:
        return _tags(repo)
    if options.delete:
        repo.delete_tag(options.name)
        return _tags(repo, f"Deleted tag {options.name}.")
    ref = options.ref or workspace.pins.get(repo.name)
    repo.create_tag(options.name, ref, message=options.message)
    return _tags(repo, f"Tagged {options.name}.")


def _tags(repo: Repo, done: str = "") -> Names:
    def line(tag: Tag) -> NameLine:
        return NameLine(tag.name, tag.commit, tag.when, tag.who, tag.message)

    return Names(repo.name, "tag", tuple(line(tag) for tag in repo.tags()), done=done)
