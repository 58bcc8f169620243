"""Which version of a dataset a commit holds, and how far behind it is.

Two commits hold the same version of a path if nothing under it changed in
between: a version is named by the commit that last changed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError, NotFoundError, PathNotFoundError

if TYPE_CHECKING:
    from jupyter_lake.addresses import Address
    from jupyter_lake.store import Commit, Lake, Repo

__all__ = ["Version", "Versions", "overlap"]

LOOKED_BACK = 200
"""How many versions are counted; whoever is further behind is 'at least' that."""


@dataclass(frozen=True, slots=True)
class Version:
    """A path of a repo as one commit left it."""

    repo: str
    path: str
    commit: str

    @property
    def short(self) -> str:
        """The commit's id, as people read it."""
        return self.commit[:8]

    def __str__(self) -> str:
        return f"{self.repo}@{self.short}/{self.path}".rstrip("/")


class Versions:
    """Answers about one lake, each asked of the store once.

    Parameters
    ----------
    lake
        Its branches are taken as they stand now.
    """

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._repos: dict[str, Repo | None] = {}
        self._of: dict[tuple[str, str, str], str] = {}
        self._logs: dict[tuple[str, str], list[str]] = {}
        self._commits: dict[tuple[str, str], Commit | None] = {}

    def at(self, address: Address) -> Version:
        """Return the version an address names; for a repo without a path, the commit itself.

        Raises
        ------
        RepoNotFoundError, RefNotFoundError, PathNotFoundError
        """
        commit = self.lake.repo(address.repo).commit(address.ref)
        if not address.path:
            return Version(address.repo, "", commit.id)
        found = commit.repo.log(commit.id, path=address.path, limit=1)
        if not found or not commit.ls(address.path):
            raise PathNotFoundError(
                f"{address.repo}@{commit.short} holds nothing at {address.path!r}.",
                hint=f"`%lake ls {address.repo}@{commit.short}` shows what is there.",
            )
        return Version(address.repo, address.path, found[0].id)

    def of(self, repo: str, commit: str, path: str) -> Version:
        """Return the version of a path that a commit holds; as it was read if it can't be told."""
        key = (repo, commit, path)
        if key not in self._of:
            self._of[key] = self._last_change(repo, commit, path) or commit
        return Version(repo, path, self._of[key])

    def _last_change(self, repo: str, commit: str, path: str) -> str | None:
        there = self.repo(repo)
        if there is None or not path:
            return None
        try:
            found = there.log(commit, path=_folder_of(path), limit=1)
        except LakeError:
            return None
        return found[0].id if found else None

    def behind(self, version: Version) -> int:
        """Return how many newer versions the repo's default branch has.

        Zero as well where the version lies on another branch, or the repo is gone.
        """
        log = self._log(version.repo, version.path)
        return log.index(version.commit) if version.commit in log else 0

    def newest(self, repo: str, path: str) -> str | None:
        """Return the commit of the newest version on the default branch."""
        log = self._log(repo, path)
        return log[0] if log else None

    def makers(self, version: Version) -> list[Commit]:
        """Return the commits that made what is in a version, newest first."""
        there = self.repo(version.repo)
        if there is None:
            return []
        if not version.path:
            commit = self.commit(version.repo, version.commit)
            return [commit] if commit else []
        try:
            blamed = {
                each.commit.id: each.commit for each in there.blame(version.commit, version.path)
            }
        except NotFoundError:
            return []
        return sorted(blamed.values(), key=lambda commit: commit.time, reverse=True)

    def commit(self, repo: str, commit_id: str) -> Commit | None:
        """Return a commit, or None if it is not to be had."""
        key = (repo, commit_id)
        if key not in self._commits:
            there = self.repo(repo)
            try:
                self._commits[key] = there.commit(commit_id) if there else None
            except LakeError:
                self._commits[key] = None
        return self._commits[key]

    def repo(self, name: str) -> Repo | None:
        """Return a repo, or None if it is not to be had."""
        if name not in self._repos:
            try:
                self._repos[name] = self.lake.repo(name)
            except LakeError:
                self._repos[name] = None
        return self._repos[name]

    def _log(self, repo: str, path: str) -> list[str]:
        if (repo, path) not in self._logs:
            there = self.repo(repo)
            try:
                commits = (
                    there.log(path=_folder_of(path) or None, limit=LOOKED_BACK) if there else []
                )
            except LakeError:
                commits = []
            self._logs[repo, path] = [commit.id for commit in commits]
        return self._logs[repo, path]


def overlap(one: str, other: str) -> bool:
    """Say whether two paths share files: equal, or one lies in the other."""
    one, other = _folder_of(one), _folder_of(other)
    return (
        one == other
        or not one
        or not other
        or one.startswith(f"{other}/")
        or other.startswith(f"{one}/")
    )


def _folder_of(path: str) -> str:
    """Return what stands before the first wildcard: ``events/*.json`` lies in ``events``."""
    parts = path.split("/")
    plain = next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), len(parts))
    return "/".join(parts[:plain])
