"""Which execution bound each variable, and which last changed each object."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.shapes import weak_reference

if TYPE_CHECKING:
    import weakref
    from collections.abc import KeysView

    from jupyter_lake.lineage.dataflow.model import Certainty, Writers
    from jupyter_lake.lineage.dataflow.walk import Node

__all__ = ["Versions"]

_OURS = 2
"""References to an object that only this module holds: its record and the call's argument."""


@dataclass(slots=True)
class _Content:
    """The last writers of one object, and what proves that it is still the same object."""

    writers: Writers
    reference: weakref.ref[object] | None = None
    strong: object = None
    state: object = None
    kind: type | None = None

    def is_about(self, node: Node) -> bool:
        """Tell whether the object of a node is the one that this record is about."""
        if self.reference is not None:
            return node.value() is not None and self.reference() is node.value()
        if self.strong is not None:
            return True
        return node.kind is self.kind and node.shape.state == self.state


class Versions:
    """The versions of one notebook's variables and of the objects they hold.

    No object is kept alive for long: records hold weak references where the type has them, small
    containers of plain values otherwise (let go as soon as nobody else has them), and else only
    a state by which the object is known again.
    """

    def __init__(self) -> None:
        self._bindings: dict[str, tuple[int, Writers]] = {}
        self._contents: dict[int, _Content] = {}

    # -- variables -------------------------------------------------------------------------

    def bind(self, name: str, identity: int, writers: Writers) -> None:
        """Record who bound a variable to an object of some identity."""
        self._bindings[name] = (identity, writers)

    def unbind(self, name: str) -> None:
        """Forget a variable that was deleted."""
        self._bindings.pop(name, None)

    def binding(self, name: str, identity: int) -> Writers:
        """Return who bound a variable; only possibly so if it was rebound between cells."""
        known, writers = self._bindings.get(name, (identity, ()))
        if known == identity:
            return writers
        return tuple((key, "possible") for key, _ in writers)

    def is_bound(self, name: str, identity: int) -> bool:
        """Tell whether a variable is known to be bound to an object of some identity."""
        known = self._bindings.get(name)
        return known is not None and known[0] == identity

    def names(self) -> KeysView[str]:
        """Return the recorded variables."""
        return self._bindings.keys()

    # -- objects ---------------------------------------------------------------------------

    def change(
        self, value: object, key: str, certainty: Certainty, *, state: object, plain: bool
    ) -> None:
        """Record that an execution changed an object, or possibly did."""
        writers: Writers = ((key, certainty),)
        if certainty == "possible":
            earlier = self._contents.get(id(value))
            known = earlier.writers if earlier is not None else ()
            writers = (*(writer for writer in known if writer[0] != key), *writers)
        record = _Content(writers, kind=type(value), state=state)
        record.reference = weak_reference(value)
        if record.reference is None and plain:
            record.strong = value
        self._contents[id(value)] = record

    def changed_between(self, identity: int, node: Node, key: str) -> None:
        """Record that an object changed while no cell ran, possibly by what an execution left."""
        earlier = self.content_before(identity)
        writers = (*(writer for writer in earlier if writer[0] != key), (key, "possible"))
        record = _Content(writers, kind=node.kind, state=node.shape.state)
        record.reference = node.reference
        record.strong = node.strong
        self._contents[identity] = record

    def content_before(self, identity: int) -> Writers:
        """Return who changed the object of an identity, as far as is known."""
        record = self._contents.get(identity)
        return record.writers if record is not None else ()

    def content(self, identity: int, node: Node) -> Writers:
        """Return who has changed the object of a node since it was made."""
        record = self._contents.get(identity)
        return record.writers if record is not None and record.is_about(node) else ()

    def sweep(self) -> None:
        """Let go of the objects that nobody else holds any more."""
        for identity, record in list(self._contents.items()):
            dead = record.reference is not None and record.reference() is None
            if dead or (record.strong is not None and _only_ours(record)):
                del self._contents[identity]


def _only_ours(record: _Content) -> bool:
    return sys.getrefcount(record.strong) <= _OURS
