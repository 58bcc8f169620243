"""Which columns are missing in which files of a dataset whose files differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_lake.query.views import reading

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.query.datasets import Dataset

__all__ = ["MissingColumns"]

# Where the manifest doesn't hold the columns, so many files are looked at.
FILES = 32
REMEMBERED = 64


class MissingColumns:
    """Notes on datasets, found out once for each.

    Parameters
    ----------
    connection
        What reads the columns of files that the manifest doesn't know.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection.cursor()
        self._noted: dict[tuple[str, str, str, str], list[str]] = {}

    def notes(self, dataset: Dataset) -> list[str]:
        """Return sentences that say which columns are missing where, as far as is known."""
        if dataset.uniform:
            return []
        key = (dataset.commit.repo.name, dataset.commit.id, dataset.path, dataset.part)
        if key not in self._noted:
            if len(self._noted) >= REMEMBERED:
                del self._noted[next(iter(self._noted))]
            self._noted[key] = _sentences(dataset, self._columns(dataset))
        return self._noted[key]

    def _columns(self, dataset: Dataset) -> Sequence[Iterable[str]]:
        """Return the columns of each file; nothing if that would take reading many."""
        if None not in dataset.statistics:
            return [stats or () for stats in dataset.statistics]
        if len(dataset.files) > FILES:
            return []
        if dataset.format == "arrow":
            from jupyter_lake.query.arrow_files import columns_of

            return columns_of(dataset)
        import duckdb

        try:
            return [self._read(reading(dataset, [file])) for file in dataset.files]
        except duckdb.Error:
            return []

    def _read(self, source: str) -> list[str]:
        return list(self._connection.sql(f"FROM {source}").columns)


def _sentences(dataset: Dataset, columns: Sequence[Iterable[str]]) -> list[str]:
    holders: dict[str, tuple[str, set[int]]] = {}
    # Columns of one name in another case are joined, but for those of JSON and Arrow.
    folded = str if dataset.format in ("json", "jsonl", "arrow") else str.casefold
    for index, names in enumerate(columns):
        for name in names:
            holders.setdefault(folded(name), (name, set()))[1].add(index)
    notes = []
    for name, found in holders.values():
        missing = [file.path for index, file in enumerate(dataset.files) if index not in found]
        if missing:
            more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
            notes.append(f"{name} is missing in {missing[0]}{more}: NULL there.")
    return notes
