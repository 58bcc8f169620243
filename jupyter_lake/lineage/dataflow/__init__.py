"""How data flows between notebook cells: found without a call by the user."""

from __future__ import annotations

from jupyter_lake.lineage.dataflow.flow import Dataflow, Pending
from jupyter_lake.lineage.dataflow.model import CellFlow, Certainty, Edge

__all__ = ["CellFlow", "Certainty", "Dataflow", "Edge", "Pending"]
