"""What the tests of the store do over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, Repo


def put(repo: Repo, branch: str = "main", **files: str | None) -> Commit:
    """Commit files by name (``a__b`` is the path ``a/b``); None takes one out."""
    return put_paths(
        repo, {name.replace("__", "/"): text for name, text in files.items()}, branch=branch
    )


def put_paths(repo: Repo, files: dict[str, str | None], *, branch: str = "main") -> Commit:
    """Commit files by path; None takes one out."""
    with repo.transaction(branch, message=f"Put {', '.join(files)}") as tx:
        for path, text in files.items():
            if text is None:
                tx.delete(path)
            else:
                tx.write(path, text.encode())
    return tx.commit


def contents(repo: Repo, ref: str = "main") -> dict[str, str]:
    """Return all files of a commit, read."""
    commit = repo.commit(ref)
    return {entry.path: commit.read(entry.path).decode() for entry in commit.entries()}
