"""``SELECT count(*) FROM repo.dataset`` from the manifest, which knows the rows of each file.

Engines over table formats answer it in the same way, without opening a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.query.names import Reference

__all__ = ["counted"]

_NAME = r'(?:[A-Za-z_]\w*|"(?:[^"]|"")+")'
_BEFORE = re.compile(
    rf"\s*SELECT\s+count\s*\(\s*\*?\s*\)(?:\s+AS\s+({_NAME}))?\s+FROM\s+", re.IGNORECASE
)
_AFTER = re.compile(rf"\s*\.\s*{_NAME}\s*;?\s*")


def counted(statement: str, reference: Reference, dataset: Dataset) -> str | None:
    """Return a statement that says how many rows a dataset has, if that is all that is asked.

    None where anything else is asked, or where some file's rows are not known.
    """
    before = _BEFORE.fullmatch(statement[: reference.start])
    if before is None or _AFTER.fullmatch(statement[reference.end :]) is None:
        return None
    rows = [file.rows for file in dataset.files if file.entry.location is None]
    if len(rows) < len(dataset.files) or None in rows or dataset.format != "parquet":
        return None
    total = sum(number for number in rows if number is not None)
    name = before[1] or '"count_star()"'
    return f"SELECT {total}::BIGINT AS {name}"
