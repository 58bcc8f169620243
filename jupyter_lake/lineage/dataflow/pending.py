"""A cell that is running: what was there before it, and what it is then told to have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.figures import PYPLOT, current_figure
from jupyter_lake.lineage.dataflow.files import Traffic
from jupyter_lake.lineage.dataflow.history import is_ipythons
from jupyter_lake.lineage.dataflow.model import Certainty, Edge, Writers, strongest, weakest
from jupyter_lake.lineage.dataflow.outside import file_writes, outside_writes
from jupyter_lake.lineage.dataflow.ownership import module_names
from jupyter_lake.lineage.dataflow.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_lake.lineage.dataflow.changes import Comparison
    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.witnesses import Witness

__all__ = ["Pending"]


@dataclass(slots=True)
class Pending:
    """A cell that is running: what was there before it.

    Attributes
    ----------
    key
        Names this execution of the cell.
    reading, closure, comparison
        What its source says, what that leads to, and how those objects looked.
    sources
        The writers of every variable read; of pyplot's figure, if it is not read, `unread` has
        them.
    identities, slots
        The ids of the objects that the notebook's variables, and those of local modules, had.
    witnesses
        Tell whether the objects of variables that may be bound anew have gone.
    figure
        The id of pyplot's current figure.
    traffic, files
        The files opened while it runs, and those that it names.
    """

    key: str
    reading: Reading = field(default_factory=Reading)
    closure: Closure | None = None
    comparison: Comparison | None = None
    sources: dict[str, Writers] = field(default_factory=dict)
    unread: Writers = ()
    identities: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    figure: int = 0
    traffic: Traffic = field(default_factory=Traffic)
    files: set[str] = field(default_factory=set)

    def live_roots(self, closure: Closure) -> list[object]:
        """Return the objects from which the objects of before may still be reached."""
        roots = [node.value() for node in closure.nodes.values()]
        roots.append(current_figure())
        for name, identity in (*self.identities.items(), *self.slots.items()):
            if identity in closure.nodes and id(value := closure.lookup(name)) == identity:
                roots.append(value)
        return roots

    def bound(self, closure: Closure, *, raised: bool) -> set[str]:
        """Return the variables that the cell bound or deleted."""
        before, present = self.identities, closure.namespace
        names = {name for name, value in present.items() if before.get(name) != id(value)}
        names.update(name for name in before if name not in present)
        names = {name for name in names if not is_ipythons(name)}
        witnesses = self.witnesses.items()
        names.update(name for name, was in witnesses if name in present and was.is_gone())
        sure = self.reading.early if raised else self.reading.sure
        names.update(name for name in sure if name in present)
        slots = self.slots.items()
        names.update(name for name, identity in slots if id(closure.lookup(name)) != identity)
        figure = current_figure()
        if figure is not None and id(figure) != self.figure:
            names.add(PYPLOT)
        return names

    def outside(self) -> set[str]:
        """Return what the cell wrote that no object of the notebook shows."""
        return outside_writes(self.reading) | file_writes(self.reading, self.traffic)

    def reads(self, closure: Closure) -> set[str]:
        """Return the names read, less those that a star import brought before they were."""
        starred = {f"*{name}": module_names(name) for name in self.reading.star_imports}
        found = set(self.sources) - closure.reads.keys()
        for name, use in closure.reads.items():
            own = any(name in starred[mark] for mark in use.after if mark in starred)
            if not own and name in self.sources:
                found.add(name)
        return found

    def edges(self, closure: Closure, names: Iterable[str]) -> tuple[Edge, ...]:
        """Return the edges from the writers of what was read."""
        found: dict[str, tuple[set[str], Certainty]] = {}
        for name in sorted(names):
            use = closure.reads.get(name)
            read: Certainty = "observed" if use is None or use.certain else "possible"
            for key, certainty in self.sources.get(name, self.unread):
                carriers, known = found.get(key, (set(), "possible"))
                carriers.add(name)
                found[key] = (carriers, strongest(known, weakest(read, certainty)))
        return tuple(
            Edge(upstream_key=key, variables=tuple(sorted(variables)), certainty=certainty)
            for key, (variables, certainty) in found.items()
        )
