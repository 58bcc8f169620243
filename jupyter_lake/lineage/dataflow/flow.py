"""The data flow of one notebook: what each cell read, from whom, and what it wrote."""

from __future__ import annotations

import ast
import logging
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.between import Between
from jupyter_lake.lineage.dataflow.bytecode import calls_first_argument
from jupyter_lake.lineage.dataflow.changes import Change, Comparison
from jupyter_lake.lineage.dataflow.closure import Closure
from jupyter_lake.lineage.dataflow.effects import NEW, own_database
from jupyter_lake.lineage.dataflow.figures import PYPLOT, current_figure
from jupyter_lake.lineage.dataflow.history import Outputs, is_ipythons
from jupyter_lake.lineage.dataflow.model import CellFlow, weakest
from jupyter_lake.lineage.dataflow.outside import file_reads, named_files, outside_reads
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.pending import Pending
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.settings import (
    HOOKS,
    Settings,
    hooks,
    settings_read,
    settings_written,
)
from jupyter_lake.lineage.dataflow.shapes import is_plain
from jupyter_lake.lineage.dataflow.syntax import Reader
from jupyter_lake.lineage.dataflow.texts import last_part
from jupyter_lake.lineage.dataflow.versions import Versions
from jupyter_lake.lineage.dataflow.witnesses import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_lake.lineage.dataflow.model import Certainty, Writers

__all__ = ["Dataflow"]

_log = logging.getLogger(__name__)
_WATCHED = Use(Level.RUN, certain=True, after=frozenset())


