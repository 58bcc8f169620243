"""What is published, on its way from a variable into a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.errors import InvalidInputError
from jupyter_lake.verbs.contents import as_bytes, as_table, is_file_path, is_table
from jupyter_lake.verbs.layout import check_columns, files_of

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.query import Session
    from jupyter_lake.store import Commit, Transaction

__all__ = ["Piece", "piece"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A table, or the bytes of a file, and how it goes to its path."""

    name: str
    path: str
    content: pa.Table | bytes
    append: bool
    keys: tuple[str, ...]
    partitions: tuple[str, ...]

    @property
    def is_table(self) -> bool:
        """Whether it is a table rather than a file's bytes."""
        return not isinstance(self.content, bytes)

    def write(self, transaction: Transaction, base: Commit | None, session: Session | None) -> None:
        """Stage the piece.

        Parameters
        ----------
        base
            The commit that the transaction starts from; None for a first one.
        session
            Reads the table that is there; None where there is none.
        """
        if isinstance(self.content, bytes):
            transaction.write(self.path, self.content)
            return
        table, append = self.content, self.append
        if append and self.keys and session is not None and base is not None:
            table, append = _upserted(session, base, self.path, table, self.keys), False
        written = set()
        for path, part in files_of(table, self.path, append=append, partition_by=self.partitions):
            transaction.write(path, part)
            written.add(path)
        if not append:
            for entry in list(transaction.entries(self.path)):
                if entry.path not in written:
                    transaction.delete(entry.path)


def piece(
    name: str,
    value: object,
    path: str,
    *,
    append: bool,
    keys: tuple[str, ...],
    partitions: tuple[str, ...],
) -> Piece:
    """Make of a variable's value what can be written, or refuse it.

    Raises
    ------
    InvalidInputError
    """
    if not is_table(value, path):
        if append or keys or partitions:
            raise InvalidInputError(
                f"{path!r} is a file, and --mode append, --key and --partition-by are for tables.",
                hint="Leave them out, or publish a table to a path without a suffix.",
            )
        return Piece(name, path, as_bytes(name, value, path), False, (), ())
    table = as_table(name, value)
    if is_file_path(path) and (partitions or (append and not keys)):
        flag = "--partition-by" if partitions else "--mode append"
        raise InvalidInputError(
            f"{flag} adds files to a folder, and {path!r} is one file.",
            hint=f"Publish to a path without a suffix: {path.rpartition('.')[0]}",
        )
    check_columns(table, keys, flag="--key")
    check_columns(table, partitions, flag="--partition-by")
    _check_keys(name, table, keys)
    return Piece(name, path, table, append, keys, partitions)


def _check_keys(name: str, table: pa.Table, keys: Sequence[str]) -> None:
    """Refuse a key that does not tell the rows apart."""
    if not keys:
        return
    groups = table.group_by(list(keys)).aggregate([([], "count_all")])
    twice = table.num_rows - groups.num_rows
    if twice:
        example = max(groups.to_pylist(), key=lambda row: row["count_all"])
        shown = ", ".join(f"{key}={example[key]!r}" for key in keys)
        raise InvalidInputError(
            f"--key {','.join(keys)} does not tell the rows of {name} apart: "
            f"{shown} stands there {example['count_all']} times.",
            hint="Name more columns in --key, or drop the duplicates first.",
        )


def _upserted(
    session: Session, head: Commit, path: str, table: pa.Table, keys: Sequence[str]
) -> pa.Table:
    """Return the table at `path` with the rows of `table` in it, replacing those of equal key."""
    from jupyter_lake.query import quoted_name

    same = " AND ".join(f'old."{key}" IS NOT DISTINCT FROM new."{key}"' for key in keys)
    name = quoted_name(head.repo.name, head.id, path)
    statement = (
        f"SELECT * FROM {name} AS old WHERE NOT EXISTS (FROM published_rows AS new WHERE {same})"
        " UNION ALL BY NAME FROM published_rows"
    )
    with access.quiet():
        return session.sql(statement, variables={"published_rows": table}).arrow()
