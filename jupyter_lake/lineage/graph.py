"""A lineage graph: datasets and runs, and what flowed between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_lake.lineage import drawings

if TYPE_CHECKING:
    import networkx as nx

    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.lineage.versions import Version

__all__ = [
    "DatasetNode",
    "Graph",
    "GraphEdge",
    "MoreNode",
    "Node",
    "OutsideNode",
    "RunNode",
    "VariableNode",
]


@dataclass(frozen=True, slots=True)
class DatasetNode:
    """A version of a dataset; `behind` counts the newer ones on the default branch."""

    version: Version
    behind: int = 0

    @property
    def id(self) -> str:
        """What edges call it."""
        return str(self.version)

    def to_dict(self) -> dict[str, object]:
        """Return the node as JSON."""
        version = self.version
        return {
            "id": self.id,
            "kind": "dataset",
            "label": version.path or version.repo,
            "repo": version.repo,
            "path": version.path,
            "commit": version.commit,
            "behind": self.behind,
            "stale": self.behind > 0,
        }


@dataclass(frozen=True, slots=True)
class RunNode:
    """A run; `executions` counts the runs of the same cell that it stands for."""

    run: Run
    stale: bool = False
    executions: int = 1

    @property
    def id(self) -> str:
        """What edges call it."""
        return self.run.run_id

    def to_dict(self) -> dict[str, object]:
        """Return the node as JSON: with notebook and cell, so that a click leads there."""
        run = self.run
        return {
            "id": self.id,
            "kind": "run",
            "label": run.cell,
            "run": run.run_id,
            "notebook": run.notebook,
            "cell_id": run.cell_id,
            "execution_count": run.execution_count,
            "first_line": run.first_line,
            "source": run.source,
            "user": run.user,
            "started": run.started.isoformat(),
            "seconds": run.seconds,
            "status": run.status,
            "executions": self.executions,
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True)
class OutsideNode:
    """Something a run read past the lake: a file, another bucket, a URL."""

    name: str

    @property
    def id(self) -> str:
        """What edges call it."""
        return f"untracked:{self.name}"

    def to_dict(self) -> dict[str, object]:
        """Return the node as JSON."""
        return {"id": self.id, "kind": "untracked", "label": self.name, "stale": False}


@dataclass(frozen=True, slots=True)
class VariableNode:
    """A variable of the asker's notebook."""

    name: str

    @property
    def id(self) -> str:
        """What edges call it."""
        return f"variable:{self.name}"

    def to_dict(self) -> dict[str, object]:
        """Return the node as JSON."""
        return {"id": self.id, "kind": "variable", "label": self.name, "stale": False}


@dataclass(frozen=True, slots=True)
class MoreNode:
    """Neighbours that are not drawn: `count` of those before (`up`) or after the node `of`."""

    of: str
    up: bool
    count: int

    @property
    def id(self) -> str:
        """What edges call it."""
        return f"more:{'up' if self.up else 'down'}:{self.of}"

    def to_dict(self) -> dict[str, object]:
        """Return the node as JSON."""
        return {"id": self.id, "kind": "more", "label": f"+{self.count}", "stale": False}


Node = DatasetNode | RunNode | OutsideNode | VariableNode | MoreNode


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """Data that went from `source` to `target`.

    Attributes
    ----------
    kind
        ``read``, ``write``, ``flow`` (between cells) or ``untracked``.
    variables
        What carried the data between cells.
    certainty
        ``observed`` or ``possible``.
    columns
        What was read of a table, or None for all or unknown.
    commit
        The commit that was read or written.
    behind
        How many newer versions there are of what was read.
    """

    source: str
    target: str
    kind: str
    variables: tuple[str, ...] = ()
    certainty: str = "observed"
    columns: tuple[str, ...] | None = None
    commit: str | None = None
    behind: int = 0

    def to_dict(self) -> dict[str, object]:
        """Return the edge as JSON."""
        return {
            "source": self.source,
            "target": self.target,
            "kind": self.kind,
            "variables": list(self.variables),
            "certainty": self.certainty,
            "columns": None if self.columns is None else list(self.columns),
            "commit": self.commit,
            "behind": self.behind,
            "stale": self.behind > 0,
        }


@dataclass(frozen=True)
class Graph:
    """Where something comes from and what was made of it.

    Attributes
    ----------
    subject
        The id of the node that was asked about.
    nodes, edges
        Sources come before what was made of them.
    cut
        True if the depth, or the size a person can look at, cut something off.
    """

    subject: str
    nodes: tuple[Node, ...]
    edges: tuple[GraphEdge, ...]
    cut: bool = False

    @property
    def dot(self) -> str:
        """The graph in Graphviz's language, left to right."""
        return drawings.dot(self)

    @property
    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""
        return drawings.mermaid(self)

    @property
    def text(self) -> str:
        """The graph as a tree of text."""
        return drawings.text(self)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by id."""
        return {node.id: node for node in self.nodes}

    def runs(self) -> list[Run]:
        """Return the runs, oldest first."""
        runs = [node.run for node in self.nodes if isinstance(node, RunNode)]
        return sorted(runs, key=lambda run: (run.started, run.run_id))

    def datasets(self) -> list[Version]:
        """Return the versions of datasets."""
        return [node.version for node in self.nodes if isinstance(node, DatasetNode)]

    def to_networkx(self) -> nx.MultiDiGraph:
        """Return the graph for networkx, nodes and edges with what `to_dict` says of them."""
        import networkx as nx

        graph = nx.MultiDiGraph(subject=self.subject)
        graph.add_nodes_from((node.id, node.to_dict()) for node in self.nodes)
        graph.add_edges_from((edge.source, edge.target, edge.to_dict()) for edge in self.edges)
        return graph

    def to_dict(self) -> dict[str, object]:
        """Return the graph as JSON, for the panel."""
        return {
            "subject": self.subject,
            "nodes": [node.to_dict() for node in self.nodes],
            "edges": [edge.to_dict() for edge in self.edges],
            "cut": self.cut,
        }

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Offer each front end what it can draw."""
        bundle = {"text/vnd.graphviz": self.dot, "text/plain": self.text}
        if svg := drawings.svg(self.dot):
            bundle["image/svg+xml"] = svg
        return bundle
