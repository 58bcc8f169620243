"""Two commits compared: the paths that differ, and of one table the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.server.commits import count_changes, describe_change

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question

__all__ = ["compare", "compare_rows"]

MOST_CHANGES = 200
ROWS = 100
MOST_ROWS = 1000


def compare(question: Question, name: str) -> object:
    """Return the paths that differ between the refs ``a`` and ``b``."""
    repo = question.lake.repo(name)
    a, b = question.text("a"), question.text("b")
    changes = list(repo.diff(a, b, path=question.text("path")))
    return {
        "repo": name,
        "a": {"ref": a, "commit": repo.resolve(a)},
        "b": {"ref": b, "commit": repo.resolve(b)},
        "summary": count_changes(changes),
        "changes": [describe_change(change) for change in changes[:MOST_CHANGES]],
    }


def compare_rows(question: Question, name: str) -> object:
    """Return how the table at ``path`` differs between the refs ``a`` and ``b``.

    The columns of ``key``, separated by commas, tell rows apart; without them a
    changed row counts as one removed and one added.
    """
    from jupyter_lake.query import row_diff

    key = [column.strip() for column in question.text("key").split(",")]
    found = row_diff(
        question.lake.repo(name),
        question.text("a"),
        question.text("b"),
        question.text("path"),
        key=[column for column in key if column],
        limit=question.number("limit", ROWS, at_most=MOST_ROWS),
    )
    return found.to_dict()
