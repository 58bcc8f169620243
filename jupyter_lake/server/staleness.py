"""Which cells of a notebook read data that has moved on since they ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError

if TYPE_CHECKING:
    from jupyter_lake.lineage import InputState, Run
    from jupyter_lake.server.question import Question

__all__ = ["stale_cells"]

LOOKED_BACK = 1000


def stale_cells(question: Question) -> object:
    """Return for the cells of ``notebook`` their inputs with versions newer than their last run.

    Who read an older commit on purpose is not told so again and again: only what
    was made after the cell ran counts, and of several reads the one of the newest.
    """
    notebook = question.text("notebook")
    stale = {}
    for cell, run in _last_runs(question, notebook).items():
        inputs = [state.to_dict() for state in _moved_on(question, run)]
        if inputs:
            stale[cell] = inputs
    return {"notebook": notebook, "cells": stale}


def _last_runs(question: Question, notebook: str) -> dict[str, Run]:
    from jupyter_lake.lineage import activity

    found: dict[str, Run] = {}
    for run in activity(question.lake, LOOKED_BACK):
        if run.cell_id and run.cell_id not in found and question.place(run.notebook) == notebook:
            found[run.cell_id] = run
    return found


def _moved_on(question: Question, run: Run) -> list[InputState]:
    from jupyter_lake.lineage import freshness_of_run

    states = freshness_of_run(question.lake, run) if run.reads else []
    nearest: dict[tuple[str, str], InputState] = {}
    for state in sorted(states, key=lambda state: state.behind):
        nearest.setdefault((state.repo, state.path), state)
    stale = [state for state in nearest.values() if state.behind]
    return [state for state in stale if _made_after(question, state, run)]


def _made_after(question: Question, state: InputState, run: Run) -> bool:
    try:
        newest = question.lake.repo(state.repo).commit(state.newest)
    except LakeError:
        return False
    return newest.time > run.started
