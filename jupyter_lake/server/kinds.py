"""What a file is likely to be, by its name: enough to choose an icon before opening it."""

from __future__ import annotations

from typing import Final

__all__ = ["kind_of"]

_KINDS: Final = {
    "table": ("parquet", "csv", "tsv", "jsonl", "ndjson", "arrow", "feather", "ipc"),
    "json": ("json", "geojson"),
    "image": ("png", "jpg", "jpeg", "gif", "svg", "webp", "bmp"),
    "notebook": ("ipynb",),
    "text": ("txt", "md", "rst", "py", "r", "sql", "yaml", "yml", "toml", "ini", "log", "xml"),
}
_BY_SUFFIX: Final = {suffix: kind for kind, names in _KINDS.items() for suffix in names}
_COMPRESSED: Final = (".gz", ".zst", ".bz2", ".xz")


def kind_of(path: str) -> str:
    """Return table, json, image, notebook, text or file.

    Examples
    --------
    >>> kind_of("2026/orders.csv.gz")
    'table'
    """
    name = path.rsplit("/", 1)[-1].lower()
    for suffix in _COMPRESSED:
        name = name.removesuffix(suffix)
    return _BY_SUFFIX.get(name.rsplit(".", 1)[-1], "file") if "." in name else "file"
