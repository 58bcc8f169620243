"""From a ref as people write it to the one commit it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Ref
from jupyter_lake.errors import RefNotFoundError, closest

if TYPE_CHECKING:
    from jupyter_lake.store.reporefs import RepoRefs

__all__ = ["ref_not_found", "resolve"]

_ID = re.compile(r"[0-9a-f]{6,64}")
FULL = 64


def resolve(repo: RepoRefs, ref: str | Ref | None) -> str:
    """Return the id of the commit that a ref names.

    Raises
    ------
    RefNotFoundError, InvalidAddressError
    """
    if ref is None:
        ref = Ref(repo.default_branch)
    elif isinstance(ref, str):
        ref = Ref.parse(ref)
    commit = _at_time(repo, ref) if ref.at else _named(repo, ref)
    for operator, count in ref.steps:
        commit = _step(repo, ref, commit, operator, count)
    return commit


def _named(repo: RepoRefs, ref: Ref) -> str:
    name = ref.name
    may_be_id = _ID.fullmatch(name) is not None
    if may_be_id and len(name) == FULL:
        return _by_id(repo, name)
    head = repo.branch_logs.head(name)
    if head is not None and head.commit is not None:
        return head.commit
    tag = repo.tag(name)
    if tag is not None:
        return tag.commit
    if may_be_id:
        return _by_id(repo, name)
    raise ref_not_found(repo, name)


def _by_id(repo: RepoRefs, prefix: str) -> str:
    if len(prefix) == FULL and repo.history.knows(prefix):
        return prefix
    found = repo.history.with_prefix(prefix)
    if len(found) > 1:
        raise RefNotFoundError(
            f"{prefix!r} is the beginning of {len(found)} commits of {repo.name}.",
            hint=f"Type more digits: {', '.join(id[:12] for id in found[:4])}.",
            kind="ambiguous-ref",
        )
    if not found:
        raise ref_not_found(repo, prefix)
    return found[0]


def _at_time(repo: RepoRefs, ref: Ref) -> str:
    assert ref.at is not None
    record = repo.branch_logs.at(ref.name, ref.at)
    if record is None and repo.branch_logs.head(ref.name) is None:
        raise ref_not_found(repo, ref.name, what="branch")
    if record is None or record.commit is None:
        state = "was not there yet" if record is None else "was deleted"
        raise RefNotFoundError(
            f"{repo.name}@{ref.name} {state} at {ref.at:%Y-%m-%d %H:%M} UTC.",
            hint=f"`%lake log {repo.name}@{ref.name}` shows the times of its commits.",
        )
    return record.commit


def _step(repo: RepoRefs, ref: Ref, commit: str, operator: str, count: int) -> str:
    if operator == "^":
        parents = repo.history.record(commit).parents
        if count == 0:
            return commit
        if count > len(parents):
            raise _too_far(repo, ref, f"{commit[:8]} has {len(parents)} parents")
        return parents[count - 1]
    for done in range(count):
        parents = repo.history.record(commit).parents
        if not parents:
            raise _too_far(repo, ref, f"there are only {done} commits before it")
        commit = parents[0]
    return commit


def _too_far(repo: RepoRefs, ref: Ref, why: str) -> RefNotFoundError:
    return RefNotFoundError(
        f"{repo.name}@{ref} reaches behind the first commit: {why}.",
        hint=f"`%lake log {repo.name}@{ref.name}` shows the commits.",
    )


def ref_not_found(
    repo: RepoRefs, name: str, *, what: str = "branch, tag or commit"
) -> RefNotFoundError:
    """Return the error that says a repo has no such ref, with the nearest names."""
    branches = [branch.name for branch in repo.branches()]
    if not branches:
        return RefNotFoundError(
            f"{repo.name} has no commit yet, so no {what} {name!r}.",
            hint=f"`%lake put FILE {repo.name}/FILE -m MESSAGE` makes the first.",
        )
    names = [*branches, *(tag.name for tag in repo.tags())]
    near = closest(name, names)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There is {', '.join(names[:8])}."
    return RefNotFoundError(f"{repo.name} has no {what} {name!r}.", hint=hint)
