"""Shapes of instances, classes and what compiled types hold."""

from __future__ import annotations

import abc
import gc
import io
import types
import weakref
from typing import Any

from jupyter_lake.lineage.dataflow.atoms import instance_dict
from jupyter_lake.lineage.dataflow.attributes import (
    computed_names,
    is_computed,
    slot_values,
)
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.shapes import (
    SMALL,
    Shape,
    sequence,
)

__all__ = [
    "look_class",
    "look_handler",
    "look_inside",
    "look_instance",
    "look_iterator",
    "look_logger",
    "look_memory",
    "look_native_file",
    "look_outside",
    "look_through",
    "look_weak",
]


def look_weak(value: object) -> Shape:
    """Look through a weak reference."""
    assert isinstance(value, weakref.ref)
    target = value()
    return Shape(id(target), [target] if target is not None else [])


def look_instance(value: object) -> Shape:
    """Look at the attributes of an object."""
    own = instance_dict(value) or {}
    keys = [key for key in own if type(key) is str]
    ignored = computed_names(type(value))
    if ignored is not None:
        keys = [key for key in keys if not is_computed(key, own[key], ignored)]
    values = [own[key] for key in keys]
    values += slot_values(value)
    shape = sequence(values, len(values), (len(keys), tuple(keys[:SMALL])))
    if ignored is not None:  # a library may make an empty container where there was nothing yet
        seen = tuple(None if _is_empty(held) else id(held) for held in values)
        shape.state = (len(values), seen, (len(keys), tuple(keys[:SMALL])))
    return shape


def _is_empty(value: object) -> bool:
    return value is None or (type(value) in (dict, list, tuple, set) and not value)


def look_through(value: object) -> Shape:
    """Look at what an object holds; the object itself is taken not to change."""
    own = instance_dict(value)
    if own is None:
        held = gc.get_referents(value)
    else:
        held = [part for key, part in own.items() if "cache" not in key]
    return Shape(None, [part for part in held[:SMALL] if not isinstance(part, type)])


def look_memory(value: object) -> Shape:
    """Look through a memoryview at the object whose memory it shows."""
    assert isinstance(value, memoryview)
    return Shape(None, [value.obj])


def look_native_file(value: Any) -> Shape:
    """Look at a file of Arrow's: where it stands."""
    if value.closed:
        return Shape("closed")
    try:
        return Shape(value.tell())
    except (OSError, ValueError):
        return Shape(opaque=True)


def look_logger(value: Any) -> Shape:
    """Look at a logger, which hands what it is told to its handlers and its parents'."""
    parts = [*value.handlers, *value.filters]
    if value.propagate and value.parent is not None:
        parts.append(value.parent)
    level, disabled = value.level, value.disabled
    return Shape((level, disabled, tuple(map(id, parts))), parts)


def look_handler(value: Any) -> Shape:
    """Look at a handler of a library's: what it writes to, if that is in memory."""
    stream = getattr(value, "stream", None)
    held = [stream] if isinstance(stream, io.StringIO | io.BytesIO) else []
    return Shape(value.level, [*held, *value.filters, *_kept_records(value)])


def _kept_records(value: object) -> list[object]:
    return [
        kept for name in ("buffer", "queue") if (kept := getattr(value, name, None)) is not None
    ]


def look_outside(value: object) -> Shape:
    """Look at a file, a connection: what is done to it cannot be seen, but what it writes to."""
    below = gc.get_referents(value) if isinstance(value, io.IOBase) else ()
    return Shape(None, [part for part in below if isinstance(part, io.IOBase)], opaque=True)


def look_inside(value: object) -> Shape:
    """Look at an object of a compiled type: what the garbage collector sees it refer to."""
    if not gc.is_tracked(value):
        return Shape(opaque=True)
    held = [part for part in gc.get_referents(value) if not isinstance(part, type)]
    shape = sequence(held[:SMALL], len(held))
    shape.opaque = True
    return shape


def look_iterator(value: object) -> Shape:
    """Look at a built-in iterator: what it walks and how much is left."""
    shape = look_inside(value)
    hint = getattr(type(value), "__length_hint__", None)
    shape.state = (shape.state, hint(value) if hint else None)
    shape.opaque = False
    return shape


_CLASS_NOISE = wordset(
    "__dict__ __weakref__ __annotations__ _abc_impl __doc__ __static_attributes__ __slotnames__ "
    "__match_args__ __firstlineno__ __annotations_cache__"
)


def look_class(value: object) -> Shape:
    """Look at the attributes of a class."""
    assert isinstance(value, type)
    members = {name: part for name, part in vars(value).items() if name not in _CLASS_NOISE}
    shape = sequence(list(members.values()), len(members), tuple(members))
    shape.children = [part for part in shape.children if not isinstance(part, types.FunctionType)]
    if isinstance(value, abc.ABCMeta):
        shape.state = (shape.state, len(_registered(value)))
    return shape


def _registered(value: type) -> set[object]:
    """Return what was registered with an abstract class."""
    dump = getattr(abc, "_get_dump", None)
    return set(dump(value)[0]) if dump is not None else set()
