"""The check of a whole lake, repo by repo."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jupyter_lake.errors import RepoNotFoundError
from jupyter_lake.store.cache import beneath
from jupyter_lake.store.fsck.content import check_content
from jupyter_lake.store.fsck.layout import check_layout
from jupyter_lake.store.fsck.readback import Readback, Subject
from jupyter_lake.store.fsck.refs import check_refs
from jupyter_lake.store.fsck.report import FsckReport
from jupyter_lake.store.keys import LAKE_KEY, RepoKeys

if TYPE_CHECKING:
    from jupyter_lake.store.lakes import Lake
    from jupyter_lake.store.objectstore import ObjectInfo

__all__ = ["fsck"]

_REPO = "[a-z0-9][a-z0-9._-]*"
_OUTSIDE_REPOS = re.compile(r"lake\.json|lineage/.+|probe-[0-9a-f]+")
_IN_REPO = re.compile(rf"repos/(?P<repo>{_REPO})/.+")


def fsck(lake: Lake, *, repo: str | None = None, deep: bool = True) -> FsckReport:
    """Check a lake: all that its refs lead to is there, and is what its name says.

    Parameters
    ----------
    lake
        The lake. Nothing in it is changed.
    repo
        Only this repo.
    deep
        Read the bytes of all files; otherwise only look at their sizes.

    Raises
    ------
    RepoNotFoundError
    """
    report = FsckReport(deep)
    objects = beneath(lake.objects)
    if repo is None:
        _check_all(Readback(objects, RepoKeys(""), report))
    else:
        readback = Readback(objects, RepoKeys(repo), report)
        found = {info.key: info for info in objects.list(readback.keys.prefix)}
        if not found:
            hint = "`%lake repos` lists those there are."
            raise RepoNotFoundError(f"The lake has no repo {repo!r}.", hint=hint)
        _check_repo(readback, found)
    return report


def _check_all(readback: Readback) -> None:
    readback.decoded(json.loads, _LAKE)
    by_repo: dict[str, dict[str, ObjectInfo]] = {}
    for info in readback.objects.list(""):
        if match := _IN_REPO.fullmatch(info.key):
            by_repo.setdefault(match["repo"], {})[info.key] = info
        elif not _OUTSIDE_REPOS.fullmatch(info.key):
            readback.foreign(info.key)
    for name, found in sorted(by_repo.items()):
        _check_repo(Readback(readback.objects, RepoKeys(name), readback.report), found)


def _check_repo(readback: Readback, found: dict[str, ObjectInfo]) -> None:
    fitting = check_layout(readback, found)
    check_content(readback, fitting, check_refs(readback, fitting))


_LAKE = Subject(
    LAKE_KEY,
    "The lake's own record",
    "The lake can't be opened; all its repos are still there.",
    "Restore it from a backup, or copy it from a lake made by the same version.",
)
