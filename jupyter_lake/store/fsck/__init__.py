"""Read a lake back against its hashes, and say exactly what is broken."""

from __future__ import annotations

from jupyter_lake.store.fsck.lake import fsck
from jupyter_lake.store.fsck.report import Damage, FsckReport

__all__ = ["Damage", "FsckReport", "fsck"]
