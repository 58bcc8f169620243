"""From the addresses a person types to repos, commits, branches and paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address, Ref
from jupyter_lake.errors import InvalidAddressError

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo
    from jupyter_lake.verbs.workspace import Workspace

__all__ = ["BranchPlace", "Place", "branch_place", "place", "repo_only"]


@dataclass(frozen=True, slots=True)
class Place:
    """A path in a commit, and the address it was found by."""

    repo: Repo
    commit: Commit
    path: str
    address: Address

    @property
    def fixed(self) -> str:
        """The address with the commit in place of a name that moves."""
        return str(Address(self.repo.name, Ref(self.commit.short), self.path))


@dataclass(frozen=True, slots=True)
class BranchPlace:
    """A path on a branch: where something can be written."""

    repo: Repo
    branch: str
    path: str

    def __str__(self) -> str:
        suffix = f"/{self.path}" if self.path else ""
        return f"{self.repo.name}@{self.branch}{suffix}"


def place(workspace: Workspace, text: str | None) -> Place:
    """Resolve an address for reading; without one, the repo that must be meant.

    A repo without a ref is at its pin, else at its default branch.

    Raises
    ------
    InvalidAddressError, RepoNotFoundError, RefNotFoundError
    """
    address = Address.parse(text) if text else Address(workspace.only_repo().name)
    repo = workspace.lake.repo(address.repo)
    ref = address.ref or workspace.pins.get(repo.name)
    return Place(repo, repo.commit(ref), address.path, address)


def repo_only(workspace: Workspace, text: str | None) -> Repo:
    """Resolve an address that may name nothing but a repo.

    Raises
    ------
    InvalidAddressError, RepoNotFoundError
    """
    if not text:
        return workspace.only_repo()
    address = Address.parse(text)
    if address.ref or address.path:
        raise InvalidAddressError(
            f"{text!r} names more than a repo.", hint=f"Only the repo is wanted: {address.repo}"
        )
    return workspace.lake.repo(address.repo)


def branch_place(workspace: Workspace, text: str) -> BranchPlace:
    """Resolve an address for writing: its ref, else the repo's pin or default branch.

    Raises
    ------
    InvalidAddressError
        If the ref is not a plain branch name.
    RepoNotFoundError, RefNotFoundError
    """
    address = Address.parse(text)
    repo = workspace.lake.repo(address.repo)
    return BranchPlace(repo, branch_name(workspace, repo, address), address.path)


def branch_name(workspace: Workspace, repo: Repo, address: Address) -> str:
    """Return the branch that an address writes to.

    Raises
    ------
    InvalidAddressError, RefNotFoundError
    """
    pin = workspace.pins.get(repo.name)
    ref = address.ref or (Ref.parse(pin) if pin else Ref(repo.default_branch))
    make_one = workspace.command(f"branch {repo.name} NAME --from {ref}")
    if ref.steps or ref.at:
        raise InvalidAddressError(
            f"{ref} is a commit, and only a branch can be written to.",
            hint=f"Make a branch there: {make_one}",
        )
    names = {repo.default_branch, *(branch.name for branch in repo.branches())}
    if ref.name in names:
        return ref.name
    if pin and not address.ref:
        raise InvalidAddressError(
            f"{repo.name} is pinned to {ref}, which is no branch, so nothing can be written there.",
            hint=f"Name a branch, as in {repo.name}@{repo.default_branch}, "
            f"or take the pin off: {workspace.command('use --clear')}",
        )
    repo.commit(ref)  # a tag or a commit is told apart from what does not exist
    raise InvalidAddressError(
        f"{ref} is no branch of {repo.name}, and only a branch can be written to.",
        hint=f"Make a branch there: {make_one}",
    )
