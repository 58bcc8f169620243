"""Where each kind of object of a lake lies: the one place that spells keys.

::

    lake.json                            what makes a folder or bucket prefix a lake
    repos/<repo>/repo.json               description, default branch
    repos/<repo>/objects/ab/<hash>       file bytes as they came
    repos/<repo>/ranges/ab/<hash>.parquet    runs of sorted entries
    repos/<repo>/trees/ab/<hash>.parquet     the list of a snapshot's ranges
    repos/<repo>/commits/ab/<hash>.json  with the entries of a small snapshot, which then has
                                         neither tree nor ranges
    repos/<repo>/changes/<commit>.parquet    only where the commit doesn't hold the list itself
    repos/<repo>/refs/heads/<branch>/<n> numbered create-only records: the branch's log
    repos/<repo>/refs/hints/<branch>     overwritable: about where the log ends
    repos/<repo>/refs/tags/<tag>
    repos/<repo>/gc/running/<id>         a collector that is at work
    repos/<repo>/gc/held/<commit>-<id>   somebody is making a ref to this commit
    repos/<repo>/gc/done/<time>-<id>.json    the commits that a collector has deleted
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LAKE_KEY", "REPOS", "RepoKeys"]

LAKE_KEY = "lake.json"
REPOS = "repos/"


@dataclass(frozen=True, slots=True)
class RepoKeys:
    """The keys of one repo; everything of it lies under `prefix`."""

    name: str

    @property
    def prefix(self) -> str:
        """Where the repo lies, with a slash at the end."""
        return f"repos/{self.name}/"

    @property
    def repo(self) -> str:
        """The repo's own record."""
        return f"{self.prefix}repo.json"

    def object(self, hash: str) -> str:
        """Return the key of a file's bytes by the hex digits of its hash."""
        return f"{self.prefix}objects/{hash[:2]}/{hash}"

    def range(self, id: str) -> str:
        """Return the key of a range."""
        return f"{self.prefix}ranges/{id[:2]}/{id}.parquet"

    def tree(self, id: str) -> str:
        """Return the key of a tree."""
        return f"{self.prefix}trees/{id[:2]}/{id}.parquet"

    def commit(self, id: str) -> str:
        """Return the key of a commit."""
        return f"{self.prefix}commits/{id[:2]}/{id}.json"

    def commits(self, start: str) -> str:
        """Return the prefix of the commits whose ids begin with `start`, two digits or more."""
        return f"{self.prefix}commits/{start[:2]}/{start}"

    def changes(self, commit: str) -> str:
        """Return the key of a commit's change list."""
        return f"{self.prefix}changes/{commit}.parquet"

    @property
    def branches(self) -> str:
        """The prefix under which each branch has a folder."""
        return f"{self.prefix}refs/heads/"

    def heads(self, branch: str) -> str:
        """Return the prefix of a branch's records."""
        return f"{self.prefix}refs/heads/{branch}/"

    def head(self, branch: str, number: int) -> str:
        """Return the key of a branch's record."""
        return f"{self.heads(branch)}{number:010d}"

    def hint(self, branch: str) -> str:
        """Return the key of a branch's hint."""
        return f"{self.prefix}refs/hints/{branch}"

    @property
    def tags(self) -> str:
        """The prefix of the tags."""
        return f"{self.prefix}refs/tags/"

    def tag(self, tag: str) -> str:
        """Return the key of a tag."""
        return f"{self.tags}{tag}"
