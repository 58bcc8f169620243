"""A lake to try things on: a year of flights, a notebook, and JupyterLab in front of both."""

from __future__ import annotations

from jupyter_lake.demo.flights import fill
from jupyter_lake.demo.launch import prepare, run

__all__ = ["fill", "prepare", "run"]
