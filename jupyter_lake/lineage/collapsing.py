"""A graph that a person can take in: of many neighbours a few, and how many more there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from jupyter_lake.lineage.graph import Graph, GraphEdge, MoreNode

__all__ = ["collapsed"]

SHOWN = 5
MOST = 7  # one or two more are shown sooner than told

Links = Mapping[str, list[str]]


def collapsed(graph: Graph, *, opened: Collection[str] = ()) -> Graph:
    """Return the graph with crowds of neighbours folded, each into a node that counts them.

    Folded are those inputs of what leads to the subject, and those users of what
    came from it, that hang on nothing else but each other.

    Parameters
    ----------
    graph
        What to draw.
    opened
        The ids of the folded nodes that a person has opened.
    """
    before: defaultdict[str, list[str]] = defaultdict(list)
    after: defaultdict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    crowds = [
        *_crowds(graph.subject, before, after, up=True),
        *_crowds(graph.subject, after, before, up=False),
    ]
    folded = [(fold, crowd) for fold, crowd in crowds if fold.id not in opened]
    hidden = {node for _, crowd in folded for node in crowd}
    kept = _within_reach(graph.subject, before, after, hidden)
    more = [fold for fold, _ in folded if fold.of in kept]
    lines = [GraphEdge(*_ends(fold), kind="more") for fold in more]
    nodes = tuple(node for node in graph.nodes if node.id in kept)
    edges = tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept)
    return replace(graph, nodes=(*nodes, *more), edges=(*edges, *lines))


def _crowds(
    subject: str, onward: Links, back: Links, *, up: bool
) -> list[tuple[MoreNode, list[str]]]:
    """Return for the nodes on one side of the subject what to fold, the newest left standing."""
    found = []
    for id_ in _reach(subject, onward):
        beside = dict.fromkeys(onward[id_])
        alone = [other for other in beside if {*back[other]} <= {id_, *beside}]
        if len(alone) > MOST:
            crowd = alone[:-SHOWN]
            found.append((MoreNode(id_, up, len(crowd)), crowd))
    return found


def _reach(start: str, links: Links) -> list[str]:
    seen = {start: None}
    queue = [start]
    for id_ in queue:
        new = [other for other in dict.fromkeys(links[id_]) if other not in seen]
        seen.update(dict.fromkeys(new))
        queue += new
    return queue


def _within_reach(subject: str, before: Links, after: Links, hidden: Collection[str]) -> set[str]:
    kept = {subject}
    queue = [subject]
    for id_ in queue:
        new = {*before[id_], *after[id_]} - kept - set(hidden)
        kept |= new
        queue += new
    return kept


def _ends(fold: MoreNode) -> tuple[str, str]:
    return (fold.id, fold.of) if fold.up else (fold.of, fold.id)
