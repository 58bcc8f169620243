"""What tells that a variable was bound anew, though its new object lies where the old one lay."""

from __future__ import annotations

from jupyter_lake.lineage.dataflow.looks import look_for
from jupyter_lake.lineage.dataflow.shapes import is_plain, weak_reference

__all__ = ["Witness"]


class Witness:
    """Stands by an object of a variable while a cell runs that may bind the variable twice.

    The memory of the object bound before may be used for the one bound last. A small container
    of plain values is kept alive for so long; of others it is known whether they died.
    """

    __slots__ = ("_reference", "_strong")

    def __init__(self, value: object) -> None:
        self._reference = weak_reference(value)
        self._strong: object = None
        look = look_for(type(value)) if self._reference is None else None
        if look is not None and is_plain(value, look(value)):
            self._strong = value

    def is_gone(self) -> bool:
        """Tell whether the object has died."""
        return self._reference is not None and self._reference() is None
