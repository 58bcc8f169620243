"""A statement on its way to DuckDB: what it names, at which commits, and what that becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import (
    DatasetNotFoundError,
    InvalidInputError,
)
from jupyter_lake.query.conditions import Condition, conditions_at
from jupyter_lake.query.counting import counted
from jupyter_lake.query.explaining import unknown_place
from jupyter_lake.query.listings import find_listings, listed
from jupyter_lake.query.lookup import Around, Commits, Lookup
from jupyter_lake.query.names import (
    Call,
    Reference,
    dotted_names,
    find_calls,
    find_references,
    plainly,
    says,
)
from jupyter_lake.query.own_names import OwnNames
from jupyter_lake.query.parsing import Place
from jupyter_lake.query.pruning import pruned
from jupyter_lake.query.reader_options import ReaderOptions
from jupyter_lake.query.table_functions import spelled_out
from jupyter_lake.query.table_names import table_names
from jupyter_lake.query.uses import Use, reads_of
from jupyter_lake.query.views import select

if TYPE_CHECKING:
    from jupyter_lake import access
    from jupyter_lake.store import DataFile

__all__ = ["Plan"]

Name = tuple[str, str, str]


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
        self._lookup = Lookup(session, {} if commits is None else commits)
        self._uses: list[Use] = []
        self._own = OwnNames(session.connection)
        self._count: str | None = None

    def rewrite(self, variables: Mapping[str, object]) -> str:
        """Return the statement with lake names replaced by views, which exist from now on."""
        self._statement = spelled_out(self._statement, self._session.connection)
        spans = [(call.start, call.end, self._call(call)) for call in find_calls(self._statement)]
        spans += self._listings()
        references = find_references(
            self._statement, self._lookup.known, lambda name: name in self._own.macros
        )
        spans += self._replacements(references)
        self._refuse_strays(variables)
        self.notes += self._own.hiding(self._statement, variables)
        if self._count is not None:
            return self._count
        text = self._statement
        for start, end, replacement in sorted(spans, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def reads(self) -> list[access.Read]:
        """Return what the statement reads, one record for each dataset."""
        session = self._session
        return reads_of(self._uses, self._statement, views=session.views, lake_url=session.lake.url)

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
        for place, (*before, table) in dotted_names(self._statement):
            if table not in variables or place is Place.TARGET:
                continue
            if len(before) == 1 and self._lookup.known(before[0]):
                continue
            if (before[-1].casefold(), table.casefold()) not in self._own.tables:
                raise unknown_place([*before, table], self._session.lake)

    def unknown(self) -> list[list[str]]:
        """Return the tables whose schema is no repo and nothing of the connection's, by parts."""
        return [
            list(parts)
            for _, parts in dotted_names(self._statement)
            if not (len(parts) == 2 and self._lookup.known(parts[0]))
            and parts[0].casefold() not in self._own.schemas
        ]

    def _resolved(self, references: Sequence[Reference]) -> list[tuple[Reference, str]]:
        """Return the schemas the references stand for: one for each name, said once or often."""
        uses: dict[Name, Use] = {}
        served: list[tuple[Reference, str]] = []
        for reference in references:
            if self._session.serves(reference.schema):
                served += self._served(reference)
                continue
            if self._is_own(reference):
                continue
            ref = self._lookup.ref(reference)
            name = (reference.schema.casefold(), reference.table.casefold(), ref)
            if name not in uses:
                dataset = self._lookup.dataset(reference, ref)
                if dataset is None:
                    continue
                uses[name] = Use(dataset)
            uses[name].references.append(reference)
        for use in uses.values():
            if len(references) == 1:
                self._count = counted(self._statement, references[0], use.dataset)
            self._make(use)
        made = [(reference, use.schema) for use in uses.values() for reference in use.references]
        return made + served

    def _make(self, use: Use) -> None:
        first = use.references[0]
        self._note(use, first)
        if self._count is not None:
            return
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

    def _note(self, use: Use, reference: Reference | None) -> None:
        self._uses.append(use)
        commit = use.dataset.commit
        written = reference.schema if reference else commit.repo.name
        if reference and reference.at:
            written = f"{written.partition('@')[0]}@{self._lookup.ref(reference).removeprefix('@')}"
        self.commits[f"{written}/{use.dataset.path}"] = commit.id
        self.notes += self._session.missing_columns.notes(use.dataset)

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

    def _listings(self) -> list[tuple[int, int, str]]:
        """Return what stands for each ``SHOW TABLES FROM`` a repo."""
        spans = []
        for asked in find_listings(self._statement):
            own = asked.schema.casefold() in self._own.schemas
            if own or self._session.serves(asked.schema) or not self._lookup.known(asked.schema):
                continue
            ref = self._lookup.ref(Reference(asked.start, asked.end, asked.schema, ""))
            commit = self._lookup.commit(asked.schema, ref)
            self.commits[asked.schema] = commit.id
            spans.append((asked.start, asked.end, listed(table_names(commit))))
        return spans

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
        ref = self._lookup.ref(Reference(0, 0, schema, path))
        dataset = self._session.dataset(self._lookup.commit(schema, ref), path)
        if dataset.format == "arrow":
            raise InvalidInputError(
                "lake_read has no options for Arrow files.",
                hint=f'Write {address.repo}."{path}" in place of the call.',
            )
        self._note(Use(dataset), None)
        options = ReaderOptions.parse(call.options)
        asked = options.applied(dataset)
        reading = select(asked, filename=options.filename, options=options.text)
        return f"({reading})"
