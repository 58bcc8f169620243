"""``jupyter lake VERB``: the verbs outside a notebook."""

from __future__ import annotations

from jupyter_lake.cli.main import main

__all__ = ["main"]
