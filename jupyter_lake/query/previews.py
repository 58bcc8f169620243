"""What a path of a commit looks like, for a person who is about to use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jupyter_lake.access import quiet

if TYPE_CHECKING:
    from jupyter_lake.query.json_values import Json
    from jupyter_lake.store import Commit

__all__ = ["Preview", "preview"]

Kind = Literal["table", "text", "image", "json", "notebook", "binary"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What `preview` found.

    Attributes
    ----------
    kind
        Which of the shapes described at `preview` the `content` has.
    address
        What was looked at, with the full commit id.
    path
        The path in the commit.
    files, bytes
        How many files lie there, and how long they are together.
    content
        The rest, ready for JSON.
    """

    kind: Kind
    address: str
    path: str
    files: int
    bytes: int
    content: dict[str, Json]

    def to_dict(self) -> dict[str, Json]:
        """Return all of it as one JSON object."""
        return {
            "kind": self.kind,
            "address": self.address,
            "path": self.path,
            "files": self.files,
            "bytes": self.bytes,
            **self.content,
        }


def preview(
    commit: Commit,
    path: str,
    *,
    where: str | None = None,
    order: str | None = None,
    descending: bool = False,
    limit: int = 100,
    seconds: float = 5.0,
) -> Preview:
    """Look at a file or dataset without reading all of it; looking is not recorded as reading.

    Parameters
    ----------
    commit, path
        What to look at: a file, or a folder that is a dataset.
    where
        For tables: an SQL expression; only rows for which it holds are shown
        and summed up.
    order, descending
        For tables: the column that rows are sorted by, and which way; nulls come last.
    limit
        For tables: how many rows to show, at most 10,000.
    seconds
        How long to work; what isn't known by then is null, with a note that says so.

    Returns
    -------
    Preview
        `to_dict()` gives ``kind, address, path, files, bytes`` and by `kind`:

        ``table``
            ``format`` (``parquet``, ``csv``, ...); ``columns``: a list of
            ``{name, type, nulls, distinct, min, max, histogram, top}``, where
            ``histogram`` is ``[{from, to, count}, ...]`` of numbers and times,
            ``top`` is ``[{value, count}, ...]`` of the rest, and each is null
            where it isn't known; ``rows``: a list of lists, in the columns'
            order; ``total_rows``: of the whole dataset, or null if unknown;
            ``matching_rows``: those for which `where` holds, or null;
            ``summary_rows``: how many rows the summary has seen;
            ``summary_complete``: whether that is all of them (else nulls,
            distinct, histogram and top are of a sample); ``notes``: sentences.
            Integers beyond 2**53, decimals and times are text.
        ``text``
            ``text``, ``encoding``, ``truncated``, ``mime``.
        ``json``
            ``value`` (null if too long to parse), ``text`` (indented), ``truncated``.
        ``notebook``
            ``cells``: ``[{type, source, outputs}]`` with ``outputs`` as a list
            of texts; ``language``, ``truncated``.
        ``image``
            ``mime``, ``data`` (base64; null if the file or the picture is too large).
        ``binary``
            ``mime``, ``hex``: the first bytes, 16 a line with their text.

    Raises
    ------
    PathNotFoundError, DatasetNotFoundError
        If nothing lies there, or a folder that is no table.
    QueryError
        If `where` is no expression over the table's columns.
    InvalidInputError
        If `order` is none of them.
    """
    from jupyter_lake.query import preview_file, preview_table

    path = path.strip("/")
    with quiet():
        looked = preview_file.look(commit, path)
        if looked is None:
            looked = preview_table.look(
                commit,
                path,
                where=where,
                order=(order, descending) if order else None,
                limit=max(0, min(limit, 10_000)),
                seconds=seconds,
            )
    address = f"{commit.repo.name}@{commit.id}" + (f"/{path}" if path else "")
    return Preview(looked.kind, address, path, looked.files, looked.bytes, looked.content)
