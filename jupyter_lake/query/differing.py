"""The files of two states of a dataset that differ: all that a comparison has to read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.store import DataFile

__all__ = ["differing"]


def differing(
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
