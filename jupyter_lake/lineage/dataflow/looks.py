"""Which way of looking fits an object, by its type."""

from __future__ import annotations

import collections
import contextvars
import functools
import io
import itertools
import logging
import random
import types
import weakref
from typing import Any

from jupyter_lake.lineage.dataflow import (
    arrays,
    attributes,
    callables,
    figures,
    frames,
    instances,
    shapes,
)
from jupyter_lake.lineage.dataflow.atoms import ATOMS, by_type, dict_descriptor
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.shapes import Look, Shape

__all__ = ["TAKES_FULL", "look_for"]

_EXACT: dict[type, Look] = {
    list: shapes.look_list,
    tuple: shapes.look_tuple,
    dict: shapes.look_dict,
    set: shapes.look_set,
    frozenset: shapes.look_set,
    collections.deque: shapes.look_deque,
    collections.OrderedDict: shapes.look_dict,
    collections.defaultdict: shapes.look_dict,
    bytearray: shapes.look_bytearray,
    functools.partial: callables.look_partial,
    types.MethodType: callables.look_method,
    types.BuiltinMethodType: callables.look_method,
    types.MethodWrapperType: callables.look_method,
    types.CellType: callables.look_cell,
    types.FunctionType: callables.look_function,
    types.GeneratorType: callables.look_generator,
    types.CoroutineType: callables.look_generator,
    types.AsyncGeneratorType: callables.look_generator,
    weakref.ref: instances.look_weak,
    memoryview: instances.look_memory,
    property: callables.look_descriptor,
    classmethod: callables.look_descriptor,
    staticmethod: callables.look_descriptor,
    functools.cached_property: callables.look_descriptor,
    functools._lru_cache_wrapper: callables.look_cached,
    contextvars.ContextVar: callables.look_context_variable,
    random.Random: arrays.look_generator_state,
}
TAKES_FULL: tuple[Look, ...] = (arrays.look_array, frames.look_polars)
"""The looks that can be told, by ``full=True``, to see all of a large object."""

_IMMUTABLE_MODULES = wordset(
    "pyarrow datetime decimal fractions uuid pathlib re zoneinfo logging tqdm rich IPython "
    "ipykernel jupyter_client jupyter_lake fsspec s3fs gcsfs adlfs obstore httpcore "
    "urllib3 aiohttp boto3 botocore google azure redis pymongo distributed ray pyspark py4j"
)
"""Libraries whose objects do not change, or only in ways that carry no data between cells."""

_IMMUTABLE_NAMES = frozenset(
    ("DuckDBPyRelation", "DuckDBPyType", "ufunc", "_ArrayFunctionDispatcher", "BlockValuesRefs")
)
_SETTLED_MODULES = frozenset(
    [
        "pandas",
        "polars",
        "threading",
        "concurrent",
        "asyncio",
        "_asyncio",
        "multiprocessing",
        "requests",
        "httpx",
    ]
)
"""Libraries whose objects, but for those with a look of their own, only cache what they hold."""

_DATABASES = frozenset(
    ["sqlite3", "duckdb", "_duckdb", "psycopg", "psycopg2", "sqlalchemy", "pymysql"]
)
"""Libraries whose objects stand for a state elsewhere."""

_SUBCLASSES: tuple[tuple[type, Look], ...] = (
    (dict, shapes.look_dict),
    (list, shapes.look_list),
    (tuple, shapes.look_tuple),
    (set, shapes.look_set),
    (frozenset, shapes.look_set),
    (collections.deque, shapes.look_deque),
    (weakref.ref, instances.look_weak),
)
_ITERATORS = (
    "iterator", "map", "filter", "zip", "enumerate", "reversed", "itertools", "islice", "cycle",
    "chain", "tee",
)  # fmt: skip


@by_type
def look_for(cls: type) -> Look | None:
    """Return the way to look at objects of a type; None if they cannot change."""
    if cls in ATOMS:
        return None
    if cls in _EXACT:
        return _EXACT[cls]
    if (told := _look_of_sink(cls)) is not None:
        return told
    if cls.__module__.split(".", 1)[0] in _IMMUTABLE_MODULES or cls.__name__ in _IMMUTABLE_NAMES:
        return None
    if cls.__module__.partition(".")[0] == "jupyter_lake":
        return None  # lakes, repos and results: what changes inside them is no data of the user's
    library = _look_of_library(cls)
    if library is not None:
        return library
    for base, look in _SUBCLASSES:
        if issubclass(cls, base):
            return _with_attributes(look) if cls.__flags__ & (1 << 9) else look
    if _has_dict_or_slots(cls):
        return instances.look_instance
    return _look_of_compiled(cls)


