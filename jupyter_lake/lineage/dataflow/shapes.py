"""The mutable insides of one object: what it holds, and a state that tells a change of it.

A shape is taken without running any code of the object's own: no ``__eq__``, ``__len__``,
``__repr__`` or property of a user's class.
"""

from __future__ import annotations

import abc
import contextvars
import functools
import gc
import io
import types
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jupyter_lake.lineage.dataflow.atoms import ATOMS, by_type, instance_dict
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.ownership import local_module

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


def look_weak(value: object) -> Shape:
    """Look through a weak reference."""
    assert isinstance(value, weakref.ref)
    target = value()
    return Shape(id(target), [target] if target is not None else [])


def _attributes_state(value: object) -> object:
    return None if type(value) is list else tuple(map(id, instance_values(value)))


def instance_values(value: object) -> list[object]:
    """Return what an object holds in its ``__dict__`` and its slots."""
    own = instance_dict(value)
    found = list(own.values()) if own else []
    return found + _slot_values(value)


def _slot_values(value: object) -> list[object]:
    found = []
    for descriptor in _slots(type(value)):
        try:
            found.append(descriptor.__get__(value))
        except AttributeError:
            continue
    return found


def _slots(cls: object) -> tuple[types.MemberDescriptorType, ...]:
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
def _computed_names(cls: type) -> frozenset[str] | None:
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


def _is_computed(name: str, value: object, cached: frozenset[str]) -> bool:
    private = name.startswith("_")
    return (
        name in cached
        or name in _REMEMBERED
        or (private and ("cache" in name or type(value) in (bool, type(None))))
    )


def look_instance(value: object) -> Shape:
    """Look at the attributes of an object."""
    own = instance_dict(value) or {}
    keys = [key for key in own if type(key) is str]
    ignored = _computed_names(type(value))
    if ignored is not None:
        keys = [key for key in keys if not _is_computed(key, own[key], ignored)]
    values = [own[key] for key in keys]
    values += _slot_values(value)
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


_OPEN: dict[type, Callable[[Any], int]] = {kind: kind.__len__ for kind in (list, dict, set, deque)}


def is_open_container(value: object) -> bool:
    """Tell a small container in a library's module: what anybody may fill (``sys.path``)."""
    if type(value).__name__ == "_Environ":
        return True
    length = _OPEN.get(type(value))
    return length is not None and length(value) <= SMALL // 4


def is_plain(value: object, shape: Shape) -> bool:
    """Tell whether an object is a small container of plain values: cheap to hold for a while."""
    return type(value) in (list, dict, set, tuple) and shape.whole and not shape.children
