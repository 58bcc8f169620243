"""Which execution bound each variable, and which last changed each object."""

from __future__ import annotations

import sys
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.model import Certainty, Writers
from jupyter_lake.lineage.dataflow.shapes import weak_reference

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.closure import Node

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

    def is_about(self, value: object, state: object) -> bool:
        if self.reference is not None:
            return self.reference() is value
        if self.strong is not None:
            return self.strong is value
        return self.kind is type(value) and (state is None or self.state == state)

    def matches(self, state: object) -> bool:
        """Tell the same about an object of which nothing but its state is at hand."""
        unheld = self.reference is None and self.strong is None
        return unheld and (self.state is None or self.state == state)


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

    def names(self, prefix: str) -> list[str]:
        """Return the recorded variables that begin with a prefix."""
        return [name for name in self._bindings if name.startswith(prefix)]

    # -- objects ---------------------------------------------------------------------------

    def change(
        self, value: object, key: str, certainty: Certainty, *, state: object, plain: bool
    ) -> None:
        """Record that an execution changed an object, or possibly did."""
        writers: Writers = ((key, certainty),)
        if certainty == "possible":
            earlier = self.content(value, state=None)
            writers = (*(writer for writer in earlier if writer[0] != key), *writers)
        record = _Content(writers, kind=type(value), state=state)
        record.reference = weak_reference(value)
        if record.reference is None and plain:
            record.strong = value
        self._contents[id(value)] = record

    def content_of(self, identity: int, node: Node) -> Writers:
        """Return who last changed the object of a node since it was made."""
        record = self._contents.get(identity)
        if record is None:
            return ()
        value = node.value()
        if value is None:
            return record.writers if record.matches(node.shape.state) else ()
        return record.writers if record.is_about(value, node.shape.state) else ()

    def content(self, value: object, *, state: object) -> Writers:
        """Return who last changed an object since it was made."""
        record = self._contents.get(id(value))
        if record is None:
            return ()
        if not record.is_about(value, state):
            return ()
        return record.writers

    def renew(self, value: object, state: object) -> None:
        """Take the present state of an object that this cell looked at as known."""
        record = self._contents.get(id(value))
        if record is not None and record.reference is None and record.strong is None:
            record.state = state

    def sweep(self) -> None:
        """Let go of the objects that nobody else holds any more."""
        for identity, record in list(self._contents.items()):
            dead = record.reference is not None and record.reference() is None
            if dead or (record.strong is not None and _only_ours(record)):
                del self._contents[identity]


def _only_ours(record: _Content) -> bool:
    return sys.getrefcount(record.strong) <= _OURS
