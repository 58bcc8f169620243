"""One DuckDB connection that knows a lake's tables by name, at any commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from jupyter_lake import access
from jupyter_lake.addresses import Address, Ref
from jupyter_lake.errors import (
    DatasetNotFoundError,
    InvalidInputError,
    RepoNotFoundError,
)
from jupyter_lake.query.columns import columns_read
from jupyter_lake.query.datasets import Dataset, resolve_dataset
from jupyter_lake.query.explaining import explained
from jupyter_lake.query.names import (
    Call,
    Reference,
    find_calls,
    find_references,
    parse,
    quoted,
)
from jupyter_lake.query.pruning import conditions_on, pruned
from jupyter_lake.query.remote import register_remote
from jupyter_lake.query.results import Result
from jupyter_lake.query.running import Runner
from jupyter_lake.query.views import Views, reading

if TYPE_CHECKING:
    import pyarrow as pa

    from jupyter_lake.store import Commit, Lake

__all__ = ["Session"]

Provider = Callable[[str], "pa.Table | None"]


class Session:
    """A DuckDB connection over a lake: its tables, temporary tables and settings stay.

    Parameters
    ----------
    lake
        Whose tables the statements name.
    pins
        A ref for each repo that is to be read at another than its default branch.
    """

    def __init__(self, lake: Lake, *, pins: MutableMapping[str, str] | None = None) -> None:
        import duckdb

        self.lake = lake
        self.pins: MutableMapping[str, str] = pins if pins is not None else {}
        self.connection = duckdb.connect(":memory:")
        self.runner = Runner(self.connection, register_remote(self.connection, lake))
        self._views = Views(self.connection)
        self._providers: dict[str, Provider] = {}

    def register_schema(self, name: str, tables: Provider) -> None:
        """Serve ``name.table`` from a function that returns the table, or None.

        It is asked anew for each statement.
        """
        self._providers[name.casefold()] = tables

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
        plan = _Plan(self, statement)
        rewritten = plan.rewrite()
        scope = {"_lake_run": self.connection.sql, "_lake_sql": rewritten}
        code = compile("_lake_run(_lake_sql)", "<lake sql>", "eval")
        names = {**(variables or {}), **scope}
        try:
            # DuckDB looks for tables among the variables of the frame that calls it.
            relation = self.runner.run(lambda: eval(code, names))
        except Exception as error:  # noqa: BLE001  told in the person's terms
            raise explained(error, plan.original_names(), self.lake) from None
        reads = plan.reads()
        for read in reads:
            access.emit(read)
        return Result(
            relation,
            runner=self.runner,
            commits=plan.commits,
            reads=reads,
            notes=plan.notes,
            explain=lambda error: explained(error, plan.original_names(), self.lake),
        )

    def _serves(self, schema: str) -> bool:
        return schema.casefold() in self._providers


class _Plan:
    """One statement on its way to DuckDB: what it names, and what that became."""

    def __init__(self, session: Session, statement: str) -> None:
        self.session = session
        self.statement = statement
        self.commits: dict[str, str] = {}
        self.notes: list[str] = []
        self._commits_at: dict[tuple[str, str], Commit] = {}
        self._found: list[tuple[Reference | None, Dataset]] = []
        self._renamed: dict[str, str] = {}
        self._repos: frozenset[str] | None = None

    def rewrite(self) -> str:
        """Return the statement with lake names replaced by views that exist."""
        calls = find_calls(self.statement)
        spans = [(call.start, call.end, self._call(call)) for call in calls]
        references = find_references(self.statement, self._known)
        tables: dict[tuple[str, str], str | None] = {}
        for reference in sorted(references, key=lambda reference: reference.column):
            name = (reference.schema.casefold(), reference.table.casefold())
            # A column is that of a table the statement names elsewhere.
            schema = tables.get(name) if reference.column else self._schema(reference)
            tables[name] = schema
            if schema is None:
                continue
            spans.append((reference.start, reference.end, quoted(schema)))
            if reference.at:
                spans.append((*reference.at, ""))
        text = self.statement
        for start, end, replacement in sorted(spans, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def original_names(self) -> Mapping[str, str]:
        """Return what the person wrote for each schema that DuckDB may name in an error."""
        return self._renamed

    def reads(self) -> list[access.Read]:
        """Return what the statement reads, one record for each dataset."""
        columns = columns_read(self.statement, [ref for ref, _ in self._found if ref])
        reads: dict[tuple[str, str, str], access.Read] = {}
        for reference, dataset in self._found:
            commit = dataset.commit
            path = dataset.path
            if len(dataset.files) == 1 and not dataset.files[0].path.startswith(f"{path}/"):
                path = dataset.files[0].path  # 'orders' stands for orders.parquet
            key = (commit.repo.name, commit.id, path)
            named = columns.get(reference.start) if reference else None
            before = reads.get(key)
            if before is not None:
                both = (
                    None if named is None or before.columns is None else {*named, *before.columns}
                )
                named = tuple(sorted(both)) if both is not None else None
            reads[key] = access.Read(self.session.lake.url, *key, named, "sql")
        return list(reads.values())

    def _known(self, schema: str) -> bool:
        if self.session._serves(schema):
            return True
        if "@" in schema:
            return True
        return schema.casefold() in self._repo_names()

    def _repo_names(self) -> frozenset[str]:
        if self._repos is None:
            self._repos = frozenset(repo.name for repo in self.session.lake.repos())
        return self._repos

    def _schema(self, reference: Reference) -> str | None:
        """Return the schema that stands for a reference, or None if it isn't the lake's."""
        if self.session._serves(reference.schema):
            return self._served(reference)
        if self._is_duckdbs_own(reference):
            return None
        try:
            commit = self._commit(reference)
            dataset = resolve_dataset(commit, reference.table)
        except (DatasetNotFoundError, RepoNotFoundError):
            if reference.sure:
                raise
            return None
        dataset = pruned(dataset, self._conditions(reference))
        schema = self.session._views.schema_for(
            dataset, reference.table, filename="filename" in self.statement.lower()
        )
        self._note(reference, dataset, schema)
        return schema

    def _note(self, reference: Reference | None, dataset: Dataset, schema: str) -> None:
        commit = dataset.commit
        self._found.append((reference, dataset))
        written = reference.schema if reference else commit.repo.name
        if reference and reference.ref and "@" not in written:
            written = f"{written}@{reference.ref.removeprefix('@')}"
        self.commits[f"{written}/{dataset.path}"] = commit.id
        if reference is not None:
            self._renamed[schema] = reference.schema

    def _served(self, reference: Reference) -> str | None:
        content = self.session._providers[reference.schema.casefold()](reference.table)
        if content is None:
            return None
        schema = self.session._views.add_table(reference.schema, reference.table, content)
        self._renamed[schema] = reference.schema
        return schema

    def _is_duckdbs_own(self, reference: Reference) -> bool:
        """Whether this connection holds a table of that very name, which then goes first."""
        if "@" in reference.schema or reference.ref:
            return False
        found = self.session.connection.execute(
            "SELECT 1 FROM information_schema.tables"
            " WHERE lower(table_schema) = lower(?) AND lower(table_name) = lower(?)",
            [reference.schema, reference.table],
        ).fetchone()
        if found:
            name = f"{reference.schema}.{reference.table}"
            branch = f'"{reference.schema}@main".{reference.table}'
            self.notes.append(f"{name} is this session's own table; the lake's is {branch}.")
        return bool(found)

    def _commit(self, reference: Reference) -> Commit:
        name, _, ref = reference.schema.partition("@")
        repo_name = name.casefold()
        ref = reference.ref or ref or self.session.pins.get(repo_name, "")
        if ref.startswith("@{"):
            ref = f"{self._branch(reference, repo_name)}{ref}"
        key = (repo_name, ref)
        if key not in self._commits_at:
            repo = self.session.lake.repo(repo_name)
            self._commits_at[key] = repo.commit(Ref.parse(ref) if ref else None)
        return self._commits_at[key]

    def _branch(self, reference: Reference, repo: str) -> str:
        """Return the branch whose past ``AT (TIMESTAMP => ...)`` asks for."""
        written = reference.schema.partition("@")[2]
        return written or self.session.lake.repo(repo).default_branch

    def _conditions(self, reference: Reference) -> list[Any]:
        from sqlglot import exp

        parsed = parse(self.statement)
        if parsed is None or "filename" in self.statement.lower():
            return []
        for expression in parsed:
            for table in expression.find_all(exp.Table):
                schema = table.args.get("db")
                if (
                    isinstance(schema, exp.Identifier)
                    and schema.meta.get("start") == reference.start
                ):
                    return conditions_on(table)
        return []

    def _call(self, call: Call) -> str:
        """Return DuckDB's reader for ``lake_read('address', ...)``."""
        repo, _, path = call.address.partition("/")
        if not path:
            raise InvalidInputError(
                f"lake_read('{call.address}') names no table.",
                hint="Write: lake_read('sales@main/raw/*.csv', header => false)",
            )
        address = Address.parse(repo)
        ref = str(address.ref) if address.ref else None
        reference = Reference(call.start, call.end, address.repo, path, ref)
        dataset = resolve_dataset(self._commit(reference), path)
        self._note(None, dataset, "")
        return reading(dataset, dataset.files, options=call.options)
