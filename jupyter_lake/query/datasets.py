"""What a path in a commit is as a table: one file, or files of one format.

A path names, in this order: a file; a folder, with the files under it; with
``*``, ``?`` or ``[``, the files that match; a file whose name without its
extensions it is (``airlines`` for ``airlines.csv.gz``). As in Hive and Spark, files
and folders whose names begin with ``_`` or ``.`` are no data, and folders named
``key=value`` give a column each.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_lake.errors import DatasetNotFoundError
from jupyter_lake.query.formats import format_of
from jupyter_lake.query.partitions import Pairs, pairs_of, types_of
from jupyter_lake.query.table_names import GLOB, meant_by, names_like

if TYPE_CHECKING:
    from jupyter_lake.store import Commit, DataFile

__all__ = ["Dataset", "resolve_dataset"]

# Where a column's type stands among what the manifest says of it.
TYPE = 3


@dataclass(frozen=True)  # no slots: what is found out is kept
class Dataset:
    """The files of one table at one commit.

    Attributes
    ----------
    commit, path
        Where it stands.
    format
        ``parquet``, ``csv``, ``tsv``, ``json``, ``jsonl`` or ``arrow``.
    compression
        ``gzip``, ``zstd`` or ``none``, of all files alike.
    files
        Sorted by path.
    partitions
        For each file, its folders' ``key=value`` pairs; empty without such folders.
    partition_types
        The types of the columns they give, by what all of the dataset's files say.
    part
        What tells some of a dataset's files from all of them; empty for all.
    """

    commit: Commit
    path: str
    format: str
    compression: str
    files: tuple[DataFile, ...]
    partitions: tuple[Pairs, ...] = ()
    partition_types: Mapping[str, str] = field(default_factory=dict)
    part: str = ""

    def only(self, keep: Sequence[int]) -> Dataset:
        """Return the dataset of some of the files, by their numbers."""
        if len(keep) == len(self.files):
            return self
        return replace(
            self,
            files=tuple(self.files[index] for index in keep),
            partitions=tuple(self.partitions[index] for index in keep) if self.partitions else (),
            part=hashlib.sha256(",".join(map(str, keep)).encode()).hexdigest()[:8],
        )

    @property
    def address_path(self) -> str:
        """Where it stands in the commit: the one file's own path, where a name was short for it."""
        if len(self.files) == 1 and GLOB.search(self.path) is None:
            path = self.files[0].path
            return path if not path.startswith(f"{self.path}/") else self.path
        return self.path

    @cached_property
    def statistics(self) -> tuple[Mapping[str, Sequence[object]] | None, ...]:
        """For each file its columns' statistics as the manifest holds them; None if it has none."""
        texts = (file.entry.stats_text for file in self.files)
        return tuple(json.loads(text) if text else None for text in texts)

    @cached_property
    def uniform(self) -> bool:
        """Whether the manifest shows that all files have the same columns, in the same order."""
        if len(self.files) == 1:
            return True
        first = _types(self.statistics[0])
        return first is not None and all(_types(stats) == first for stats in self.statistics)

    @property
    def partition_keys(self) -> tuple[str, ...]:
        """The names of the columns that folders give."""
        return tuple(self.partitions[0]) if self.partitions else ()


def resolve_dataset(commit: Commit, path: str) -> Dataset:
    """Find the files of the table that a path of a commit names.

    Raises
    ------
    DatasetNotFoundError
        If nothing is there, no file of it is a table, or its files are of
        several formats.
    """
    path = path.strip("/")
    pattern = GLOB.search(path) is not None and next(commit.entries(path), None) is None
    files = _matching(commit, path) if pattern else _named(commit, path)
    return dataset_of(commit, path, files)


def dataset_of(commit: Commit, path: str, files: Sequence[DataFile]) -> Dataset:
    """Make a dataset of files that are known."""
    kinds: dict[tuple[str, str], list[DataFile]] = {}
    for file in files:
        if (known := format_of(file.path)) is not None:
            kinds.setdefault(known, []).append(file)
    place = f"{commit.repo.name}@{commit.short}/{path}".rstrip("/")
    if not kinds:
        raise DatasetNotFoundError(
            f"{place} holds no table.",
            hint="Tables are Parquet, CSV, TSV, JSON, JSON lines or Arrow files.",
        )
    if len(kinds) > 1:
        shown = ", ".join(sorted(" ".join(part for part in k if part != "none") for k in kinds))
        raise DatasetNotFoundError(
            f"{place} holds files of several formats: {shown}.",
            hint='Name one of them with a pattern, as in repo."folder/*.csv".',
        )
    ((kind, compression), members) = next(iter(kinds.items()))
    paths = [file.path for file in members]
    partitions = pairs_of(paths)
    types = types_of(paths) if partitions else {}
    return Dataset(commit, path, kind, compression, tuple(members), partitions, types)


def _types(stats: Mapping[str, Sequence[object]] | None) -> list[tuple[str, object]] | None:
    """Return a file's columns and their types, or None if the manifest doesn't hold them."""
    # What an older version has written ends with the number of nulls.
    if stats is None or any(len(row) < TYPE + 1 for row in stats.values()):
        return None
    return [(name, row[TYPE]) for name, row in stats.items()]


def _named(commit: Commit, path: str) -> list[DataFile]:
    try:
        files = commit.files(path)
    except DatasetNotFoundError as error:
        meant = meant_by(commit, path)
        if meant is None:
            near = names_like(commit, path)
            hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else error.hint
            raise DatasetNotFoundError(error.message, hint=hint) from None
        return _named(commit, meant)
    if len(files) == 1 and files[0].path == path:
        return files
    return [file for file in files if not _hidden(file.path[len(path) :])]


def _matching(commit: Commit, pattern: str) -> list[DataFile]:
    start = GLOB.search(pattern)
    assert start is not None
    folder = pattern[: start.start()].rpartition("/")[0]
    expression = _translated(pattern)
    found = [file for file in _everything(commit, folder) if expression.fullmatch(file.path)]
    if not found:
        raise DatasetNotFoundError(
            f"Nothing in {commit.repo.name}@{commit.short} matches {pattern!r}.",
            hint=f"`%lake ls {commit.repo.name}@{commit.short}/{folder}` shows what is there.",
        )
    return found


def _everything(commit: Commit, folder: str) -> list[DataFile]:
    try:
        return commit.files(folder)
    except DatasetNotFoundError:
        return []


def _translated(pattern: str) -> re.Pattern[str]:
    """Return a glob as an expression: ``*`` stays in its folder, ``**`` does not."""
    parts = []
    for part in re.split(r"(\*\*/?|\*|\?|\[!?\]?[^\]]*\])", pattern):
        if part in ("**", "**/"):
            parts.append("(?:.*/)?" if part.endswith("/") else ".*")
        elif part == "*":
            parts.append("[^/]*")
        elif part == "?":
            parts.append("[^/]")
        elif part.startswith("["):
            parts.append(fnmatch.translate(part).removeprefix("(?s:").rpartition(")")[0])
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.DOTALL)


def _hidden(path: str) -> bool:
    return any(part.startswith(("_", ".")) and "=" not in part for part in path.split("/"))
