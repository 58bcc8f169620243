"""Shapes of what can be called, advanced or asked: functions, methods, generators, variables."""

from __future__ import annotations

import contextvars
import functools
import gc
import types

from jupyter_lake.lineage.dataflow.atoms import instance_dict
from jupyter_lake.lineage.dataflow.shapes import (
    SMALL,
    Shape,
    sequence,
)

__all__ = [
    "look_cached",
    "look_cell",
    "look_context_variable",
    "look_descriptor",
    "look_function",
    "look_generator",
    "look_method",
    "look_partial",
]


def look_partial(value: object) -> Shape:
    """Look at a partial: its function and arguments."""
    assert isinstance(value, functools.partial)
    return Shape(None, [value.func, *value.args, value.keywords])


def look_method(value: object) -> Shape:
    """Look at a bound method: its object and its function."""
    return Shape(None, [getattr(value, "__self__", None), getattr(value, "__func__", None)])


def look_descriptor(value: object) -> Shape:
    """Look at a property, classmethod or staticmethod: the functions inside."""
    names = ("fget", "fset", "fdel", "__func__", "func")
    return Shape(None, [part for name in names if (part := getattr(value, name, None)) is not None])


def look_function(value: object) -> Shape:
    """Look at what a function carries: closure, defaults and attributes."""
    assert isinstance(value, types.FunctionType)
    held: list[object] = [*(value.__closure__ or ()), *(value.__defaults__ or ())]
    held += (value.__kwdefaults__ or {}).values()
    held += value.__dict__.values()
    return sequence(held, len(held), (value.__code__, tuple(value.__dict__)))


def look_cell(value: object) -> Shape:
    """Look at a variable of an enclosing function, which all functions made there share."""
    assert isinstance(value, types.CellType)
    try:
        return sequence([value.cell_contents], 1)
    except ValueError:
        return Shape("empty")


def look_cached(value: object) -> Shape:
    """Look at a function with ``lru_cache``: what it wraps and remembers, how often it worked."""
    state = value.cache_info()  # type: ignore[attr-defined]
    held: list[object] = []
    for part in gc.get_referents(value):
        held += part.values() if type(part) is dict else [part]
    kept = [part for part in held if type(part).__name__ not in ("type", "_lru_list_elem")]
    own = instance_dict(value) or {}
    return Shape((state.misses, state.currsize, tuple(map(id, own.values()))), kept[:SMALL])


def look_context_variable(value: object) -> Shape:
    """Look at a context variable: its value here."""
    assert isinstance(value, contextvars.ContextVar)
    return sequence([value.get(None)], 1)


def look_generator(value: object) -> Shape:
    """Look at a generator or coroutine: where it stands and its local variables."""
    prefix = next(prefix for prefix in ("gi", "cr", "ag") if hasattr(value, f"{prefix}_frame"))
    frame = getattr(value, f"{prefix}_frame")
    if frame is None:
        return Shape("finished")
    names = dict(frame.f_locals)
    awaited = getattr(value, {"gi": "gi_yieldfrom", "cr": "cr_await", "ag": "ag_await"}[prefix])
    items = [*names.values(), awaited]
    return sequence(items, len(items), (frame.f_lasti, tuple(names)))
