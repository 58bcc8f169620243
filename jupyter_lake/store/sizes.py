"""Bytes as a person reads them."""

from __future__ import annotations

__all__ = ["readable_bytes"]


def readable_bytes(count: int) -> str:
    """Return a number of bytes with a decimal unit.

    Examples
    --------
    >>> readable_bytes(999), readable_bytes(3_400_000)
    ('999 bytes', '3.4 MB')
    """
    if count < 1000:
        return f"{count} byte{'s' if count != 1 else ''}"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"
