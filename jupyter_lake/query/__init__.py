"""DuckDB over commits: names to files to views, results, previews, other readers.

It knows no Jupyter. `Session` runs SQL; `scan` opens a dataset with another
reader; `preview` and `row_diff` look at a table for a person.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset, resolve_dataset
    from jupyter_lake.query.names import quoted_name
    from jupyter_lake.query.previews import Preview, preview
    from jupyter_lake.query.results import Result
    from jupyter_lake.query.row_diffs import RowDiff, row_diff
    from jupyter_lake.query.scanning import scan
    from jupyter_lake.query.session import Session

__all__ = [
    "Dataset",
    "Preview",
    "Result",
    "RowDiff",
    "Session",
    "preview",
    "quoted_name",
    "resolve_dataset",
    "row_diff",
    "scan",
]

# Where each name lives: importing one thing doesn't load the rest.
_HOMES = {
    "Dataset": "datasets",
    "Preview": "previews",
    "Result": "results",
    "RowDiff": "row_diffs",
    "Session": "session",
    "preview": "previews",
    "quoted_name": "names",
    "resolve_dataset": "datasets",
    "row_diff": "row_diffs",
    "scan": "scanning",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
