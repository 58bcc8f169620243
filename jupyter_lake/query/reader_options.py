"""Options of ``lake_read`` that are about a dataset's files, not about what one file holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset

__all__ = ["ReaderOptions"]

_FLAG = r",\s*{name}\s*(?:=>|:=|=)\s*(true|false)\b"
_TYPES = re.compile(r",\s*hive_types\s*(?:=>|:=|=)\s*\{([^{}]*)\}", re.IGNORECASE)
_PAIR = re.compile(r"\s*'?(\w+)'?\s*:\s*'?([\w(), ]+?)'?\s*(?:,(?![^(]*\))|$)")


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What a call of ``lake_read`` says beside the address.

    Attributes
    ----------
    text
        What is left for DuckDB's reader: ``, name = value ...``.
    filename
        Whether the column ``filename`` is asked for.
    """

    text: str
    filename: bool
    _partitioned: bool
    _guessed: bool
    _types: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> ReaderOptions:
        """Take a call's options apart."""
        text, filename = _taken(text, "filename", default=False)
        text, partitioned = _taken(text, "hive_partitioning", default=True)
        text, guessed = _taken(text, "hive_types_autocast", default=True)
        found = _TYPES.search(text)
        types = dict(_PAIR.findall(found.group(1))) if found else {}
        return cls(_TYPES.sub("", text), filename, partitioned, guessed, types)

    def applied(self, dataset: Dataset) -> Dataset:
        """Return the dataset with the columns of its folders as they were asked for."""
        if not self._partitioned:
            return replace(dataset, partitions=(), partition_types={})
        asked = {name.casefold(): kind for name, kind in self._types.items()}
        types = {
            key: asked.get(key.casefold(), kind if self._guessed else "VARCHAR")
            for key, kind in dataset.partition_types.items()
        }
        return replace(dataset, partition_types=types)


def _taken(text: str, name: str, *, default: bool) -> tuple[str, bool]:
    """Take a flag out of a reader's options."""
    pattern = re.compile(_FLAG.format(name=name), re.IGNORECASE)
    found = pattern.search(text)
    return pattern.sub("", text), found.group(1).lower() == "true" if found else default
