"""What a comparison of two states of a dataset has to read: the files that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.store import DataFile

__all__ = ["readings"]


def readings(
    before: Dataset | None,
    after: Dataset | None,
    *,
    view: Callable[[Dataset], str],
    columns: Callable[[Dataset], object],
) -> tuple[str | None, str | None]:
    """Return what reads the rows of either side that may differ; None where there are none.

    Parameters
    ----------
    before, after
        The two states.
    view, columns
        What names a dataset for DuckDB, and what tells its columns.
    """
    wholes = before, after
    parts = _differing(before, after)
    if any(
        part and whole and _guessed(part, whole, columns)
        for part, whole in zip(parts, wholes, strict=True)
    ):
        parts = wholes
    then, now = (
        _as_in(part, whole, view) if part and whole else None
        for part, whole in zip(parts, wholes, strict=True)
    )
    return then, now


def _guessed(part: Dataset, whole: Dataset, columns: Callable[[Dataset], object]) -> bool:
    """Whether texts of some files alone seem to be of other types than among all of them."""
    told = whole.format in ("parquet", "arrow") or part is whole
    return not told and columns(part) != columns(whole)


def _as_in(part: Dataset, whole: Dataset, view: Callable[[Dataset], str]) -> str:
    """Return what reads some files with the columns and the types that all of them have."""
    rows = view(part)
    if part is whole or whole.uniform:
        return rows
    return f"(FROM {view(whole)} WHERE false UNION ALL BY NAME FROM {rows})"


def _differing(
    before: Dataset | None, after: Dataset | None
) -> tuple[Dataset | None, Dataset | None]:
    """Return the two without the files that both have, wherever these lie."""
    if before is None or after is None:
        return before, after
    then, now = Counter(_marks(before)), Counter(_marks(after))
    return _less(before, then - now), _less(after, now - then)


def _marks(dataset: Dataset) -> list[tuple[object, ...]]:
    """Return what stands for each file's rows."""
    partitions = dataset.partitions or ({},) * len(dataset.files)
    return [
        (_content(file), *pairs.items())
        for file, pairs in zip(dataset.files, partitions, strict=True)
    ]


def _content(file: DataFile) -> object:
    return file.hash or (file.url, file.entry.pin_text)


def _less(dataset: Dataset, wanted: Counter[tuple[object, ...]]) -> Dataset | None:
    left = Counter(wanted)
    chosen = []
    for index, mark in enumerate(_marks(dataset)):
        if left[mark] > 0:
            left[mark] -= 1
            chosen.append(index)
    if not chosen:
        return None
    return dataset.only(chosen)
