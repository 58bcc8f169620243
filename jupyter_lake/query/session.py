"""One DuckDB connection that knows a lake's tables by name, at any commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.query.datasets import Dataset, resolve_dataset
from jupyter_lake.query.explaining import explained
from jupyter_lake.query.missing_columns import MissingColumns
from jupyter_lake.query.names import quoted, says
from jupyter_lake.query.parsing import statements_of
from jupyter_lake.query.plan import Plan
from jupyter_lake.query.remote import register_remote
from jupyter_lake.query.results import Result
from jupyter_lake.query.running import Runner
from jupyter_lake.query.views import CATALOG, Views

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from jupyter_lake.query.lookup import Commits
    from jupyter_lake.store import Commit, Lake

__all__ = ["Session"]

REMEMBERED = 64

Provider = Callable[[str], "pa.Table | None"]


class Session:
    """A DuckDB connection over a lake: its tables, temporary tables and settings stay.

    Parameters
    ----------
    lake
        Whose tables the statements name.
    pins
        A ref for each repo that is to be read at another than its default branch.

    Attributes
    ----------
    connection
        DuckDB's connection.
    runner
        What runs the statements; its `progress` is called while they run.
    in_transaction
        Whether a BEGIN waits for its COMMIT.
    """

    def __init__(self, lake: Lake, *, pins: MutableMapping[str, str] | None = None) -> None:
        import duckdb

        self.lake = lake
        self.pins: MutableMapping[str, str] = pins if pins is not None else {}
        self.connection = duckdb.connect(":memory:")
        # DuckDB measures how far it is only if it thinks of a bar; we draw our own.
        self.connection.execute("SET enable_progress_bar = true")
        self.connection.execute("SET enable_progress_bar_print = false")
        self.runner = Runner(self.connection, register_remote(self.connection, lake))
        self.views = Views(self.connection)
        self.missing_columns = MissingColumns(self.connection)
        self.in_transaction = False
        self._providers: dict[str, Provider] = {}
        self._datasets: dict[tuple[str, str, str], Dataset] = {}

    def register_schema(self, name: str, tables: Provider) -> None:
        """Serve ``name.table`` from a function that returns the table, or None.

        It is asked anew for each statement.
        """
        self._providers[name.casefold()] = tables

    def serves(self, schema: str) -> bool:
        """Whether the tables of a schema come from a function."""
        return schema.casefold() in self._providers

    def served(self, schema: str, table: str) -> pa.Table | None:
        """Return a table of such a schema."""
        return self._providers[schema.casefold()](table)

    def dataset(self, commit: Commit, path: str) -> Dataset:
        """Return the dataset at a path of a commit; what was found lately is at hand."""
        key = (commit.repo.name, commit.id, path)
        if key not in self._datasets:
            if len(self._datasets) >= REMEMBERED:
                del self._datasets[next(iter(self._datasets))]
            self._datasets[key] = resolve_dataset(commit, path)
        return self._datasets[key]

    def sql(self, statement: str, *, variables: Mapping[str, object] | None = None) -> Result:
        """Run one or more statements; the last one's rows are the result.

        Each branch is resolved once: one statement never sees two states.

        Parameters
        ----------
        statement
            DuckDB's SQL, with lake tables as ``repo.dataset``, ``"repo@ref".dataset``
            or ``repo.dataset AT (VERSION => 'ref')``.
        variables
            Tables by name that the statement may use like DuckDB's own.

        Raises
        ------
        QueryError, RepoNotFoundError, RefNotFoundError, DatasetNotFoundError
        """
        self.runner.forget_failures()
        commits: Commits = {}
        spans = statements_of(statement) or [(0, len(statement))]
        results = [self._one(statement[slice(*span)], commits, variables or {}) for span in spans]
        return Result.last(results)

    def _one(self, statement: str, commits: Commits, variables: Mapping[str, object]) -> Result:
        """Run one statement; the first to name a branch says where it stands for those after."""
        plan = Plan(self, statement, commits)

        def told(error: Exception) -> Exception:
            cause = self.runner.cause_of(error)
            return explained(cause, plan, self.lake)

        try:
            scope = _readable(statement, variables)
            scope |= {"_lake_sql": plan.rewrite(scope), "_lake_run": self.connection.sql}
            # DuckDB looks for tables among the variables of the frame that calls it.
            code = compile("_lake_run(_lake_sql)", "<lake sql>", "eval")
            relation = self.runner.run(lambda: eval(code, scope))
            relation = _named_plainly(relation, plan.renamed)
        except Exception as error:  # noqa: BLE001  told in the person's terms
            raise told(error) from None
        self._follow_transaction(statement)
        reads = plan.reads()
        for read in reads:
            access.emit(read)
        return Result(
            relation,
            runner=self.runner,
            commits=plan.commits,
            reads=reads,
            notes=plan.notes,
            explain=told,
        )

    def _follow_transaction(self, statement: str) -> None:
        word = (statement.split(maxsplit=1) or [""])[0].upper()
        if word in ("BEGIN", "START"):
            self.in_transaction = True
        elif word in ("COMMIT", "END", "ROLLBACK", "ABORT"):
            self.in_transaction = False


def _readable(statement: str, variables: Mapping[str, object]) -> dict[str, object]:
    """Return the variables as DuckDB can read them: a result of ours by its rows."""
    return {
        name: value.arrow() if isinstance(value, Result) and says(statement, name) else value
        for name, value in variables.items()
    }


def _named_plainly(
    relation: duckdb.DuckDBPyRelation | None, renamed: Mapping[str, str]
) -> duckdb.DuckDBPyRelation | None:
    """Return the relation without our schemas in the names DuckDB gives to expressions."""
    if relation is None or not any(CATALOG in name for name in relation.columns):
        return relation
    names = list(relation.columns)
    for schema, written in renamed.items():
        names = [name.replace(f"{schema}.", f"{written}.") for name in names]
    columns = [f"#{index} AS {quoted(name)}" for index, name in enumerate(names, 1)]
    return relation.project(", ".join(columns))
