"""What changes while no cell runs: callbacks of widgets, threads and tasks that a cell left.

Nobody sees such a change happen. It shows when an object is not as the last cell that looked at it
left it; the cell whose functions use the object is then its possible writer.
"""

from __future__ import annotations

import itertools
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.bytecode import code_facts
from jupyter_lake.lineage.dataflow.looks import look_for
from jupyter_lake.lineage.dataflow.shapes import weak_reference

if TYPE_CHECKING:
    import weakref
    from collections.abc import Iterable, Iterator, Mapping

    from jupyter_lake.lineage.dataflow.changes import Change
    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.walk import Node

__all__ = ["Between"]

_MOST_STATES = 5_000
_MOST_NAMES = 20
_CODE = (types.FunctionType, types.ModuleType, type)


@dataclass(frozen=True, slots=True)
class _Seen:
    """An object as it was seen, without anything that keeps it alive."""

    state: object
    kind: type
    reference: weakref.ref[object] | None
    variables: frozenset[str]

    def is_about(self, node: Node) -> bool:
        """Tell whether this was the object of a node."""
        if self.reference is not None and node.reference is not None:
            return self.reference() is node.reference()
        return self.kind is node.kind and not self.variables.isdisjoint(node.variables)


class Between:
    """The objects that functions left by cells use, as they were last seen."""

    def __init__(self) -> None:
        self._users: dict[str, tuple[int, str]] = {}
        self._states: dict[int, _Seen] = {}
        self._serials = itertools.count()

    def changed(self, closure: Closure) -> Iterator[tuple[int, Node, str]]:
        """Yield the objects that have changed since, with the execution that may have done it."""
        for identity in self._states.keys() & closure.nodes.keys():
            known, node = self._states[identity], closure.nodes[identity]
            users = [self._users[name] for name in node.variables if name in self._users]
            if users and node.shape.state != known.state and known.is_about(node):
                yield identity, node, max(users)[1]

    def note_users(
        self, key: str, names: Iterable[str], bound: Iterable[str], namespace: Mapping[str, object]
    ) -> None:
        """Remember which variables the functions that a cell has made use."""
        found = set(names)
        for name in bound:
            value = namespace.get(name)
            if isinstance(value, types.FunctionType):
                facts = code_facts(value.__code__)
                found |= facts.loads | facts.later
        self._users.update(dict.fromkeys(found, (next(self._serials), key)))
        for name in sorted(found)[:_MOST_NAMES]:
            self._note_state(name, namespace.get(name))

    def _note_state(self, name: str, value: object) -> None:
        """Look at an object that no cell may have looked at since it was made."""
        look = None if isinstance(value, _CODE) else look_for(type(value))
        if look is not None and id(value) not in self._states:
            state, reference = look(value).state, weak_reference(value)
            self._states[id(value)] = _Seen(state, type(value), reference, frozenset((name,)))

    def note_states(self, closure: Closure, changes: Mapping[int, Change]) -> None:
        """Remember how the cell leaves what it has looked at."""
        if len(self._states) > _MOST_STATES:
            self._states.clear()
        for identity, node in closure.nodes.items():
            if not node.variables.isdisjoint(self._users):
                change = changes.get(identity)
                state = node.shape.state if change is None else change.shape.state
                self._states[identity] = _Seen(
                    state, node.kind, node.reference, frozenset(node.variables)
                )
