"""External files as entries of a commit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_lake.addresses import check_path
from jupyter_lake.store.external import Pin, find_external
from jupyter_lake.store.ranges import schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["listing_of"]

CHUNK = 50_000
# Most names need no closer look.
_PLAIN = re.compile(r"[\w=,+@~-][\w.=,+@~-]*(/[\w=,+@~-][\w.=,+@~-]*)*", re.ASCII)
_MAX_PLAIN = 1024


def listing_of(url: str, folder: str, options: Mapping[str, object]) -> pa.Table:
    """Return entries, sorted by path, that point at a file or at all files under a URL.

    Raises
    ------
    PathNotFoundError, InvalidPathError
    """
    return entries_table(
        (_checked(folder + path), location, pin)
        for path, location, pin in find_external(url, options)
    )


def entries_table(found: Iterable[tuple[str, str, Pin]]) -> pa.Table:
    """Return ``(path, location, pin)`` as entries sorted by path."""
    import pyarrow as pa

    chunks = [_chunk(rows) for rows in _chunks(found)]
    table = pa.concat_tables(chunks) if chunks else schema().empty_table()
    return table.sort_by("path")


def _chunks(found: Iterable[tuple[str, str, Pin]]) -> Iterator[list[tuple[str, str, Pin]]]:
    rows = iter(found)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _chunk(rows: list[tuple[str, str, Pin]]) -> pa.Table:
    import pyarrow as pa

    none = [None] * len(rows)
    columns = {
        "path": [path for path, _, _ in rows],
        "size": [pin.size for _, _, pin in rows],
        "hash": none,
        "rows": none,
        "location": [location for _, location, _ in rows],
        "pin": [pin.encode() for _, _, pin in rows],
        "stats": none,
    }
    return pa.table(columns, schema=schema())


def _checked(path: str) -> str:
    if len(path) <= _MAX_PLAIN and _PLAIN.fullmatch(path):
        return path
    return check_path(path)
