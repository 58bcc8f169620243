"""The kernel side: ``%load_ext jupyter_lake`` and all that it brings."""

from __future__ import annotations

from jupyter_lake.notebook.extension import adopt, load, unload

__all__ = ["adopt", "load", "unload"]
