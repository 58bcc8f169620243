"""How a reproduction went: what came out, held against what was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError

if TYPE_CHECKING:
    from jupyter_lake.lineage.versions import Version
    from jupyter_lake.query import RowDiff
    from jupyter_lake.store import Commit, Lake

__all__ = ["Outcome", "compare"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a reproduction went.

    Attributes
    ----------
    says
        ``same files``, ``same rows``, ``different`` or ``failed``.
    detail
        What is different, or the error.
    branch
        The scratch branch, which stays for a look.
    """

    says: str
    detail: str = ""
    branch: str = ""

    @property
    def same(self) -> bool:
        """True if the dataset came out as it was."""
        return self.says in ("same files", "same rows")

    def __str__(self) -> str:
        return f"{self.says}: {self.detail}" if self.detail else self.says


def compare(lake: Lake, version: Version, branch: str) -> Outcome:
    """Compare a dataset on a scratch branch with the one that was."""
    repo, path = lake.repo(version.repo), version.path
    try:
        now, then = repo.commit(branch), repo.commit(version.commit)
    except LakeError as error:
        return Outcome("failed", error.message, branch)
    made, was = _contents(now, path), _contents(then, path)
    if made == was:
        return Outcome("same files", "", branch)
    if not made:
        return Outcome("different", "nothing was made", branch)
    from jupyter_lake.query import row_diff

    try:
        found = row_diff(repo, then.id, now.id, path)
    except LakeError as error:
        return Outcome("different", f"the files differ ({error.message})", branch)
    if not found:
        return Outcome("same rows", "the files' bytes differ", branch)
    return Outcome("different", ", ".join(_differences(found)), branch)


def _contents(commit: Commit, path: str) -> dict[str, str | None]:
    return {entry.path: entry.hash for entry in commit.entries(path)}


def _differences(found: RowDiff) -> Iterator[str]:
    """Yield what is different, columns first."""
    for sign, columns in (("+", found.columns_added), ("-", found.columns_removed)):
        yield from (f"{sign}column {name} {kind}" for name, kind in columns)
    for name, old, new in found.columns_retyped:
        yield f"~column {name} {old} → {new}"
    yield found.summary
