"""What an object holds in its ``__dict__`` and its slots, found without running its own code."""

from __future__ import annotations

import functools
import types

from jupyter_lake.lineage.dataflow.atoms import by_type, instance_dict
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.ownership import local_module

__all__ = ["computed_names", "instance_values", "is_computed", "slot_values", "slots_of"]


def instance_values(value: object) -> list[object]:
    """Return what an object holds in its ``__dict__`` and its slots."""
    own = instance_dict(value)
    found = list(own.values()) if own else []
    return found + slot_values(value)


def slot_values(value: object) -> list[object]:
    """Return what an object holds in its slots."""
    found = []
    for descriptor in slots_of(type(value)):
        try:
            found.append(descriptor.__get__(value))
        except AttributeError:
            continue
    return found


def slots_of(cls: object) -> tuple[types.MemberDescriptorType, ...]:
    """Return what reads the slots of a class's objects."""
    assert isinstance(cls, type)
    return _found_slots(cls) if cls.__module__ == "__main__" else _known_slots(cls)


def _found_slots(cls: type) -> tuple[types.MemberDescriptorType, ...]:
    found = []
    for base in cls.__mro__:
        if "__slots__" in type.__dict__["__dict__"].__get__(base):
            members = type.__dict__["__dict__"].__get__(base).values()
            found += [part for part in members if isinstance(part, types.MemberDescriptorType)]
    return tuple(found)


_known_slots = functools.lru_cache(maxsize=4096)(_found_slots)


@by_type
def computed_names(cls: type) -> frozenset[str] | None:
    """Return the names under which a library's class keeps what it computed; None for a user's."""
    module = cls.__module__
    if module == "__main__" or local_module(module) is not None:
        return None
    members = {name: part for base in cls.__mro__ for name, part in vars(base).items()}
    return frozenset(
        name
        for name, part in members.items()
        if hasattr(type(part), "__get__")
        and not hasattr(type(part), "__set__")
        and not callable(part)
    )


_REMEMBERED = wordset("encoderinfo encoderconfig _default_encoderinfo _exif")
"""Attributes under which libraries keep how they last showed or saved an object."""


def is_computed(name: str, value: object, cached: frozenset[str]) -> bool:
    """Tell whether an attribute of a library's object only keeps what was computed."""
    private = name.startswith("_")
    return (
        name in cached
        or name in _REMEMBERED
        or (private and ("cache" in name or type(value) in (bool, type(None))))
    )
