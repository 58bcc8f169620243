"""Where data came from and who works with it, as the lake has recorded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError, RunNotFoundError

if TYPE_CHECKING:
    from jupyter_lake.server.question import Question

__all__ = ["inputs", "lineage", "list_activity", "show_run"]

HOPS = 1
MOST_HOPS = 20
RUNS = 100
MOST_RUNS = 1000


def lineage(question: Question) -> object:
    """Return the graph round ``address``: ``up`` and ``down`` say how many hops.

    With ``fold`` crowds of neighbours are one node each, but for those whose ids
    are in ``open``, a line each.
    """
    from jupyter_lake.lineage import graph
    from jupyter_lake.lineage.collapsing import collapsed

    address = _address(question)
    up = question.number("up", HOPS, at_most=MOST_HOPS)
    down = question.number("down", HOPS, at_most=MOST_HOPS)
    found = graph(question.lake, address, up=up, down=down)
    if question.text("fold"):
        found = collapsed(found, opened=question.text("open").split("\n"))
    nodes = [_with_place(question, node.to_dict()) for node in found.nodes]
    return {"address": address, "dot": found.dot, **found.to_dict(), "nodes": nodes}


def inputs(question: Question) -> object:
    """Return the inputs of the commit at ``address``, each newest or so many versions behind."""
    from jupyter_lake.lineage import freshness

    address = Address.parse(_address(question))
    lake = question.lake
    commit = lake.repo(address.repo).commit(address.ref)
    return {"commit": commit.id, "inputs": [state.to_dict() for state in freshness(lake, commit)]}


def list_activity(question: Question) -> object:
    """Return the latest runs of everybody, newest first."""
    from jupyter_lake.lineage import activity

    limit = question.number("limit", RUNS, at_most=MOST_RUNS)
    runs = activity(question.lake, limit)
    return {"runs": [_with_place(question, run.to_dict()) for run in runs]}


def show_run(question: Question, run: str) -> object:
    """Return one run with the source that its cell had."""
    from jupyter_lake.lineage.run_reader import read_runs

    for found in read_runs(question.lake).runs({run}):
        return _with_place(question, found.to_dict())
    raise RunNotFoundError(
        f"The lake has no record of the run {run}.",
        hint="`%lake sql FROM lake.runs` lists those it has.",
    )


def _with_place(question: Question, about: dict[str, object]) -> dict[str, object]:
    if "notebook" in about:
        about["notebook"] = question.place(about["notebook"])
    return about


def _address(question: Question) -> str:
    if address := question.text("address"):
        return address
    raise InvalidInputError(
        "The question names no address.", hint="Ask for ?address=repo@ref/path."
    )
