"""How data flows between notebook cells: found without a call by the user."""

from __future__ import annotations

from jupyter_lake.lineage.dataflow.flow import Dataflow
from jupyter_lake.lineage.dataflow.model import CellFlow, Certainty, Edge
from jupyter_lake.lineage.dataflow.pending import Pending

__all__ = ["CellFlow", "Certainty", "Dataflow", "Edge", "Pending"]
