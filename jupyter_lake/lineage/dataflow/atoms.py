"""The ground of all looking: plain values, and an object's own dictionary."""

from __future__ import annotations

import functools
import types
from typing import Final

ATOMS: Final = frozenset(
    (int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range)
)
"""Types whose objects cannot change and hold nothing that can."""


@functools.lru_cache(maxsize=4096)
def dict_descriptor(cls: type) -> types.GetSetDescriptorType | None:
    """Return what reads the ``__dict__`` of a class's objects, unless the class has its own way."""
    for base in cls.__mro__:
        descriptor = type.__dict__["__dict__"].__get__(base).get("__dict__")
        if descriptor is not None:
            return descriptor if isinstance(descriptor, types.GetSetDescriptorType) else None
    return None


def instance_dict(value: object) -> dict[str, object] | None:
    """Return an object's ``__dict__`` without running a property of its class."""
    descriptor = dict_descriptor(type(value))  # type: ignore[arg-type]
    found = descriptor.__get__(value) if descriptor is not None else None
    return found if isinstance(found, dict) else None
