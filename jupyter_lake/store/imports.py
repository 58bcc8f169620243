"""External files as entries of a commit."""

from __future__ import annotations

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


def listing_of(url: str, folder: str, options: Mapping[str, object]) -> pa.Table:
    """Return entries, sorted by path, that point at a file or at all files under a URL.

    Raises
    ------
    PathNotFoundError, InvalidPathError
    """
    return entries_table(
        (check_path(folder + path), location, pin)
        for path, location, pin in find_external(url, options)
    )


def entries_table(found: Iterable[tuple[str, str, Pin]]) -> pa.Table:
    """Return ``(path, location, pin)`` as entries sorted by path."""
    import pyarrow as pa

    chunks = [_chunk(rows) for rows in _chunks(found)]
    table = pa.concat_tables(chunks) if chunks else schema().empty_table()
    return table if is_sorted(table) else table.sort_by("path")


def is_sorted(table: pa.Table) -> bool:
    """Tell whether entries stand in the order of their paths."""
    import pyarrow.compute as pc

    last = ""
    for chunk in table.column("path").chunks:
        if not len(chunk):
            continue
        if chunk[0].as_py() < last or pc.any(pc.greater(chunk[:-1], chunk[1:])).as_py():
            return False
        last = chunk[-1].as_py()
    return True


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
