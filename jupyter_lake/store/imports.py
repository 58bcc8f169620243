"""External files as entries of a commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from jupyter_lake.addresses import check_path
from jupyter_lake.errors import InvalidInputError
from jupyter_lake.store.external import Pin, find_external
from jupyter_lake.store.ranges import schema

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store.tables import ArrowStreamable

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


def listed(listing: ArrowStreamable, folder: str) -> pa.Table:
    """Return entries, sorted by path, that point at the files a table names.

    Raises
    ------
    InvalidInputError, InvalidPathError
    """
    import pyarrow as pa

    reader = pa.RecordBatchReader.from_stream(listing)
    missing = {"location", "size"} - {*reader.schema.names}
    if missing or not {"etag", "modified"} & {*reader.schema.names}:
        wanted = ", ".join(sorted(missing)) or "etag or modified"
        raise InvalidInputError(
            f"The listing has no column {wanted}.",
            hint="It needs location, size, and etag or modified; path if names are to differ.",
        )
    table = entries_table(_listed_rows(reader, folder))
    if (twice := _twice(table.column("path"))) is not None:
        raise InvalidInputError(
            f"The listing names {twice!r} twice.", hint="Give each file a path of its own."
        )
    return table


def _twice(paths: pa.ChunkedArray) -> str | None:
    """Return a path that stands twice among sorted ones, or None."""
    import pyarrow.compute as pc

    same = paths.slice(1).filter(pc.equal(paths.slice(0, len(paths) - 1), paths.slice(1)))
    return same[0].as_py() if len(same) else None


def _listed_rows(batches: Iterable[pa.RecordBatch], folder: str) -> Iterator[tuple[str, str, Pin]]:
    for batch in batches:
        rows = batch.to_pydict()
        none = [None] * batch.num_rows
        locations = rows["location"]
        names = rows.get("path") or [location.rpartition("/")[2] for location in locations]
        times = [_seconds(time) for time in rows.get("modified", none)]
        for row in zip(names, locations, rows["size"], rows.get("etag", none), times, strict=True):
            name, location, size, etag, modified = row
            pin = Pin(size, etag=etag.strip('"') if etag else None, modified=modified)
            yield check_path(folder + name), location, pin


def _seconds(time: datetime | None) -> float | None:
    if time is None:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


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
