"""The versioned lake: objects, manifests, commits, refs, transactions, merges, upkeep.

It knows no DuckDB and no Jupyter. What a lake is made of, from the bottom up:
`objectstore` (a folder or bucket), `ranges` and `trees` (snapshots), `records` and
`history` (commits), `refs` (branches and tags), and on them `Repo` and `Lake`.
"""

from __future__ import annotations

from jupyter_lake.store.blame import Blame
from jupyter_lake.store.branching import Branch
from jupyter_lake.store.commits import Commit
from jupyter_lake.store.differences import Change, Diff
from jupyter_lake.store.entries import DataFile, Entry, Folder
from jupyter_lake.store.external import Pin
from jupyter_lake.store.fsck import Damage, FsckReport, fsck
from jupyter_lake.store.gc import GcReport, gc
from jupyter_lake.store.lakes import Lake
from jupyter_lake.store.objectstore import (
    ObjectExists,
    ObjectInfo,
    ObjectMissing,
    ObjectStore,
    open_store,
)
from jupyter_lake.store.records import BranchRecord, Tag
from jupyter_lake.store.repos import Repo
from jupyter_lake.store.statistics import ColumnStats
from jupyter_lake.store.tables import ArrowStreamable
from jupyter_lake.store.transactions import Transaction

__all__ = [
    "ArrowStreamable",
    "Blame",
    "Branch",
    "BranchRecord",
    "Change",
    "ColumnStats",
    "Commit",
    "Damage",
    "DataFile",
    "Diff",
    "Entry",
    "Folder",
    "FsckReport",
    "GcReport",
    "Lake",
    "ObjectExists",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStore",
    "Pin",
    "Repo",
    "Tag",
    "Transaction",
    "fsck",
    "gc",
    "open_store",
]
