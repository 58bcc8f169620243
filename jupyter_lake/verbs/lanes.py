"""A commit graph in text: one line of lanes for each commit, newest first.

The lanes are those of ``git log --graph``, without its lines in between: what
a lane is about to join is drawn on the commit's own line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["lanes"]

# How a lane that a commit meets is drawn: at the left end, in the middle, at the right end.
_Marks = tuple[str, str, str]
_OPENS: _Marks = ("╭", "┬", "╮")
_PASSES: _Marks = ("├", "┼", "┤")
_ENDS: _Marks = ("╰", "┴", "╯")


def lanes(commits: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Draw the lanes of commits, each given as its id and its parents' ids.

    Parameters
    ----------
    commits
        Newest first: a commit stands above its parents.

    Returns
    -------
    A text for each commit: ``●`` where it stands, ``│`` for lanes that pass,
    ``╮`` for a lane that a merge opens, ``┤`` for one it joins, ``╯`` for one
    that ends here.

    Examples
    --------
    >>> for line in lanes([("m", "ab"), ("b", "r"), ("a", "r"), ("r", "")]):
    ...     print(line)
    ●─╮
    │ ●
    ● │
    ●─╯
    """
    waiting: list[str | None] = []  # the commit that each lane leads to
    lines: list[str] = []
    for commit, parents in commits:
        own = [index for index, wanted in enumerate(waiting) if wanted == commit]
        column = own[0] if own else _free(waiting)
        joins = dict.fromkeys(own[1:], _ENDS)
        for index in joins:
            waiting[index] = None
        waiting[column] = parents[0] if parents else commit
        for parent in parents[1:]:
            index, marks = _joined(waiting, parent)
            joins[index] = _PASSES if index in joins else marks
        lines.append(_drawn(waiting, column, joins))
        if not parents:
            waiting[column] = None
        while waiting and waiting[-1] is None:
            waiting.pop()
    return lines


def _free(waiting: list[str | None]) -> int:
    """Return a lane that leads nowhere, a new one where all are taken."""
    if None not in waiting:
        waiting.append(None)
    return waiting.index(None)


def _joined(waiting: list[str | None], parent: str) -> tuple[int, _Marks]:
    """Return the lane that leads to a merge's further parent, and how the merge meets it."""
    if parent in waiting:
        return waiting.index(parent), _PASSES
    index = _free(waiting)
    waiting[index] = parent
    return index, _OPENS


def _drawn(waiting: Sequence[str | None], column: int, joins: Mapping[int, _Marks]) -> str:
    """Draw one commit's line: its lane, the lanes it meets, and those that pass."""
    left, right = min([column, *joins]), max([column, *joins])
    text = ""
    for index, wanted in enumerate(waiting):
        between = left < index < right
        if index == column:
            mark = "●"
        elif index in joins:
            at_left, through, at_right = joins[index]
            mark = through if between else at_left if index == left else at_right
        elif between:
            mark = "─" if wanted is None else "┼"
        else:
            mark = " " if wanted is None else "│"
        text += ("─" if left < index <= right else " " if index else "") + mark
    return text.rstrip()
