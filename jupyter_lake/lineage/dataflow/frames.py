"""Shapes of pandas and polars objects: any write moves a block, and a token tells."""

from __future__ import annotations

import functools
import itertools
import sys
import weakref
from typing import Any

from jupyter_lake.lineage.dataflow.arrays import memory_owner
from jupyter_lake.lineage.dataflow.atoms import ATOMS, instance_dict
from jupyter_lake.lineage.dataflow.shapes import Shape

__all__ = [
    "PolarsState",
    "Token",
    "copies_on_write",
    "lent_memory",
    "look_frame",
    "look_index",
    "look_pandas_array",
    "look_polars",
    "marked",
]

_SERIALS = itertools.count()
_CELLS = 200


class Token:
    """A mark on the memory of a pandas block.

    pandas 3 copies a block before writing to it while anything else refers to its memory. A
    token is such a reference, though a weak one: as long as somebody keeps the token, a write
    gives the frame a block without it. It keeps no memory alive, unlike a shallow copy.
    """

    __slots__ = ("__weakref__", "serial")

    def __init__(self) -> None:
        self.serial = next(_SERIALS)


def marked(references: Any) -> Token:
    """Return the live token on some block's memory, putting one there if there is none."""
    for reference in references.referenced_blocks:
        holder = reference()
        if type(holder) is Token:
            return holder
    token = Token()
    references.referenced_blocks.append(weakref.ref(token))
    return token


class _Stub:
    """Something that holds an array as a block does."""

    def __init__(self, values: object) -> None:
        self.values = values


def _holders(block: Any) -> tuple[int, bool]:
    """Count the references to a block's memory; tell whether its values own it."""
    values = block.values
    owner = memory_owner(values)
    return (sys.getrefcount(values), True) if owner is None else (sys.getrefcount(owner), False)


@functools.lru_cache(maxsize=1)
def _alone() -> dict[bool, int]:
    """Return the count for memory that only a block holds."""
    import numpy as np

    counts = (_holders(_Stub(np.zeros(1))), _holders(_Stub(np.zeros(2)[:1])))
    return {owns: count for count, owns in counts}


def lent_memory(block: Any) -> object:
    """Return the array whose memory a block only borrows, None if the memory is its own.

    A frame made with ``copy=False`` writes through to the user's array; a token on it would
    turn the write into a copy.
    """
    if type(block.values).__name__ != "ndarray" or block.refs.has_reference():
        return None
    count, owns = _holders(block)
    if count <= _alone()[owns]:
        return None
    return memory_owner(block.values) if not owns else block.values


@functools.lru_cache(maxsize=1)
def copies_on_write() -> bool:
    """Tell whether the installed pandas copies blocks on write."""
    import pandas as pd

    return int(pd.__version__.split(".")[0]) >= 3


def look_frame(value: Any) -> Shape:
    """Look at a pandas DataFrame or Series."""
    manager = value._mgr
    axes = tuple((id(axis), len(axis), tuple(map(id, axis.names))) for axis in manager.axes)
    name = id(getattr(value, "_name", None))
    children: list[object] = [value._attrs]
    if not copies_on_write():
        children += [block.values for block in manager.blocks]
        return Shape((axes, name, tuple(map(id, children))), children)
    lent = [lent_memory(block) for block in manager.blocks]
    children += [owner for owner in lent if owner is not None]
    tokens = [
        marked(block.refs) if owner is None else None
        for block, owner in zip(manager.blocks, lent, strict=True)
    ]
    for block in manager.blocks:
        children += _object_items(block.values)
    own = instance_dict(value) or {}
    children += [own[key] for key in own if not key.startswith("_") and type(own[key]) not in ATOMS]
    serials = tuple(token.serial if token else -1 for token in tokens)
    kinds = [block.values.dtype for block in manager.blocks]  # a cast may pass the token on
    duplicates = getattr(value._flags, "_allows_duplicate_labels", True)
    state = (axes, name, serials, tuple(map(id, kinds)), duplicates)
    return Shape(state, children, (tokens, kinds))


def look_index(value: Any) -> Shape:
    """Look at a pandas Index, of which only the names and the frequency can be set."""
    own = instance_dict(value) or {}
    held = [part for key, part in own.items() if "cache" not in key and type(part) not in ATOMS]
    frequency = str(own.get("_freq") or getattr(own.get("_data"), "_freq", None))
    return Shape((tuple(map(id, value.names)), frequency), held, list(value.names))


def look_pandas_array(value: Any) -> Shape:
    """Look at an array of pandas's own: the arrays inside."""
    parts = [getattr(value, name, None) for name in ("_ndarray", "_data", "_mask", "_pa_array")]
    held = [part for part in parts if part is not None]
    state = (tuple(map(id, held)), str(value.dtype), str(getattr(value, "_freq", None)))
    return Shape(state, held)


def _object_items(values: Any) -> list[object]:
    """Return some of the items of an object column that may change in their turn."""
    if getattr(getattr(values, "dtype", None), "hasobject", False) is not True:
        return []
    items = values.ravel("K")[:_CELLS].tolist()
    return [item for item in items if type(item) not in ATOMS]


class PolarsState:
    """A look at a polars object that compares by content, through a clone that shares memory."""

    __slots__ = ("_clone", "_layout")

    def __init__(self, value: Any, *, full: bool) -> None:
        self._layout = _polars_layout(value)
        self._clone = value.clone() if full else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PolarsState) or self._layout != other._layout:
            return False
        if self._clone is None or other._clone is None:
            return True
        return bool(self._clone.equals(other._clone, null_equal=True))

    __hash__ = None  # type: ignore[assignment]


def _polars_layout(value: Any) -> object:
    if hasattr(value, "columns"):
        return value.shape, tuple(value.columns), tuple(map(str, value.dtypes))
    return len(value), value.name, str(value.dtype)


def look_polars(value: Any, *, full: bool = False) -> Shape:
    """Look at a polars DataFrame or Series; its content only if the cell may write to it."""
    return Shape(PolarsState(value, full=full), whole=full)
