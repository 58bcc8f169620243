"""What the names of a statement stand for: repos, commits, and the datasets in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Protocol

from jupyter_lake.addresses import Ref, parse_time
from jupyter_lake.errors import (
    AccessDeniedError,
    DatasetNotFoundError,
    ReadOnlyError,
    RepoNotFoundError,
)
from jupyter_lake.query.at_clauses import evaluated
from jupyter_lake.query.parsing import Place

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.query.missing_columns import MissingColumns
    from jupyter_lake.query.names import Reference
    from jupyter_lake.query.views import Views
    from jupyter_lake.store import Commit, Lake

__all__ = ["Around", "Commits", "Lookup"]

# What has been looked up, by repo and ref: what a text names twice is looked up once.
Commits = dict[tuple[str, str], "Commit"]


class Around(Protocol):
    """What a plan needs of its session."""

    lake: Lake
    connection: duckdb.DuckDBPyConnection
    views: Views
    missing_columns: MissingColumns
    in_transaction: bool

    @property
    def pins(self) -> Mapping[str, str]:
        """The refs that repos are read at, where that isn't their default branch."""

    def served(self, schema: str, table: str) -> pa.Table | None:
        """Return a table of a schema that is registered."""

    def serves(self, schema: str) -> bool:
        """Whether a schema is registered."""

    def dataset(self, commit: Commit, path: str) -> Dataset:
        """Return the dataset at a path of a commit."""


class Lookup:
    """Looks up each repo and ref once, so that a statement sees one state of the lake.

    Parameters
    ----------
    session
        Whose lake and pins are meant.
    commits
        What has been looked up already, and what will be.
    """

    def __init__(self, session: Around, commits: Commits) -> None:
        self._session = session
        self._commits = commits
        self._repos: frozenset[str] | None = None

    def known(self, schema: str) -> bool:
        """Whether a schema is one of the lake's."""
        if self._session.serves(schema) or "@" in schema:
            return True
        lake = self._session.lake
        if self._repos is None:
            try:
                self._repos = frozenset(lake.repo_names())
            except AccessDeniedError:  # who may see some repos only
                return lake.may_hold(schema.casefold())
        return schema.casefold() in self._repos

    def dataset(self, reference: Reference, ref: str) -> Dataset | None:
        """Return what a reference stands for, or None if it isn't the lake's."""
        if reference.place is Place.TARGET:
            raise ReadOnlyError(
                f"{reference.schema}.{reference.table} is the lake's, which SQL only reads.",
                hint=f"`%lake publish VARIABLE --to {reference.schema}/{reference.table} -m ...` "
                "changes it, by a commit.",
            )
        try:
            return self._session.dataset(self.commit(reference.schema, ref), reference.table)
        except (DatasetNotFoundError, RepoNotFoundError):
            if reference.sure:
                raise
            return None

    def commit(self, schema: str, ref: str) -> Commit:
        """Return the commit at a ref; each is looked up once, so a statement sees one state."""
        key = (schema.partition("@")[0].casefold(), ref)
        if key not in self._commits:
            repo = self._session.lake.repo(key[0])
            self._commits[key] = repo.commit(Ref.parse(ref) if ref else None)
        return self._commits[key]

    def ref(self, reference: Reference) -> str:
        """Return the ref at which a reference is to be read; empty for the default branch."""
        name, _, written = reference.schema.partition("@")
        ref = written or self._session.pins.get(name.casefold(), "")
        if reference.version is not None:
            return str(evaluated(self._session.connection, reference.version))
        if reference.timestamp is None:
            return ref
        value = evaluated(self._session.connection, reference.timestamp)
        moment = parse_time(value.isoformat() if isinstance(value, date) else str(value))
        branch = (
            Ref.parse(ref).name if ref else self._session.lake.repo(name.casefold()).default_branch
        )
        return str(Ref(branch, (), moment))
