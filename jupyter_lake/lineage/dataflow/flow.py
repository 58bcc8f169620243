"""The data flow of one notebook: what each cell read, from whom, and what it wrote."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from jupyter_lake.lineage.dataflow.bytecode import calls_first_argument
from jupyter_lake.lineage.dataflow.closure import PYPLOT, Closure, Node, is_plain, module_names
from jupyter_lake.lineage.dataflow.escape import may_write
from jupyter_lake.lineage.dataflow.figures import current_figure
from jupyter_lake.lineage.dataflow.history import IPYTHON_NAMES, Outputs
from jupyter_lake.lineage.dataflow.model import (
    CellFlow,
    Certainty,
    Edge,
    Writers,
    strongest,
    weakest,
)
from jupyter_lake.lineage.dataflow.engines import file_names
from jupyter_lake.lineage.dataflow.looks import TAKES_FULL, look_for
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.reading import Level, Reading, Use
from jupyter_lake.lineage.dataflow.shapes import Shape
from jupyter_lake.lineage.dataflow.syntax import Reader
from jupyter_lake.lineage.dataflow.versions import Versions

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
    full: set[int] = field(default_factory=set)
    watched: int = 0


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
        pending.identities = dict(
            zip(self.namespace, map(id, self.namespace.values()), strict=True)
        )
        self._outputs.before()
        reader = Reader(self._peek)
        pending.reading = reader.read(source)
        closure = pending.closure = Closure(reader, self.namespace)
        closure.follow()
        self._watch_figure(pending)
        pending.slots = {name: id(closure.lookup(name)) for name in closure.slots}
        pending.sources = self._sources(closure)
        self._look_fully(pending, closure)

    def _watch_figure(self, pending: Pending) -> None:
        figure = current_figure()
        pending.watched = id(figure)
        if figure is not None and pending.closure is not None:
            pending.closure.roots[PYPLOT] = figure
            pending.closure.visit(figure, _WATCHED, PYPLOT)

    def _sources(self, closure: Closure) -> dict[str, Writers]:
        """Return the writers of every variable read."""
        found: dict[str, Writers] = {}
        for name in closure.reads:
            value = current_figure() if name == PYPLOT else closure.lookup(name)
            if value is not Peek.MISSING:
                found[name] = self._versions.binding(name, id(value))
        for identity, node in closure.nodes.items():
            changed = self._versions.content_of(identity, node)
            if changed:
                for name in {node.variable, *closure.links.get(node.variable, ())}:
                    if name in closure.reads or name == PYPLOT:
                        found[name] = (*found.get(name, ()), *changed)
        tables, files = closure.reading.tables, _files_read(closure.reading)
        for kind, names in (("table", tables), ("file", files)):
            for known in self._versions.names(f"{kind} "):
                if known.split(" ", 1)[1] in names:
                    found[known] = self._versions.binding(known, 0)
        for name in closure.reading.attributes:
            patched = self._versions.binding(f".{name}", 0)
            if patched:
                found[f".{name}"] = patched
        return found

    def _look_fully(self, pending: Pending, closure: Closure) -> None:
        """Look again, at all of it, at what the cell may write to and was seen in part."""
        for identity, value in closure.partial.items():
            node = closure.nodes[identity]
            if node.look in TAKES_FULL and self._may_write(closure, node):
                node.shape = _look_again(node, value, full=True)
                pending.full.add(identity)
        closure.partial.clear()

    @staticmethod
    def _may_write(closure: Closure, node: Node) -> bool:
        if closure.runs_changes:
            return True
        names = {node.variable, *closure.links.get(node.variable, ())}
        return any(may_write(closure.trees(), name) for name in names)

    # -- after -------------------------------------------------------------------------------

    def _after(self, pending: Pending, *, raised: bool) -> CellFlow:
        closure = pending.closure
        if closure is None:
            return CellFlow()
        changed = self._changed_objects(pending, closure)
        bound = self._bound_names(pending, raised=raised)
        reads = self._reads(pending, closure)
        touched = self._names_of(changed, pending, closure)
        edges = self._edges(pending, closure, reads | touched)
        self._record(pending, closure, bound, changed)
        self._outputs.after(pending.key, pending.reading)
        self._versions.sweep()
        writes = {name for name in bound if not _hidden(name)} | touched
        return CellFlow(
            edges=edges,
            reads=tuple(sorted((reads | touched) & self._shown(reads | touched))),
            writes=tuple(sorted(writes)),
        )

    def _shown(self, names: Iterable[str]) -> set[str]:
        return {name for name in names if not _hidden(name)}

    def _reads(self, pending: Pending, closure: Closure) -> set[str]:
        """Return the names read, less those that a star import brought before they were."""
        starred = {f"*{name}": module_names(name) for name in pending.reading.star_imports}
        found = set()
        for name, use in closure.reads.items():
            own = any(name in starred[mark] for mark in use.after if mark in starred)
            if not own and (name in pending.sources or name in pending.identities):
                found.add(name)
        extra = {name for name in pending.sources if name not in closure.reads}
        return found | extra

    def _changed_objects(self, pending: Pending, closure: Closure) -> dict[int, _Change]:
        found: dict[int, _Change] = {}
        for value, node in _relook(self._live_roots(pending, closure), closure):
            identity = id(value)
            shape = _look_again(node, value, full=identity in pending.full)
            if node.shape.opaque and closure.reading.tables:
                continue
            if shape.state != node.shape.state:
                certainty: Certainty = "observed"
            elif self._unseen(pending, closure, node, identity):
                certainty = "possible"
            else:
                self._versions.renew(value, shape.state)
                continue
            if identity in pending.full:
                shape = node.look(value)
            found[identity] = _Change(value, shape, certainty)
            if shape.root is not None:
                look = look_for(type(shape.root))
                whole = look(shape.root) if look is not None else Shape()
                found.setdefault(id(shape.root), _Change(shape.root, whole, certainty))
        return found

    def _unseen(self, pending: Pending, closure: Closure, node: Node, identity: int) -> bool:
        """Tell whether a change may have gone unseen."""
        if node.shape.whole and not node.shape.opaque:
            return False
        if identity in pending.full and node.shape.whole:
            return False
        return self._may_write(closure, node)

    def _live_roots(self, pending: Pending, closure: Closure) -> list[object]:
        roots = [closure.lookup(name) for name in closure.reads]
        roots.append(current_figure())
        roots += [node.value() for node in closure.nodes.values()]
        for name, identity in pending.identities.items():
            if identity in closure.nodes and name in self.namespace and not _hidden(name):
                roots.append(self.namespace[name])
        return roots

    def _bound_names(self, pending: Pending, *, raised: bool) -> dict[str, Certainty]:
        """Return the variables that the cell bound or deleted."""
        before, bound = pending.identities, dict[str, Certainty]()
        for name, value in self.namespace.items():
            if name not in IPYTHON_NAMES and before.get(name) != id(value):
                bound[name] = "observed"
        for name in before:
            if name not in self.namespace:
                bound[name] = "observed"
        sure = pending.reading.early if raised else pending.reading.sure
        for name in sure:
            if name in self.namespace:
                bound[name] = "observed"
        for name, identity in pending.slots.items():
            if pending.closure is not None and id(pending.closure.lookup(name)) != identity:
                bound[name] = "observed"
        if id(figure := current_figure()) != pending.watched and figure is not None:
            bound[PYPLOT] = "observed"
        return bound

    def _names_of(
        self, changed: dict[int, _Change], pending: Pending, closure: Closure
    ) -> set[str]:
        found = set()
        for identity in changed:
            node = closure.nodes.get(identity)
            if node is not None:
                found.update({node.variable, *closure.links.get(node.variable, ())})
        return {name for name in found if name in closure.reads or name == PYPLOT}

    def _edges(self, pending: Pending, closure: Closure, names: set[str]) -> tuple[Edge, ...]:
        found: dict[str, tuple[set[str], Certainty]] = {}
        for name in sorted(names):
            use = closure.reads.get(name)
            read: Certainty = "observed" if use is None or use.certain else "possible"
            for key, certainty in pending.sources.get(name, ()):
                if key == pending.key:
                    continue
                names_, known = found.get(key, (set(), "possible"))
                names_.add(name)
                found[key] = (names_, strongest(known, weakest(read, certainty)))
        return tuple(
            Edge(upstream_key=key, variables=tuple(sorted(variables)), certainty=certainty)
            for key, (variables, certainty) in found.items()
        )

    def _record(
        self,
        pending: Pending,
        closure: Closure,
        bound: dict[str, Certainty],
        changed: dict[int, _Change],
    ) -> None:
        key, reading = pending.key, pending.reading
        for name, certainty in bound.items():
            value = current_figure() if name == PYPLOT else closure.lookup(name)
            if value is Peek.MISSING:
                self._versions.unbind(name)
                continue
            writer = self._writer(name, pending, closure)
            self._versions.bind(name, id(value), ((writer, certainty),))
        for identity, change in changed.items():
            plain = is_plain(change.value, change.shape)
            self._versions.change(
                change.value, key, change.certainty, state=change.shape.state, plain=plain
            )
            del identity
        for kind, names in (("table", reading.tables_written), ("file", reading.files_written)):
            for name in names:
                self._versions.bind(f"{kind} {name}", 0, ((key, "observed"),))
        for name in reading.library_patches:
            self._versions.bind(f".{name}", 0, ((key, "observed"),))
        self._background.update(dict.fromkeys(closure.stores, key))

    def _writer(self, name: str, pending: Pending, closure: Closure) -> str:
        """Return who bound a name: this cell, unless only a task left by another one could."""
        own = pending.reading.stores | closure.stores
        if name in own or pending.reading.dynamic or name not in self._background:
            return pending.key
        return self._background[name]


@dataclass(frozen=True, slots=True)
class _Change:
    """An object that the cell changed."""

    value: object
    shape: Shape
    certainty: Certainty


def _look_again(node: Node, value: object, *, full: bool) -> Shape:
    look: Callable[..., Shape] = functools.partial(node.look, full=True) if full else node.look
    return look(value)


def _relook(roots: Iterable[object], closure: Closure) -> Iterable[tuple[object, Node]]:
    """Yield the objects of before that can still be reached."""
    pending, seen = list(roots), set()
    while pending:
        value = pending.pop()
        identity = id(value)
        node = closure.nodes.get(identity)
        if node is None or identity in seen:
            continue
        seen.add(identity)
        yield value, node
        pending.extend(node.look(value).children)


def _files_read(reading: Reading) -> set[str]:
    modules = {f"{name.rpartition('.')[2]}.py" for name in reading.imports}
    return (file_names(reading.strings) | modules) - reading.files_written


def _hidden(name: str) -> bool:
    return name in IPYTHON_NAMES or name.startswith(("_", "*"))
