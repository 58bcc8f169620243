"""A walk over all that some objects hold, looking at each once."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.atoms import ATOMS
from jupyter_lake.lineage.dataflow.instances import look_class
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.looks import look_for
from jupyter_lake.lineage.dataflow.ownership import is_user_class
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.shapes import (
    PLAIN,
    Look,
    Shape,
    is_plain,
    weak_reference,
)

if TYPE_CHECKING:
    import weakref
from collections import defaultdict

__all__ = ["MOST_NODES", "Node", "Walk"]

MOST_NODES = 4_000
"""So many objects are looked at for one cell; what lies beyond may change unseen."""

MOST_HELD = 500
"""Of more objects, containers of containers are not held while the cell runs."""

_ACTIVE_MODULES = wordset("threading concurrent asyncio _asyncio")
"""Their objects run what they hold by themselves."""

_INERT = frozenset((list, dict, tuple, set, frozenset))
_CARRIERS = (list, dict, tuple, set, frozenset)


@dataclass(slots=True)
class Node:
    """One object that the cell could reach, as it was before the cell ran."""

    shape: Shape
    look: Look
    variables: set[str]
    kind: type
    reference: weakref.ref[object] | None = None
    strong: object = None

    def value(self) -> object:
        """Return the object if it is still held, else None."""
        return self.reference() if self.reference is not None else self.strong


class Walk:
    """Looks at objects, and at what they hold.

    Attributes
    ----------
    nodes
        The objects reached, by identity.
    roots
        The variables walked from, with their objects.
    links
        For each variable, the others that reach some of the same objects.
    partial
        Objects of which only a part was looked at, for as long as the cell has not begun.
    """

    def __init__(self, namespace: dict[str, object]) -> None:
        self.namespace = namespace
        self.nodes: dict[int, Node] = {}
        self.roots: dict[str, object] = {}
        self.links: dict[str, set[str]] = {}
        self.partial: dict[int, object] = {}
        self._levels: dict[int, Level] = {}

    def release(self) -> None:
        """Let go of the objects: while the cell runs, they live as long as the cell lets them."""
        self._hold_nested()
        self.roots.clear()
        self.partial.clear()
        for node in self.nodes.values():
            node.shape.children = ()
            node.shape.root = None

    def _hold_nested(self) -> None:
        """Hold containers of nothing but plain ones: they are cheap, and nothing else is proof.

        A list of lists has no weak reference. If the cell changes it and gives its name to
        another, only some container that the cell never names may lead to it any more.
        """
        if len(self.nodes) > MOST_HELD:
            return
        found = {id(value): value for value in self.roots.values()}
        holders: dict[int, list[int]] = {}
        for identity, node in self.nodes.items():
            for child in node.shape.children:
                found[id(child)] = child
                holders.setdefault(id(child), []).append(identity)
        left = [identity for identity in found if not self._is_holdable(identity)]
        costly = set(left)
        while left:
            above = [each for each in holders.get(left.pop(), ()) if each not in costly]
            costly.update(above)
            left += above
        for identity in found.keys() - costly:
            self.nodes[identity].strong = found[identity]

    def _is_holdable(self, identity: int) -> bool:
        node = self.nodes.get(identity)
        return node is not None and node.kind in PLAIN and node.shape.whole

    def behaviour(self, value: object, use: Use, variable: str) -> None:
        """Follow the code that using an object may run."""
        raise NotImplementedError

    def visit(self, value: object, use: Use, variable: str) -> None:
        """Walk all that an object holds."""
        pending: list[tuple[object, Level]] = [(value, use.level)]
        while pending:
            current, level = pending.pop()
            if type(current) in ATOMS:
                continue
            identity = id(current)
            seen = self._levels.get(identity)
            if seen is not None and seen >= level:
                self._link(identity, variable)
                continue
            self._levels[identity] = level
            shape = self._shape(current, variable)
            if level and type(current) not in _INERT:
                self.behaviour(current, Use(level, use.certain, use.after), variable)
            if shape is not None:
                below = _below(current, level)
                pending.extend((child, below) for child in shape.children)
                if shape.root is not None:
                    pending.append((shape.root, level))

    def _link(self, identity: int, variable: str) -> None:
        node = self.nodes.get(identity)
        if node is not None and variable not in node.variables:
            for known in node.variables:
                self.links.setdefault(known, set()).add(variable)
            node.variables.add(variable)

    def _shape(self, value: object, variable: str) -> Shape | None:
        known = self.nodes.get(id(value))
        if known is not None:
            self._link(id(value), variable)
            return known.shape
        look = self._look(value)
        if look is None:
            return None
        if len(self.nodes) >= MOST_NODES:
            self._give_up(variable)
            return None
        shape = look(value)
        node = Node(shape, look, {variable}, type(value), weak_reference(value))
        if node.reference is None and is_plain(value, shape):
            node.strong = value
        if not shape.whole:
            self.partial[id(value)] = value
        self.nodes[id(value)] = node
        return shape

    def _give_up(self, variable: str) -> None:
        """Mark a variable as seen in part only."""
        root = self.nodes.get(id(self.roots.get(variable)))
        if root is not None:
            root.shape.whole = False

    def _look(self, value: object) -> Look | None:
        if isinstance(value, type):
            return look_class if is_user_class(value, self.namespace) else None
        return look_for(type(value))


def _below(value: object, level: Level) -> Level:
    """Return how far what an object holds is used, when the object is used up to a level."""
    if level == Level.RUN and not isinstance(value, type):
        return level
    if type(value) in _INERT:
        return Level.SHOWN if Level.SHOWN <= level <= Level.ITERATED else Level.MENTION
    if level == Level.ITERATED and hasattr(type(value), "__next__"):
        return Level.RUN
    if level == Level.CALL and type(value) is types.CellType:
        return Level.RUN  # a container there may hold what the function calls
    if level and type(value).__module__.split(".", 1)[0] in _ACTIVE_MODULES:
        return Level.RUN
    carries = isinstance(value, _CARRIERS) and not isinstance(value, defaultdict)
    return Level.MENTION if carries or isinstance(value, type) else level
