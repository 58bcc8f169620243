"""The commit graph in text."""

from __future__ import annotations

import pytest

from jupyter_lake.verbs.lanes import lanes

Commits = list[tuple[str, str]]

GRAPHS: dict[str, tuple[Commits, list[str]]] = {
    "a line": ([("c", "b"), ("b", "a"), ("a", "")], ["●", "●", "●"]),
    "a merge": (
        [("m", "ab"), ("b", "r"), ("a", "r"), ("r", "")],
        ["●─╮", "│ ●", "● │", "●─╯"],
    ),
    "two merges after each other": (
        [("n", "mc"), ("c", "m"), ("m", "ab"), ("b", "r"), ("a", "r"), ("r", "")],
        ["●─╮", "│ ●", "●─┤", "│ ●", "● │", "●─╯"],
    ),
    "a merge across a lane": (
        [("m", "ax"), ("n", "bx"), ("x", "r"), ("b", "r"), ("a", "r"), ("r", "")],
        ["●─╮", "│ ├─●", "│ ● │", "│ │ ●", "● │ │", "●─┴─╯"],
    ),
    "cut off below": ([("m", "ab")], ["●─╮"]),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_each_commit_has_a_line_with_its_lanes(name: str) -> None:
    commits, drawn = GRAPHS[name]
    assert lanes([(commit, list(parents)) for commit, parents in commits]) == drawn


def test_a_long_history_has_a_line_for_each_commit() -> None:
    commits = [(str(n), [str(n - 1), str(n - 2)]) for n in range(400, 1, -1)]
    drawn = lanes(commits)
    assert len(drawn) == len(commits)
    assert all(line.count("●") == 1 for line in drawn)