class Dataflow:
    """Watches one notebook's namespace, cell by cell.

    Call `before` with the cell's transformed source, and `after` when it has run. Neither runs
    code of the user's objects, keeps big objects alive, or raises.

    Parameters
    ----------
    namespace
        The notebook's variables (``shell.user_ns``), only ever read.
    transform
        Turns IPython's syntax into Python's (``shell.transform_cell``); by default the one of
        ``get_ipython()`` in the namespace.
    """

    def __init__(
        self,
        namespace: dict[str, object],
        *,
        transform: Callable[[str], str] | None = None,
    ) -> None:
        self.namespace = namespace
        self.last_failure: Exception | None = None
        self._versions = Versions()
        self._outputs = Outputs(namespace, self._versions)
        self._background: dict[str, str] = {}
        self._between = Between()
        self._settings: Settings | None = None
        self._settings_written: set[str] = set()
        self._peek = Peek(namespace, transform=transform, calls_argument=calls_first_argument)

    # -- the two calls around a cell ---------------------------------------------------------

    def before(self, source: str, key: str) -> Pending:
        """Look at what a cell is about to read.

        Parameters
        ----------
        source
            The cell's source as IPython transformed it to Python.
        key
            Names this execution of the cell; edges of later cells will point at it.
        """
        pending = Pending(key)
        try:
            self._before(source, pending)
        except Exception as error:  # noqa: BLE001 - the user's cell comes first
            self._failed(error)
        return pending

    def after(self, pending: Pending, *, raised: bool) -> CellFlow:
        """Look at what a cell has changed, and tell what flowed into it.

        Parameters
        ----------
        pending
            What `before` returned.
        raised
            Whether the cell ended with an exception.
        """
        pending.traffic.end()
        try:
            return self._after(pending, raised=raised)
        except Exception as error:  # noqa: BLE001 - the user's cell comes first
            self._failed(error)
            return CellFlow()

    def writers(self, name: str) -> Writers:
        """Return the executions that a variable's present value comes from."""
        try:
            reader = Reader(self._peek)
            closure = Closure(reader, self.namespace)
            reader.load(name, Level.MENTION)
            closure.follow()
            return self._sources(closure).get(name, ())
        except Exception as error:  # noqa: BLE001 - asked for display only
            self._failed(error)
            return ()

    def _failed(self, error: Exception) -> None:
        self.last_failure = error
        _log.debug("data flow of a cell was not found", exc_info=error)

    # -- before ------------------------------------------------------------------------------

    def _before(self, source: str, pending: Pending) -> None:
        identities = zip(self.namespace, map(id, self.namespace.values()), strict=True)
        pending.identities = dict(identities)
        self._bound_between(pending)
        self._outputs.before()
        reader = Reader(self._peek)
        pending.reading = reader.read(source)
        closure = pending.closure = Closure(reader, self.namespace)
        for hook in hooks(self._peek.shell()):
            closure.visit(hook, _WATCHED, HOOKS)
        closure.follow()
        self._watch_figure(pending, closure)
        pending.slots = {name: id(closure.lookup(name)) for name in closure.slots}
        rebound = (pending.reading.stores | closure.stores) - pending.reading.sure
        pending.witnesses = {
            name: Witness(self.namespace[name]) for name in rebound if name in self.namespace
        }
        for identity, node, key in self._between.changed(closure):
            self._versions.changed_between(identity, node, key)
        pending.sources = self._sources(closure)
        if PYPLOT not in closure.reads:
            pending.unread = pending.sources.pop(PYPLOT)
        pending.files = named_files(closure)
        pending.comparison = Comparison(closure)
        closure.release()
        texts = (*pending.reading.strings, *pending.files)
        if self._settings is None:
            self._settings = Settings(self._peek.shell)
        pending.traffic.begin(texts, pending.reading.places_written)

    def _bound_between(self, pending: Pending) -> None:
        """Tell who bound what changed between cells: a callback or task that a cell left."""
        for name, key in self._background.items():
            identity = pending.identities.get(name)
            if identity is not None and not self._versions.is_bound(name, identity):
                self._versions.bind(name, identity, ((key, "observed"),))

    @staticmethod
    def _watch_figure(pending: Pending, closure: Closure) -> None:
        """Look at pyplot's current figure, which any cell may draw on without naming it."""
        figure = current_figure()
        pending.figure = id(figure)
        if figure is not None:
            closure.visit(figure, _WATCHED, PYPLOT)

    def _sources(self, closure: Closure) -> dict[str, Writers]:
        """Return the writers of every variable that is read."""
        found: dict[str, Writers] = {}
        for name in (*closure.reads, PYPLOT):
            value = closure.lookup(name)
            if value is not Peek.MISSING:
                found[name] = self._versions.binding(name, id(value))
        for identity, node in closure.nodes.items():
            changed = self._versions.content(identity, node)
            for name in node.variables if changed else ():
                if name in found:
                    found[name] = (*found[name], *changed)
        for name in outside_reads(closure, self._versions.names()):
            found[name] = self._versions.binding(name, 0)
        return found

    # -- after -------------------------------------------------------------------------------

    def _after(self, pending: Pending, *, raised: bool) -> CellFlow:
        closure, comparison = pending.closure, pending.comparison
        if closure is None or comparison is None:
            return CellFlow()
        self._file_sources(pending)
        self._setting_sources(pending, closure)
        changes = comparison.changes(pending.live_roots(closure))
        bound = pending.bound(closure, raised=raised)
        touched = self._touched(changes, closure)
        reads = pending.reads(closure) | touched
        edges = pending.edges(closure, reads)
        self._record(pending, closure, bound, changes)
        aliases = self._aliases(changes, closure)
        return CellFlow(
            edges=edges,
            reads=tuple(sorted(name for name in reads if not is_ipythons(name))),
            writes=tuple(sorted(bound | touched | aliases | pending.outside())),
        )

    def _file_sources(self, pending: Pending) -> None:
        """Add the writers of the files that the cell has read."""
        traffic, reading = pending.traffic, pending.reading
        reading.files_written = {n for n in reading.files_written if not traffic.unchanged(n)}
        known = self._versions.names()
        self._add_sources(pending, file_reads(pending.files, reading.strings, traffic, known))

    def _setting_sources(self, pending: Pending, closure: Closure) -> None:
        """Add the writers of the settings that the cell has used."""
        relative = pending.traffic.relative
        read = settings_read(closure, self._settings_written, relative=relative)
        self._add_sources(pending, read)

    def _add_sources(self, pending: Pending, read: Mapping[str, Certainty]) -> None:
        for name, certainty in read.items():
            writers = self._versions.binding(name, 0)
            pending.sources[name] = tuple(
                (key, weakest(certainty, known)) for key, known in writers
            )

    @staticmethod
    def _touched(changes: dict[int, Change], closure: Closure) -> set[str]:
        """Return the names through which the cell reached what it changed."""
        nodes = (closure.nodes.get(identity) for identity in changes)
        names = {name for node in nodes if node is not None for name in node.variables}
        return names & {*closure.reads, PYPLOT}

    def _aliases(self, changes: dict[int, Change], closure: Closure) -> set[str]:
        """Return the other variables that are what the cell changed."""
        if not changes:
            return set()
        names = (name for name, value in self.namespace.items() if id(value) in changes)
        return {name for name in names if not is_ipythons(name) and name not in closure.slots}

    def _record(
        self, pending: Pending, closure: Closure, bound: set[str], changes: dict[int, Change]
    ) -> None:
        """Make the cell the writer of what it bound and changed."""
        key = pending.key
        for name in bound:
            value = closure.lookup(name)
            if value is Peek.MISSING:
                self._versions.unbind(name)
            else:
                writer = self._writer(name, pending, closure)
                self._versions.bind(name, id(value), ((writer, "observed"),))
        for change in changes.values():
            plain = is_plain(change.value, change.shape)
            self._versions.change(
                change.value, key, change.certainty, state=change.shape.state, plain=plain
            )
        self._note_settings(closure, key)
        self._note_databases(bound, closure)
        for outside in pending.outside():
            name = self._peek.settled(outside)
            self._versions.unbind(f"file {last_part(name)}")
            self._versions.bind(name, 0, ((key, "observed"),))
        self._background.update(dict.fromkeys(closure.stores, key))
        inner = pending.reading.inner - bound
        self._between.note_states(closure, changes)
        self._between.note_users(key, inner, bound, self.namespace)
        self._outputs.after(key, pending.reading)
        self._versions.sweep()

    def _note_settings(self, closure: Closure, key: str) -> None:
        """Make the cell the writer of the settings that it has changed."""
        changed = self._settings.changed() if self._settings is not None else set()
        for name in settings_written(closure, changed):
            self._settings_written.add(name)
            self._versions.bind(name, 0, ((key, "observed"),))

    def _note_databases(self, bound: set[str], closure: Closure) -> None:
        """Remember the connections whose database nobody else can have open."""
        for name in bound:
            made = closure.reader.assigned.get(name)
            if isinstance(made, ast.Call) and (mark := own_database(made, self._peek)):
                identity = id(closure.lookup(name))
                self._peek.databases[name] = (identity, mark if mark != NEW else f"in {identity}")

    def _writer(self, name: str, pending: Pending, closure: Closure) -> str:
        """Return who bound a name: this cell, unless only a task left by another one could."""
        own = pending.reading.stores | closure.stores
        if name in own or pending.reading.dynamic or name not in self._background:
            return pending.key
        return self._background[name]
