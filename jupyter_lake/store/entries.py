"""What a commit holds: files by path, and the folders that paths imply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_lake.store.statistics import ColumnStats, decode_stats

if TYPE_CHECKING:
    from jupyter_lake.store.external import Pin

__all__ = ["DataFile", "Entry", "Folder"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit.

    Attributes
    ----------
    path
        Where it stands in the commit.
    size
        Its length in bytes.
    hash
        ``sha256:<hex>`` of its bytes; None for an imported file, whose bytes
        nobody has read.
    rows
        The number of its rows where that was known at the write (Parquet).
    location
        Where an imported file lies, outside the lake; None for the lake's own.
    pin_text
        What `location` must still be like, as stored.
    stats_text
        The columns' statistics, as stored.
    """

    path: str
    size: int
    hash: str | None = None
    rows: int | None = None
    location: str | None = None
    pin_text: str | None = field(default=None, repr=False)
    stats_text: str | None = field(default=None, repr=False)

    @property
    def stats(self) -> Mapping[str, ColumnStats] | None:
        """Bounds and number of nulls of each column; None for what is not Parquet."""
        return _decoded(self.stats_text) if self.stats_text else None

    @property
    def pin(self) -> Pin | None:
        """What an imported file must still be like to be read."""
        if self.pin_text is None:
            return None
        from jupyter_lake.store.external import Pin

        return Pin.decode(self.pin_text)

    @property
    def digest(self) -> str:
        """The hex digits of the hash.

        Raises
        ------
        ValueError
            For an imported file.
        """
        if self.hash is None:
            raise ValueError(f"{self.path} is imported: the lake holds no bytes of it")
        return self.hash.partition(":")[2]

    def same_content(self, other: Entry | None) -> bool:
        """Tell whether both stand for the same bytes, as far as the lake knows."""
        return other is not None and (
            (self.hash, self.size, self.location, self.pin_text)
            == (other.hash, other.size, other.location, other.pin_text)
        )


@lru_cache(maxsize=4096)
def _decoded(text: str) -> Mapping[str, ColumnStats]:
    return decode_stats(text)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a commit: how many files and bytes lie under it, at any depth."""

    path: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a dataset where an engine can read it: a local path or a URL."""

    path: str
    url: str
    size: int
    rows: int | None
    hash: str | None
    entry: Entry