def _look_of_sink(cls: type) -> Look | None:
    """Return the way to look at what takes in text or bytes and may keep them."""
    if issubclass(cls, logging.Logger):
        return instances.look_logger
    if issubclass(cls, logging.Handler) and cls.__module__.startswith("logging"):
        return instances.look_handler  # one of the user's may keep what it is told in any way
    native = any(base.__qualname__ == "NativeFile" for base in cls.__mro__)
    return instances.look_native_file if native else None


def _look_of_library(cls: type) -> Look | None:
    names = {f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__}
    roots = {name.split(".", 1)[0] for name in names}
    if issubclass(cls, io.IOBase):
        return _look_buffer if issubclass(cls, io.StringIO | io.BytesIO) else instances.look_outside
    if "numpy" in roots and (found := _look_of_numpy(names)):
        return found
    if "pandas" in roots and (found := _look_of_pandas({base.__name__ for base in cls.__mro__})):
        return found
    if "polars" in roots and cls.__name__ in ("DataFrame", "Series"):
        return frames.look_polars
    if "PIL.Image.Image" in names:
        return arrays.look_image
    if "torch.Tensor" in names:
        return arrays.look_tensor
    if "matplotlib" in roots and (found := _look_of_artist(names)):
        return found
    module = cls.__module__.split(".", 1)[0]
    if module in _DATABASES:
        return instances.look_outside
    return instances.look_through if module in _SETTLED_MODULES else None


def _look_of_numpy(names: set[str]) -> Look | None:
    if "numpy.ndarray" in names:
        return arrays.look_array
    drawn = any(name.startswith("numpy.random.") for name in names)
    return arrays.look_generator_state if drawn else None


def _look_of_pandas(names: set[str]) -> Look | None:
    if "NDFrame" in names:
        return frames.look_frame
    if "Index" in names:
        return frames.look_index
    return frames.look_pandas_array if "ExtensionArray" in names else None


def _look_of_artist(names: set[str]) -> Look | None:
    if "matplotlib.figure.FigureBase" in names:
        return figures.look_figure
    if "matplotlib.axes._base._AxesBase" in names:
        return figures.look_axes
    return figures.look_artist if "matplotlib.artist.Artist" in names else None


def _has_dict_or_slots(cls: type) -> bool:
    return bool(cls.__flags__ & (1 << 9)) and (
        dict_descriptor(cls) is not None or bool(attributes.slots_of(cls))
    )


def _look_of_compiled(cls: type) -> Look | None:
    module = cls.__module__.split(".", 1)[0]
    if issubclass(cls, types.ModuleType | type | types.BuiltinFunctionType | types.CodeType):
        return None
    if cls is itertools.count:
        return _look_counter
    if any(part in cls.__name__ for part in _ITERATORS) or cls.__module__ == "itertools":
        return instances.look_iterator
    if cls.__hash__ not in (None, object.__hash__):
        return None
    if module == "builtins" and cls.__name__ in ("PyExpr", "PyLazyFrame", "object"):
        return None
    if hasattr(cls, "__get__"):
        return None  # a descriptor: what it gives lies in the objects it is asked about
    return instances.look_inside


def _look_buffer(value: Any) -> Shape:
    if value.closed:
        return Shape("closed")
    return Shape((value.tell(), hash(value.getvalue())))


def _look_counter(value: Any) -> Shape:
    return Shape(repr(value))


def _with_attributes(look: Look) -> Look:
    """Return a look at a child class of a container: its items and its attributes."""

    def combined(value: object) -> Shape:
        inside, outside = look(value), instances.look_instance(value)
        return Shape(
            (inside.state, outside.state),
            [*inside.children, *outside.children],
            (inside.keep, outside.keep),
            inside.whole and outside.whole,
        )

    return combined
