"""The lake as a person meets it: the store's, with queries and lineage on it.

The store knows no DuckDB and no lineage. Here, where all three are in reach,
`Lake` and `Commit` gain the verbs that need them.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from jupyter_lake import store

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from jupyter_lake.lineage import Graph, Recorder
    from jupyter_lake.query import Result, Session
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["Commit", "Lake"]


class Commit(store.Commit):
    """A snapshot of a repo whose datasets can be queried."""

    def table(self, dataset: str) -> Result:
        """Return a dataset of this commit as a DuckDB relation.

        Raises
        ------
        DatasetNotFoundError
        """
        from jupyter_lake.query import quoted_name

        name = quoted_name(self.repo.name, self.id, dataset)
        lake = self.repo.lake
        assert isinstance(lake, Lake)
        return lake.sql(f"FROM {name}", variables={})


class Lake(store.Lake):
    """A folder or bucket prefix of repos, open for work.

    Attributes
    ----------
    pins
        The refs at which repos are read where a name gives none, as `%lake use` sets them.
    recorder
        What records the notebook's cells; None outside a notebook.
    """

    commit_type: ClassVar[type[store.Commit]] = Commit

    def __init__(self, objects: ObjectStore, id: str) -> None:
        super().__init__(objects, id)
        self.pins: MutableMapping[str, str] = {}
        self.recorder: Recorder | None = None

    @cached_property
    def session(self) -> Session:
        """The DuckDB session that `sql` uses, kept for temporary tables and settings."""
        from jupyter_lake.lineage import tables
        from jupyter_lake.query import Session

        session = Session(self, pins=self.pins)
        session.register_schema("lake", lambda name: tables(self, name, recorder=self.recorder))
        return session

    def sql(self, statement: str, *, variables: Mapping[str, object] | None = None) -> Result:
        """Run a statement over any commits: ``sales.orders``, ``"sales@main~2".orders``.

        Parameters
        ----------
        statement
            One or more statements of DuckDB's SQL.
        variables
            Tables by name (pandas, polars, Arrow) that the statement may use;
            without it, the caller's own variables, as DuckDB does.

        Raises
        ------
        QueryError, RepoNotFoundError, RefNotFoundError, DatasetNotFoundError
        """
        if variables is None:
            caller = sys._getframe(1)
            variables = {**caller.f_globals, **caller.f_locals}
        return self.session.sql(statement, variables=variables)

    def scan(self, address: str, *, engine: str = "pyarrow") -> object:
        """Open a dataset with a reader: pandas, polars, pyarrow, dask, duckdb or ray.

        Raises
        ------
        InvalidInputError, DatasetNotFoundError
        """
        from jupyter_lake.query import scan

        return scan(self, address, engine=engine)

    def upstream(self, subject: object, *, depth: int = 3) -> Graph:
        """Return what something was made from, `depth` datasets back.

        Parameters
        ----------
        subject
            An address (``reports/delays``), a run's id, or in a notebook a
            variable: its name, or the object itself.

        Raises
        ------
        NotFoundError
            If there is no such dataset, run or variable.
        InvalidInputError
            If an object is no variable of this notebook.
        """
        from jupyter_lake.lineage import graph, named

        return graph(self, named(subject, self.recorder), up=depth, down=0, recorder=self.recorder)

    def downstream(self, subject: object, *, depth: int = 3) -> Graph:
        """Return what was made from something, `depth` datasets on; see `upstream`.

        Raises
        ------
        NotFoundError, InvalidInputError
        """
        from jupyter_lake.lineage import graph, named

        return graph(self, named(subject, self.recorder), up=0, down=depth, recorder=self.recorder)
