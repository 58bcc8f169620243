"""Making, deleting and moving back branches, and tags."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import check_ref_name
from jupyter_lake.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    RefNotFoundError,
)
from jupyter_lake.identity import current_user
from jupyter_lake.store.holding import holding
from jupyter_lake.store.objectstore import ObjectExists
from jupyter_lake.store.records import BranchRecord, Tag, now
from jupyter_lake.store.refs import MovedError
from jupyter_lake.store.texts import check_text

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.addresses import Ref
    from jupyter_lake.store.reporefs import RepoRefs

__all__ = ["Branch", "create", "delete", "tag", "undo", "untag"]

ID_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Branch:
    """A moving name for a commit, and the last record of its log."""

    name: str
    commit: str
    number: int
    when: datetime
    who: str
    why: str

    @classmethod
    def of(cls, name: str, head: BranchRecord) -> Branch:
        """Return the branch whose log ends with a record."""
        assert head.commit is not None
        return cls(name, head.commit, head.number, head.when, head.who, head.why)


def create(repo: RepoRefs, name: str, start: str | Ref | None, author: str | None) -> Branch:
    """Make a branch; see `Repo.create_branch`."""
    _check_new(name)
    commit = repo.resolve(start)
    head = repo.branch_logs.head(name)
    if head is not None and head.commit is not None:
        raise AlreadyExistsError(
            f"{repo.name} already has a branch {name!r}.", hint="Choose another name."
        )
    why = f"create from {start or repo.default_branch}"
    return _move(repo, name, _record(commit, why, author), head)


def delete(repo: RepoRefs, name: str, author: str | None) -> None:
    """Delete a branch; see `Repo.delete_branch`."""
    if name == repo.default_branch:
        raise InvalidInputError(
            f"{name!r} is the default branch of {repo.name} and can't be deleted.",
            hint="Delete another branch.",
        )
    head = repo.standing(check_ref_name(name), repo.branch_logs.head(name))
    _append(repo, name, _record(None, "delete", author), head)


def undo(repo: RepoRefs, name: str, author: str | None) -> Branch:
    """Move a branch back; see `Repo.undo`."""
    head = repo.branch_logs.head(name)
    if head is None:
        raise repo.no_branch(name)
    before = repo.branch_logs.record(name, head.position - 1) if head.position > 1 else None
    if before is None or before.commit is None:
        raise InvalidInputError(
            f"There is nothing to undo: {repo.name}@{name} began where it stands.",
            hint=f"`%lake log {repo.name}@{name}` shows what there is.",
        )
    why = f"undo, back to record {before.number}"
    record = _record(before.commit, why, author, position=before.position)
    return _move(repo, name, record, head)


def tag(repo: RepoRefs, name: str, ref: str | Ref | None, message: str, author: str | None) -> Tag:
    """Make a tag; see `Repo.create_tag`."""
    _check_new(name)
    who = check_text(author or current_user(), "author")
    made = Tag(name, repo.resolve(ref), now(), who, check_text(message, "message"))
    try:
        with holding(repo, made.commit):
            repo.tag_store.create(made)
    except ObjectExists:
        raise AlreadyExistsError(
            f"{repo.name} already has a tag {name!r}.",
            hint="Choose another name: a tag never moves.",
        ) from None
    return made


def untag(repo: RepoRefs, name: str) -> None:
    """Take a tag away; see `Repo.delete_tag`."""
    if repo.tag(check_ref_name(name)) is None:
        raise RefNotFoundError(
            f"{repo.name} has no tag {name!r}.",
            hint=f"`%lake tag {repo.name}` lists the tags.",
        )
    repo.tag_store.delete(name)


def _record(commit: str | None, why: str, author: str | None, *, position: int = 0) -> BranchRecord:
    who = check_text(author or current_user(), "author")
    return BranchRecord(0, commit, who, now(), why, secrets.token_hex(8), position)


def _move(repo: RepoRefs, name: str, record: BranchRecord, after: BranchRecord | None) -> Branch:
    """Append a record of a commit that nothing else may lead to."""
    assert record.commit is not None
    with holding(repo, record.commit):
        return Branch.of(name, _append(repo, name, record, after))


def _append(
    repo: RepoRefs, name: str, record: BranchRecord, after: BranchRecord | None
) -> BranchRecord:
    try:
        return repo.branch_logs.append(name, record, after)
    except MovedError as moved:
        raise ConflictError(
            f"{repo.name}@{name} was moved by {moved.head.who} in the meantime.",
            ours=after.commit if after else None,
            theirs=moved.head.commit,
            hint="Look at where it stands now, and try again.",
        ) from None


def _check_new(name: str) -> None:
    check_ref_name(name)
    if len(name) == ID_DIGITS and all(char in "0123456789abcdef" for char in name):
        raise InvalidInputError(f"{name!r} looks like a commit's id.", hint="Choose another name.")
