"""A statement on its way to DuckDB: what it names, at which commits, and what that becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from jupyter_lake import access
from jupyter_lake.addresses import Address, Ref, parse_time
from jupyter_lake.errors import (
    AccessDeniedError,
    DatasetNotFoundError,
    InvalidInputError,
    ReadOnlyError,
    RepoNotFoundError,
)
from jupyter_lake.query.at_clauses import evaluated
from jupyter_lake.query.columns import Known, columns_read
from jupyter_lake.query.explaining import unknown_place
from jupyter_lake.query.names import (
    Call,
    Reference,
    find_calls,
    find_references,
    plainly,
    says,
)
from jupyter_lake.query.own_names import OwnNames
from jupyter_lake.query.parsing import Place, places_of
from jupyter_lake.query.pruning import Condition, conditions_at, pruned
from jupyter_lake.query.reader_options import ReaderOptions
from jupyter_lake.query.views import Views, select

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.query.missing_columns import MissingColumns
    from jupyter_lake.store import Commit, DataFile, Lake

__all__ = ["Commits", "Plan"]


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


Name = tuple[str, str, str]

# What has been looked up, by repo and ref: what a text names twice is looked up once.
Commits = dict[tuple[str, str], "Commit"]


@dataclass(slots=True)
class _Use:
    """A dataset, and where the statement names it."""

    dataset: Dataset
    references: list[Reference] = field(default_factory=list)
    schema: str = ""


class Plan:
    """What becomes of one text of statements.

    Attributes
    ----------
    commits
        For each lake table of the statement, by its address there, the commit's id.
    notes
        Sentences for the person.
    renamed
        For each schema as DuckDB knows it, what the person wrote.
    """

    def __init__(self, session: Around, statement: str, commits: Commits | None = None) -> None:
        self.commits: dict[str, str] = {}
        self.notes: list[str] = []
        self.renamed: dict[str, str] = {}
        self._session = session
        self._statement = statement
        self._commits_at: Commits = {} if commits is None else commits
        self._uses: list[_Use] = []
        self._repos: frozenset[str] | None = None
        self._own = OwnNames(session.connection)

    def rewrite(self, variables: Mapping[str, object]) -> str:
        """Return the statement with lake names replaced by views, which exist from now on."""
        spans = [(call.start, call.end, self._call(call)) for call in find_calls(self._statement)]
        references = find_references(self._statement, self._known)
        spans += self._replacements(references)
        self._refuse_strays(variables)
        self.notes += self._own.hiding(self._statement, variables)
        text = self._statement
        for start, end, replacement in sorted(spans, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def reads(self) -> list[access.Read]:
        """Return what the statement reads, one record for each dataset."""
        views = self._session.views
        known = {
            reference.start: Known(
                reference.schema,
                reference.table,
                tuple(views.columns(use.schema, use.references[0].table)),
            )
            for use in self._uses
            for reference in use.references
        }
        columns = columns_read(self._statement, known)
        reads: dict[tuple[str, str, str], access.Read] = {}
        for use in self._uses:
            commit, path = use.dataset.commit, use.dataset.address_path
            key = (commit.repo.name, commit.id, path)
            named = _joined([columns.get(reference.start) for reference in use.references])
            if key in reads:
                named = _joined([named, reads[key].columns])
            reads[key] = access.Read(self._session.lake.url, *key, named, "sql")
        return list(reads.values())

    def columns(self) -> list[str]:
        """Return the columns of the lake's tables in the statement, as far as it got."""
        views = self._session.views
        made = [(use.schema, use.references[0].table) for use in self._uses if use.schema]
        return [column for place in made for column in views.columns(*place)]

    def files(self) -> list[DataFile]:
        """Return the files of the lake's tables in the statement."""
        return [file for use in self._uses for file in use.dataset.files]

    def _replacements(self, references: Sequence[Reference]) -> list[tuple[int, int, str]]:
        """Make the views, and return what is put where."""
        found = self._resolved([ref for ref in references if ref.place is not Place.COLUMN])
        schemas: dict[tuple[str, str], str] = {}
        spans = []
        for reference, schema in found:
            spans.append((reference.start, reference.end, schema))
            spans += [(*reference.at, "")] if reference.at else []
            schemas[reference.schema.casefold(), reference.table.casefold()] = schema
        for reference in references:
            # A column is that of a table the statement names elsewhere.
            name = (reference.schema.casefold(), reference.table.casefold())
            if reference.place is Place.COLUMN and name in schemas:
                spans.append((reference.start, reference.end, schemas[name]))
        return spans

    def _refuse_strays(self, variables: Mapping[str, object]) -> None:
        """Refuse names of tables that nobody has, which DuckDB would take for a variable's.

        It looks at the last part alone, and reads the variable `orders` for ``slaes.orders``.
        """
        for place, (*before, table) in places_of(self._statement).dotted:
            if table not in variables or place is Place.TARGET:
                continue
            if len(before) == 1 and self._known(before[0]):
                continue
            if (before[-1].casefold(), table.casefold()) not in self._own.tables:
                raise unknown_place([*before, table], self._session.lake)

    def unknown(self) -> list[list[str]]:
        """Return the tables whose schema is no repo and nothing of the connection's, by parts."""
        return [
            list(parts)
            for _, parts in places_of(self._statement).dotted
            if not (len(parts) == 2 and self._known(parts[0]))
            and parts[0].casefold() not in self._own.schemas
        ]

    def _resolved(self, references: Sequence[Reference]) -> list[tuple[Reference, str]]:
        """Return the schemas the references stand for: one for each name, said once or often."""
        uses: dict[Name, _Use] = {}
        served: list[tuple[Reference, str]] = []
        for reference in references:
            if self._session.serves(reference.schema):
                served += self._served(reference)
                continue
            if self._is_own(reference):
                continue
            ref = self._ref(reference)
            name = (reference.schema.casefold(), reference.table.casefold(), ref)
            if name not in uses:
                dataset = self._dataset(reference, ref)
                if dataset is None:
                    continue
                uses[name] = _Use(dataset)
            uses[name].references.append(reference)
        for use in uses.values():
            self._make(use)
        made = [(reference, use.schema) for use in uses.values() for reference in use.references]
        return made + served

    def _make(self, use: _Use) -> None:
        first = use.references[0]
        self._note(use, first)
        places = [reference.start for reference in use.references]
        conditions = conditions_at(self._statement, places)
        if not self._collates(conditions):
            use.dataset = pruned(use.dataset, conditions)
        use.schema = self._session.views.schema_for(
            use.dataset,
            first.table,
            filename=says(self._statement, "filename"),
            fresh=self._session.in_transaction,
        )
        self.renamed[use.schema] = plainly(first.schema)

    def _collates(self, conditions: Sequence[Sequence[Condition]]) -> bool:
        """Whether texts are compared otherwise than by their bytes, as the bounds are."""
        values = (value for one in conditions for _, _, constants in one for value in constants)
        if not any(isinstance(value, str) for value in values):
            return False
        setting = "SELECT current_setting('default_collation')"
        ((collation,),) = self._session.connection.execute(setting).fetchall()
        return bool(collation)

    def _note(self, use: _Use, reference: Reference | None) -> None:
        self._uses.append(use)
        commit = use.dataset.commit
        written = reference.schema if reference else commit.repo.name
        if reference and reference.at:
            written = f"{written.partition('@')[0]}@{self._ref(reference).removeprefix('@')}"
        self.commits[f"{written}/{use.dataset.path}"] = commit.id
        self.notes += self._session.missing_columns.notes(use.dataset)

    def _dataset(self, reference: Reference, ref: str) -> Dataset | None:
        """Return what a reference stands for, or None if it isn't the lake's."""
        if reference.place is Place.TARGET:
            raise ReadOnlyError(
                f"{reference.schema}.{reference.table} is the lake's, which SQL only reads.",
                hint=f"`%lake publish VARIABLE --to {reference.schema}/{reference.table} -m ...` "
                "changes it, by a commit.",
            )
        try:
            return self._session.dataset(self._commit(reference.schema, ref), reference.table)
        except (DatasetNotFoundError, RepoNotFoundError):
            if reference.sure:
                raise
            return None

    def _commit(self, schema: str, ref: str) -> Commit:
        """Return the commit at a ref; each is looked up once, so a statement sees one state."""
        key = (schema.partition("@")[0].casefold(), ref)
        if key not in self._commits_at:
            repo = self._session.lake.repo(key[0])
            self._commits_at[key] = repo.commit(Ref.parse(ref) if ref else None)
        return self._commits_at[key]

    def _ref(self, reference: Reference) -> str:
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

    def _served(self, reference: Reference) -> list[tuple[Reference, str]]:
        content = self._session.served(reference.schema, reference.table)
        if content is None:
            raise DatasetNotFoundError(
                f"{reference.schema} has no table {reference.table!r}.",
                hint="Its tables are made by the lake itself.",
            )
        schema = self._session.views.add_table(reference.schema, reference.table, content)
        self.renamed[schema] = plainly(reference.schema)
        return [(reference, schema)]

    def _known(self, schema: str) -> bool:
        if self._session.serves(schema) or "@" in schema:
            return True
        lake = self._session.lake
        if self._repos is None:
            try:
                self._repos = frozenset(lake.repo_names())
            except AccessDeniedError:  # who may see some repos only
                return lake.may_hold(schema.casefold())
        return schema.casefold() in self._repos

    def _is_own(self, reference: Reference) -> bool:
        """Whether this connection holds a table of that very name, which then goes first."""
        if "@" in reference.schema or reference.at:
            return False
        schema, table = reference.schema.casefold(), reference.table.casefold()
        if schema not in self._own.schemas:
            return False
        if reference.place is Place.TARGET:
            return True
        if (schema, table) not in self._own.tables:
            return False
        branch = self._session.lake.repo(schema).default_branch
        self.notes.append(
            f"{reference.schema}.{reference.table} is this session's own table here; "
            f'the lake\'s is "{reference.schema}@{branch}".{reference.table}.'
        )
        return True

    def _call(self, call: Call) -> str:
        """Return the query that stands for ``lake_read('address', ...)``."""
        repo, _, path = call.address.partition("/")
        if not path:
            raise InvalidInputError(
                f"lake_read('{call.address}') names no table.",
                hint="Write: lake_read('sales@main/raw/*.csv', header => false)",
            )
        address = Address.parse(repo)
        schema = str(address)
        ref = self._ref(Reference(0, 0, schema, path))
        dataset = self._session.dataset(self._commit(schema, ref), path)
        if dataset.format == "arrow":
            raise InvalidInputError(
                "lake_read has no options for Arrow files.",
                hint=f'Write {address.repo}."{path}" in place of the call.',
            )
        self._note(_Use(dataset), None)
        options = ReaderOptions.parse(call.options)
        asked = options.applied(dataset)
        reading = select(asked, filename=options.filename, options=options.text)
        return f"({reading})"


def _joined(columns: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Return all the columns together; None, which is all or unknown, swallows the rest."""
    if not columns or any(names is None for names in columns):
        return None
    return tuple(sorted({name for names in columns for name in names or ()}))
