"""The ground of all looking: plain values, and an object's own dictionary."""

from __future__ import annotations

import functools
import types
import weakref
from collections.abc import Callable
from typing import Final, TypeVar

__all__ = ["ATOMS", "by_type", "dict_descriptor", "instance_dict"]

ATOMS: Final = frozenset(
    (int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range)
)
"""Types whose objects cannot change and hold nothing that can."""


Result = TypeVar("Result")


def by_type(function: Callable[[type], Result]) -> Callable[[object], Result]:
    """Remember the results of a function for each type, for as long as the type lives.

    The results must not refer to the type.
    """
    known: dict[int, tuple[weakref.ref[type], Result]] = {}

    @functools.wraps(function)
    def remembered(cls: object) -> Result:
        assert isinstance(cls, type)
        identity = id(cls)
        found = known.get(identity)
        if found is not None and found[0]() is cls:
            return found[1]
        result = function(cls)
        known[identity] = (weakref.ref(cls, lambda _: known.pop(identity, None)), result)
        return result

    return remembered


def dict_descriptor(cls: object) -> types.GetSetDescriptorType | None:
    """Return what reads the ``__dict__`` of a class's objects, unless the class has its own way."""
    assert isinstance(cls, type)
    return _found_descriptor(cls) if cls.__module__ == "__main__" else _known_descriptor(cls)


def _found_descriptor(cls: type) -> types.GetSetDescriptorType | None:
    for base in cls.__mro__:
        descriptor = type.__dict__["__dict__"].__get__(base).get("__dict__")
        if descriptor is not None:
            return descriptor if isinstance(descriptor, types.GetSetDescriptorType) else None
    return None


_known_descriptor = functools.lru_cache(maxsize=4096)(_found_descriptor)
"""For classes of modules; one of the notebook's would be kept alive."""


def instance_dict(value: object) -> dict[str, object] | None:
    """Return an object's ``__dict__`` without running a property of its class."""
    descriptor = dict_descriptor(type(value))
    found = descriptor.__get__(value) if descriptor is not None else None
    return found if isinstance(found, dict) else None
