"""What cells read and wrote: recorded without being asked, shared by everybody of a lake.

`Recorder` follows one notebook session. The rest answers questions from what
all sessions recorded: `graph`, `freshness`, `readers_of`, `activity`,
`tables` for SQL, and `reproduce`.
"""

from __future__ import annotations

from jupyter_lake.lineage.graph import DatasetNode, Graph, GraphEdge, OutsideNode, RunNode
from jupyter_lake.lineage.questions import (
    InputState,
    Reader,
    activity,
    freshness,
    freshness_of_run,
    readers_of,
    tables,
)
from jupyter_lake.lineage.recorder import Recorder
from jupyter_lake.lineage.reproduction import Outcome, Reproduction, reproduce
from jupyter_lake.lineage.runs import Input, Run, RunRead, RunWrite, Upstream
from jupyter_lake.lineage.subjects import named
from jupyter_lake.lineage.tracing import downstream, graph, upstream
from jupyter_lake.lineage.versions import Version

__all__ = [
    "DatasetNode",
    "Graph",
    "GraphEdge",
    "Input",
    "InputState",
    "Outcome",
    "OutsideNode",
    "Reader",
    "Recorder",
    "Reproduction",
    "Run",
    "RunNode",
    "RunRead",
    "RunWrite",
    "Upstream",
    "Version",
    "activity",
    "downstream",
    "freshness",
    "freshness_of_run",
    "graph",
    "named",
    "readers_of",
    "reproduce",
    "tables",
    "upstream",
]
