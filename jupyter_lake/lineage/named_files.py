"""Files that a cell names in the SQL it hands to DuckDB.

DuckDB reads files inside its own engine, where no hook of Python's sees them.
The statement, though, stands in the cell, or in a variable the cell uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from jupyter_lake.lineage.untracked import readable_name

__all__ = ["named_files"]

_FILE = re.compile(
    r"""(?:['"]|^)\s*([^'"\s()]+?\.(?:parquet|pq|csv|tsv|json|jsonl|ndjson|arrow|feather|db|duckdb|xlsx)
    (?:\.(?:gz|zst|bz2))?)\s*(?:['"]|$)""",
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_URL = re.compile(r"\b(?:s3|s3a|gs|gcs|https?|hf|az|abfss)://[^\s'\"()]+")
_SQL = re.compile(
    r"duckdb|\.sql\(|_magic\('lake', ['\"]sql\b|read_(?:parquet|csv|json)", re.IGNORECASE
)
LONGEST = 100_000


def named_files(code: str, namespace: Mapping[str, object]) -> list[str]:
    """Return the data files and URLs that a cell's strings name, if it works with DuckDB.

    Parameters
    ----------
    code
        The cell as Python.
    namespace
        The user's variables.
    """
    if not _SQL.search(code) and not _holds_duckdb(code, namespace):
        return []
    found: dict[str, None] = {}
    for text in _strings(code, namespace):
        for place in (*_FILE.findall(text), *_URL.findall(text)):
            if name := _if_there(place):
                found[name] = None
    return list(found)


def _holds_duckdb(code: str, namespace: Mapping[str, object]) -> bool:
    names = set(re.findall(r"[A-Za-z_]\w*", code))
    values = [namespace[name] for name in names & namespace.keys()]
    return any(
        (type(value).__module__ or "").split(".")[0] in ("duckdb", "_duckdb")
        or (isinstance(value, ModuleType) and vars(value).get("__name__") == "duckdb")
        for value in values
    )


def _strings(code: str, namespace: Mapping[str, object]) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        value: object = None
        if isinstance(node, ast.Constant):
            value = node.value
        elif isinstance(node, ast.Name):
            value = namespace.get(node.id)
        if isinstance(value, Path):
            value = str(value)
        if isinstance(value, str) and len(value) < LONGEST:
            yield value


def _if_there(place: str) -> str | None:
    if "://" in place:
        return readable_name(place)
    if any(char in place for char in "*?["):
        return place if next(iter(_matches(place)), None) else None
    return readable_name(place)


def _matches(pattern: str) -> Iterator[Path]:
    try:
        path = Path(pattern)
        yield from path.parent.glob(path.name) if path.is_absolute() else Path().glob(pattern)
    except (OSError, ValueError, NotImplementedError):
        return
