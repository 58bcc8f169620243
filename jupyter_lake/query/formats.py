"""Which files are tables, by their names."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["format_of", "stem_of"]

_FORMATS = {
    "parquet": "parquet",
    "pq": "parquet",
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "arrow": "arrow",
    "feather": "arrow",
    "ipc": "arrow",
}
_COMPRESSIONS = {"gz": "gzip", "zst": "zstd"}


def format_of(path: str) -> tuple[str, str] | None:
    """Return a file's format and compression by its name, or None if it is no table.

    Examples
    --------
    >>> format_of("raw/2026.csv.gz")
    ('csv', 'gzip')
    """
    return _format_by(path[-_LONGEST:].lower().rpartition("/")[2])


# The longest extension, `.feather.zst`, and a letter.
_LONGEST = 13


@lru_cache(maxsize=1024)
def _format_by(end: str) -> tuple[str, str] | None:
    rest, dot, extension = end.rpartition(".")
    compression = _COMPRESSIONS.get(extension, "none")
    if compression != "none":
        rest, dot, extension = rest.rpartition(".")
    kind = _FORMATS.get(extension) if dot else None
    return (kind, compression) if kind else None


def stem_of(name: str) -> str:
    """Return a table's file name without the extensions that say what it is.

    Examples
    --------
    >>> stem_of("airlines.csv.gz")
    'airlines'
    """
    if name.lower().endswith(tuple(f".{each}" for each in _COMPRESSIONS)):
        name = name.rpartition(".")[0]
    return name.rpartition(".")[0]
