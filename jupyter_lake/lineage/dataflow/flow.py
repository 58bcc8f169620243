"""The data flow of one notebook: what each cell read, from whom, and what it wrote."""

from __future__ import annotations

import ast
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.between import Between
from jupyter_lake.lineage.dataflow.bytecode import calls_first_argument
from jupyter_lake.lineage.dataflow.changes import Change, Comparison
from jupyter_lake.lineage.dataflow.closure import PYPLOT, Closure
from jupyter_lake.lineage.dataflow.engines import NEW, own_database
from jupyter_lake.lineage.dataflow.figures import current_figure
from jupyter_lake.lineage.dataflow.files import Traffic
from jupyter_lake.lineage.dataflow.history import Outputs, is_ipythons
from jupyter_lake.lineage.dataflow.model import (
    CellFlow,
    Certainty,
    Edge,
    Writers,
    strongest,
    weakest,
)
from jupyter_lake.lineage.dataflow.outside import (
    file_reads,
    file_writes,
    named_files,
    outside_reads,
    outside_writes,
)
from jupyter_lake.lineage.dataflow.ownership import module_names
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.reading import Level, Reading, Use
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
    from collections.abc import Callable

__all__ = ["Dataflow", "Pending"]

_log = logging.getLogger(__name__)
_WATCHED = Use(Level.RUN, certain=True, after=frozenset())


@dataclass(slots=True)
class Pending:
    """A cell that is running: what was there before it."""

    key: str
    reading: Reading = field(default_factory=Reading)
    closure: Closure | None = None
    sources: dict[str, Writers] = field(default_factory=dict)
    identities: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    figure: int = 0
    unread: Writers = ()
    traffic: Traffic = field(default_factory=Traffic)
    files: set[str] = field(default_factory=set)
    comparison: Comparison | None = None


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
        changes = comparison.changes(self._live_roots(pending, closure))
        bound = self._bound_names(pending, closure, raised=raised)
        touched = self._touched(changes, closure)
        reads = self._reads(pending, closure) | touched
        edges = self._edges(pending, closure, reads)
        self._record(pending, closure, bound, changes)
        aliases = self._aliases(changes, closure)
        return CellFlow(
            edges=edges,
            reads=tuple(sorted(name for name in reads if not is_ipythons(name))),
            writes=tuple(sorted(bound | touched | aliases | self._outside(pending))),
        )

    def _file_sources(self, pending: Pending) -> None:
        """Add the writers of the files that the cell has read."""
        traffic, reading = pending.traffic, pending.reading
        reading.files_written = {n for n in reading.files_written if not traffic.unchanged(n)}
        read = file_reads(pending.files, reading.strings, traffic, self._versions.names())
        for name, certainty in read.items():
            writers = self._versions.binding(name, 0)
            pending.sources[name] = tuple(
                (key, weakest(certainty, known)) for key, known in writers
            )

    def _setting_sources(self, pending: Pending, closure: Closure) -> None:
        """Add the writers of the settings that the cell has used."""
        relative = pending.traffic.relative
        if self._settings_written:
            read = settings_read(closure, self._settings_written, relative=relative)
            for name, certainty in read.items():
                writers = self._versions.binding(name, 0)
                pending.sources[name] = tuple(
                    (key, weakest(certainty, known)) for key, known in writers
                )

    def _live_roots(self, pending: Pending, closure: Closure) -> list[object]:
        """Return the objects from which the objects of before may still be reached."""
        roots = [node.value() for node in closure.nodes.values()]
        roots.append(current_figure())
        before = (*pending.identities.items(), *pending.slots.items())
        for name, identity in before:
            if identity in closure.nodes and id(value := closure.lookup(name)) == identity:
                roots.append(value)
        return roots

    def _bound_names(self, pending: Pending, closure: Closure, *, raised: bool) -> set[str]:
        """Return the variables that the cell bound or deleted."""
        before, present = pending.identities, self.namespace
        bound = {name for name, value in present.items() if before.get(name) != id(value)}
        bound.update(name for name in before if name not in present)
        bound = {name for name in bound if not is_ipythons(name)}
        witnesses = pending.witnesses.items()
        bound.update(name for name, was in witnesses if name in present and was.is_gone())
        sure = pending.reading.early if raised else pending.reading.sure
        bound.update(name for name in sure if name in present)
        slots = pending.slots.items()
        bound.update(name for name, identity in slots if id(closure.lookup(name)) != identity)
        figure = current_figure()
        if figure is not None and id(figure) != pending.figure:
            bound.add(PYPLOT)
        return bound

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

    @staticmethod
    def _reads(pending: Pending, closure: Closure) -> set[str]:
        """Return the names read, less those that a star import brought before they were."""
        starred = {f"*{name}": module_names(name) for name in pending.reading.star_imports}
        found = set(pending.sources) - closure.reads.keys()
        for name, use in closure.reads.items():
            own = any(name in starred[mark] for mark in use.after if mark in starred)
            if not own and name in pending.sources:
                found.add(name)
        return found

    @staticmethod
    def _edges(pending: Pending, closure: Closure, names: set[str]) -> tuple[Edge, ...]:
        found: dict[str, tuple[set[str], Certainty]] = {}
        for name in sorted(names):
            use = closure.reads.get(name)
            read: Certainty = "observed" if use is None or use.certain else "possible"
            for key, certainty in pending.sources.get(name, pending.unread):
                carriers, known = found.get(key, (set(), "possible"))
                carriers.add(name)
                found[key] = (carriers, strongest(known, weakest(read, certainty)))
        return tuple(
            Edge(upstream_key=key, variables=tuple(sorted(variables)), certainty=certainty)
            for key, (variables, certainty) in found.items()
        )

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
        for outside in self._outside(pending):
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

    @staticmethod
    def _outside(pending: Pending) -> set[str]:
        """Return what the cell wrote that no object of the notebook shows."""
        return outside_writes(pending.reading) | file_writes(pending.reading, pending.traffic)

    def _writer(self, name: str, pending: Pending, closure: Closure) -> str:
        """Return who bound a name: this cell, unless only a task left by another one could."""
        own = pending.reading.stores | closure.stores
        if name in own or pending.reading.dynamic or name not in self._background:
            return pending.key
        return self._background[name]
