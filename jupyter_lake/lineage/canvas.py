"""The drawing board of a trace: nodes and edges as they are found."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_lake.lineage.graph import (
    DatasetNode,
    Graph,
    GraphEdge,
    Node,
    OutsideNode,
    RunNode,
)

if TYPE_CHECKING:
    from jupyter_lake.lineage.runs import Run, RunRead, Upstream
    from jupyter_lake.lineage.versions import Version, Versions

__all__ = ["Canvas"]

LARGEST = 1_000
"""Nodes; more nobody can look at."""


class Canvas:
    """Gathers a graph.

    Parameters
    ----------
    versions
        Knows how far behind a dataset is.
    """

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str, str], GraphEdge] = {}
        self.cut = False

    @property
    def full(self) -> bool:
        """True once there is more than anybody can look at."""
        self.cut |= len(self._nodes) >= LARGEST
        return len(self._nodes) >= LARGEST

    def has(self, node_id: str) -> bool:
        """Say whether a node is drawn."""
        return node_id in self._nodes

    def draw(self, node: Node) -> None:
        """Draw a node, once."""
        self._nodes.setdefault(node.id, node)

    def run(self, run: Run) -> None:
        """Draw a run."""
        self.draw(RunNode(run))

    def dataset(self, version: Version) -> DatasetNode:
        """Draw a version of a dataset."""
        node = DatasetNode(version, self._versions.behind(version))
        self.draw(node)
        return node

    def read(self, version: Version, run: Run, read: RunRead, *, behind: int) -> None:
        """Draw that a run read a dataset, which has `behind` newer versions than it read."""
        self.edge(
            GraphEdge(
                self.dataset(version).id,
                run.run_id,
                "read",
                columns=read.columns,
                commit=read.commit,
                behind=behind,
            )
        )
        drawn = self._nodes.get(run.run_id)
        if behind and isinstance(drawn, RunNode):
            self._nodes[run.run_id] = replace(drawn, stale=True)

    def wrote(self, run: Run, version: Version, commit: str) -> None:
        """Draw that a run wrote a dataset."""
        self.edge(GraphEdge(run.run_id, self.dataset(version).id, "write", commit=commit))

    def flow(self, upstream: Upstream, target: str) -> None:
        """Draw that data went from one cell to another."""
        self.edge(
            GraphEdge(
                upstream.run_id,
                target,
                "flow",
                variables=upstream.variables,
                certainty=upstream.certainty,
            )
        )

    def outside(self, name: str, run: Run) -> None:
        """Draw that a run read something past the lake."""
        node = OutsideNode(name)
        self.draw(node)
        self.edge(GraphEdge(node.id, run.run_id, "untracked"))

    def edge(self, edge: GraphEdge) -> None:
        """Draw an edge; reads of one dataset by one run add up."""
        key = (edge.source, edge.target, edge.kind)
        known = self._edges.get(key)
        if known is not None and edge.kind == "read":
            columns = _both(known.columns, edge.columns)
            edge = replace(edge, columns=columns, behind=max(known.behind, edge.behind))
        self._edges[key] = edge

    def finished(self, subject: str) -> Graph:
        """Return the graph, without edges to what is not drawn and cells that only prepare."""
        self._prune(subject)
        nodes, edges = _in_order(self._nodes, self._edges.values())
        return Graph(subject, nodes, edges, self.cut)

    def _prune(self, subject: str) -> None:
        """Leave out cells that only import, and edges that lead nowhere."""
        self._edges = {
            key: edge
            for key, edge in self._edges.items()
            if edge.source in self._nodes and edge.target in self._nodes
        }
        while True:
            sources = {edge.target for edge in self._edges.values()}
            idle = [
                node.id
                for node in self._nodes.values()
                if isinstance(node, RunNode)
                and node.id != subject
                and node.id not in sources
                and _only_prepares(node.run)
            ]
            if not idle:
                break
            for node_id in idle:
                del self._nodes[node_id]
            self._edges = {
                key: edge for key, edge in self._edges.items() if edge.source in self._nodes
            }


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if one is None or other is None else tuple(dict.fromkeys((*one, *other)))


def _only_prepares(run: Run) -> bool:
    """Say whether a cell just imports and loads extensions."""
    if run.reads or run.writes or run.untracked or run.source is None:
        return False
    plain = "\n".join(line for line in run.source.splitlines() if not re.match(r"\s*[%!]", line))
    try:
        body = ast.parse(plain).body
    except (SyntaxError, ValueError):
        return False
    return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)


def _in_order(
    nodes: dict[str, Node], edges: Iterable[GraphEdge]
) -> tuple[tuple[Node, ...], tuple[GraphEdge, ...]]:
    """Sort so that sources come first, where that is possible."""
    edges = list(edges)
    waits: dict[str, int] = dict.fromkeys(nodes, 0)
    targets: dict[str, list[str]] = {}
    for edge in edges:
        waits[edge.target] += 1
        targets.setdefault(edge.source, []).append(edge.target)
    order: dict[str, Node] = {}
    ready = [node_id for node_id, count in waits.items() if not count]
    while ready:
        node_id = ready.pop(0)
        order[node_id] = nodes[node_id]
        for target in targets.get(node_id, ()):
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    order.update((node_id, node) for node_id, node in nodes.items() if node_id not in order)
    rank = {node_id: number for number, node_id in enumerate(order)}
    edges.sort(key=lambda edge: (rank[edge.source], rank[edge.target]))
    return tuple(order.values()), tuple(edges)
