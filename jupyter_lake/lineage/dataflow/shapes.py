"""The mutable insides of one object: what it holds, and a state that tells a change of it.

A shape is taken without running any code of the object's own: no ``__eq__``, ``__len__``,
``__repr__`` or property of a user's class.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jupyter_lake.lineage.dataflow.atoms import ATOMS, by_type
from jupyter_lake.lineage.dataflow.attributes import instance_values

__all__ = [
    "MOST_CHILDREN",
    "PLAIN",
    "SMALL",
    "Look",
    "Shape",
    "is_open_container",
    "is_plain",
    "look_bytearray",
    "look_deque",
    "look_dict",
    "look_list",
    "look_set",
    "look_tuple",
    "sequence",
    "weak_reference",
]

SMALL = 2_000
"""A container with more items than this is looked at in part only."""


MOST_CHILDREN = 600
"""Of more objects than this in one container, only some are looked at in their turn."""


@dataclass(slots=True)
class Shape:
    """What one look at an object saw.

    Attributes
    ----------
    state
        Compares equal as long as the object was not changed; holds no user object.
    children
        What it holds that may change in its turn.
    keep
        Plain values kept alive so that their addresses stay theirs until the next look.
    whole
        Whether the state covers all of the object; if not, a change may go unseen.
    opaque
        Whether the object may have a state that cannot be seen at all.
    root
        The object whose memory this one shares, if it is not its own.
    """

    state: object = None
    children: Iterable[object] = ()
    keep: object = None
    whole: bool = True
    opaque: bool = False
    root: object = None


Look = Callable[[object], Shape]


def sequence(items: list[object], size: int, extra: object = None) -> Shape:
    """Return the shape of some items out of a container of some size."""
    kinds = set(map(type, items))
    if kinds <= ATOMS:
        return Shape((size, tuple(map(id, items)), extra), (), items, size == len(items))
    children = [item for item in items if type(item) not in ATOMS]
    atoms = [item for item in items if type(item) in ATOMS]
    whole = size == len(items) and len(children) <= MOST_CHILDREN
    if len(children) > MOST_CHILDREN:
        half = MOST_CHILDREN // 2
        children = children[:half] + children[half :: max(1, len(children) // half)]
    return Shape((size, tuple(map(id, items)), extra), children, atoms, whole)


def _sampled(items: Iterable[object], size: int) -> list[object]:
    return list(items) if size <= SMALL else list(islice(items, SMALL))


def look_list(value: object) -> Shape:
    """Look at a list, its items at both ends if it is long."""
    assert isinstance(value, list)
    size = list.__len__(value)
    if size <= SMALL:
        return sequence(list.__getitem__(value, slice(None)), size, _attributes_state(value))
    ends = list.__getitem__(value, slice(SMALL)) + list.__getitem__(value, slice(-100, None))
    middle = list.__getitem__(value, slice(SMALL, -100, max(1, size // 500)))
    return sequence(ends + middle, size)


def look_tuple(value: object) -> Shape:
    """Look at a tuple, which itself cannot change."""
    assert isinstance(value, tuple)
    items = tuple.__getitem__(value, slice(SMALL))
    children = [item for item in items if type(item) not in ATOMS]
    return Shape(None, children, None, not children or tuple.__len__(value) <= SMALL)


def look_set(value: object) -> Shape:
    """Look at a set or frozenset."""
    if isinstance(value, set):
        size, items = set.__len__(value), set.__iter__(value)
    else:
        assert isinstance(value, frozenset)
        size, items = frozenset.__len__(value), frozenset.__iter__(value)
    return sequence(_sampled(items, size), size)


def look_deque(value: object) -> Shape:
    """Look at a deque."""
    assert isinstance(value, deque)
    size = deque.__len__(value)
    return sequence(_sampled(deque.__iter__(value), size), size)


def look_dict(value: object) -> Shape:
    """Look at a dict, its keys and its values."""
    assert isinstance(value, dict)
    size = dict.__len__(value)
    kind = OrderedDict if isinstance(value, OrderedDict) else dict
    if size <= SMALL:
        items = [*kind.keys(value), *kind.values(value)]
    else:
        items = [*islice(kind.keys(value), SMALL), *islice(kind.values(value), SMALL)]
        items += islice(reversed(kind.values(value)), 100)
    shape = sequence(items, size)
    shape.whole = size <= SMALL
    factory = (
        getattr(value, "default_factory", None) if type(value).__name__ == "defaultdict" else None
    )
    if factory is not None:
        shape.children = [*shape.children, factory]
    return shape


def look_bytearray(value: object) -> Shape:
    """Look at the bytes of a bytearray."""
    assert isinstance(value, bytearray)
    size = bytearray.__len__(value)
    return Shape((size, hash(bytes(value)) if size < 1 << 20 else hash(bytes(value[::997]))))


def weak_reference(value: object) -> weakref.ref[object] | None:
    """Return a weak reference where it is possible and harmless.

    An array that is weakly referenced refuses ``resize``.
    """
    if not _weakly(type(value)):
        return None
    try:
        return weakref.ref(value)
    except TypeError:
        return None


@by_type
def _weakly(cls: type) -> bool:
    if cls in (list, dict, tuple):
        return False
    return not any(
        base.__module__ == "numpy" and base.__name__ == "ndarray" for base in cls.__mro__
    )


def _attributes_state(value: object) -> object:
    return None if type(value) is list else tuple(map(id, instance_values(value)))


_OPEN: dict[type, Callable[[Any], int]] = {kind: kind.__len__ for kind in (list, dict, set, deque)}


def is_open_container(value: object) -> bool:
    """Tell a small container in a library's module: what anybody may fill (``sys.path``)."""
    if type(value).__name__ == "_Environ":
        return True
    length = _OPEN.get(type(value))
    return length is not None and length(value) <= SMALL // 4


PLAIN = (list, dict, set, tuple)


def is_plain(value: object, shape: Shape) -> bool:
    """Tell whether an object is a small container of plain values: cheap to hold for a while."""
    return type(value) in PLAIN and shape.whole and not shape.children
