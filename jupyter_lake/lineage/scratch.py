"""The first cell of a notebook that makes a dataset again: lake, pins and scratch branches."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_lake.lineage.pinning import pins_of_all

if TYPE_CHECKING:
    from jupyter_lake.lineage.runs import Run, RunWrite
    from jupyter_lake.lineage.versions import Version
    from jupyter_lake.store import Lake

__all__ = ["opening"]


def opening(lake: Lake, version: Version, runs: Sequence[Run], *, branch: str) -> str:
    """Return the cell that opens the lake, pins inputs, and makes the scratch branches.

    Parameters
    ----------
    lake
        Where all of it is.
    version
        What is to be made again.
    runs
        The cells that make it, oldest first.
    branch
        The scratch branch in each repo that they write to.
    """
    lines = ["%load_ext jupyter_lake", f"%lake open {shlex.quote(lake.url)}"]
    lines += [f"%lake use {repo}@{commit[:12]}" for repo, commit in pins_of_all(runs).items()]
    for repo in dict.fromkeys(write.repo for run in runs for write in run.writes):
        writes = [write for run in runs for write in run.writes if write.repo == repo]
        before = _state_before(lake, version, writes)
        start = (before or writes[-1].commit)[:12]
        lines.append(f"%lake branch {repo} {branch} --from {start}")
        lines += [
            f"%lake rm '{repo}@{branch}/{path}' -m 'Make room to make it again'"
            for path in ([] if before else _to_make_again(lake, version, writes))
        ]
    return "\n".join(lines)


def _state_before(lake: Lake, version: Version, writes: Sequence[RunWrite]) -> str | None:
    """Return the commit that the first of these writes was made on.

    None if there was none, or if others changed the dataset in between: then
    their files are to stay, and just these are made again.
    """
    repo = lake.repo(writes[0].repo)
    first = repo.commit(writes[0].commit)
    commits = {write.commit for write in writes}
    path = version.path if repo.name == version.repo else None
    for commit in repo.log(writes[-1].commit, path=path or None, limit=None):
        if commit.time < first.time:
            break
        if commit.id not in commits:
            return None
    return first.parents[0] if first.parents else None


def _to_make_again(lake: Lake, version: Version, writes: Sequence[RunWrite]) -> list[str]:
    """Return the paths that make room: the whole dataset where all of it is made again."""
    repo, path = writes[-1].repo, version.path
    paths = dict.fromkeys(write.path for write in writes)
    if repo != version.repo or not path:
        return list(paths)
    inside = {entry.path for entry in lake.repo(repo).commit(writes[-1].commit).entries(path)}
    if inside - paths.keys():
        return list(paths)
    return [path, *(each for each in paths if each not in inside)]
