"""Pages of a long log: each commit is walked to once, however far one scrolls."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo

__all__ = ["pages"]

MOST_LOGS = 32
MOST_SEARCHED = 20_000

_logs: OrderedDict[tuple[str, str, str, str, str], _Log] = OrderedDict()
_lock = threading.Lock()


class _Log:
    # A log from one commit back never changes, so what was walked stays true.

    def __init__(self, commits: Iterator[Commit]) -> None:
        self._commits = commits
        self._walked: list[Commit] = []
        self._lock = threading.Lock()

    def slice(self, start: int, count: int) -> list[Commit]:
        with self._lock:
            missing = max(0, start + count - len(self._walked))
            self._walked.extend(itertools.islice(self._commits, missing))
            return self._walked[start : start + count]


def pages(
    repo: Repo, head: str, *, path: str = "", find: str = "", start: int, count: int
) -> list[Commit]:
    """Return `count` commits of the log of `head`, after the first `start`.

    With `find`, a text in lower case, of those that it is found in; only the
    newest 20,000 are searched.
    """
    key = (repo.lake.url, repo.name, head, path, find)
    with _lock:
        log = _logs.get(key)
        if log is None:
            log = _logs[key] = _Log(_commits(repo, head, path, find))
        _logs.move_to_end(key)
        while len(_logs) > MOST_LOGS:
            _logs.popitem(last=False)
    return log.slice(start, count)


def _commits(repo: Repo, head: str, path: str, find: str) -> Iterator[Commit]:
    commits = repo.iter_log(head, path=path or None)
    if not find:
        return commits
    newest = itertools.islice(commits, MOST_SEARCHED)
    return (commit for commit in newest if _holds(commit, find))


def _holds(commit: Commit, find: str) -> bool:
    words = f"{commit.message}\n{commit.author}".casefold()
    return find in words or commit.id.rpartition(":")[2].startswith(find)
