"""What a process does that commits file after file to one branch, and notes what was acknowledged.

What is there already it passes over, so that it can be killed and started again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from jupyter_lake.store import Lake


def path_of(number: int, commit: int) -> str:
    return f"by-{number}/{commit:03}.txt"


def content_of(number: int, commit: int) -> bytes:
    return f"writer {number}, commit {commit}".encode()


def write(environment: Mapping[str, str], url: str, number: int, commits: int, notes: Path) -> None:
    os.environ.update(environment)
    repo = Lake.open(url).repo("sales")
    there = {e.path for e in repo.commit().entries(f"by-{number}")} if repo.branches() else set()
    with notes.open("a") as acknowledged:
        for commit in range(commits):
            path = path_of(number, commit)
            if path in there:
                continue
            with repo.transaction(message=path, author=f"writer {number}") as tx:
                tx.write(path, content_of(number, commit))
            acknowledged.write(f"{path}\n")
            acknowledged.flush()
