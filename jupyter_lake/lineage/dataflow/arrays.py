"""Shapes of numpy arrays and torch tensors: views share their owner, content is digested."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any

from jupyter_lake.lineage.dataflow.atoms import instance_dict
from jupyter_lake.lineage.dataflow.instances import look_instance
from jupyter_lake.lineage.dataflow.shapes import SMALL, Shape, sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "FULL_BYTES",
    "LARGEST_BYTES",
    "look_array",
    "look_generator_state",
    "look_image",
    "look_tensor",
    "memory_owner",
]

FULL_BYTES = 1 << 15
"""Arrays up to this size are digested in full at every look."""

LARGEST_BYTES = 1 << 32
"""Arrays above this size are never digested in full."""

_SAMPLES = 512
_ENDS = 256
_ROW = 1 << 12


def look_array(value: object, *, full: bool = False) -> Shape:
    """Look at an array: its layout, and its content or a sample of it.

    The object that owns the memory is the shape's root: whoever changes a view changes it.
    """
    array: NDArray[Any] = value  # type: ignore[assignment]
    layout: object = (array.shape, array.dtype, array.strides, array.flags.writeable)
    children: Iterable[object] = ()
    if array.__class__.__module__ != "numpy":
        own = look_instance(array)
        layout, children = (layout, own.state), own.children
    root = memory_owner(array)
    if array.dtype.hasobject:
        return _look_objects(array, layout, root)
    size = array.nbytes
    whole = size <= FULL_BYTES or (full and size <= LARGEST_BYTES)
    content = _digest(array) if size <= FULL_BYTES else _mixed(array) if whole else _sample(array)
    return Shape((layout, content), children, array.dtype, whole, root=root)


def _look_objects(array: NDArray[Any], layout: object, root: object) -> Shape:
    items = (
        array.reshape(-1)[:SMALL].tolist()
        if array.flags.c_contiguous
        else array.ravel()[:SMALL].tolist()
    )
    shape = sequence(items, array.size, layout)
    shape.root = root
    return shape


def memory_owner(array: NDArray[Any]) -> object:
    """Return the object at the end of an array's chain of bases, None if it is the array."""
    value: object = array
    while (base := getattr(value, "base", None)) is not None:
        value = base
    if isinstance(value, memoryview):
        value = value.obj
    return None if value is array else value


def _digest(array: NDArray[Any]) -> bytes:
    import numpy as np

    content = np.ascontiguousarray(array).tobytes()
    return hashlib.blake2b(content, digest_size=16).digest()


def _sample(array: NDArray[Any]) -> bytes:
    """Digest both ends and evenly spaced items between them."""
    import numpy as np

    if array.flags.c_contiguous or array.flags.f_contiguous:
        flat = array.reshape(-1, order="A")
        items = np.concatenate(
            (flat[:_ENDS], flat[:: max(1, flat.size // _SAMPLES)], flat[-_ENDS:])
        )
    else:
        steps = tuple(slice(None, None, max(1, length // 32)) for length in array.shape)
        items = array[steps]
    return _digest(np.asarray(items))


@functools.lru_cache(maxsize=1)
def _weights() -> NDArray[np.uint64]:
    import numpy as np

    drawn = np.random.default_rng(0x1A4E).integers(0, 1 << 63, _ROW, dtype=np.uint64)
    return drawn | np.uint64(1)


def _mixed(array: NDArray[Any]) -> bytes:
    """Digest all of an array at the speed of memory: a weighted sum of each row of words."""
    import numpy as np

    flat = np.asarray(array).reshape(-1, order="A") if array.flags.forc else array.ravel()
    octets = np.ascontiguousarray(flat).view(np.uint8)
    rows = octets.size // (8 * _ROW)
    words = octets[: rows * 8 * _ROW].view(np.uint64).reshape(rows, _ROW)
    sums = np.einsum("ij,j->i", words, _weights())
    return _digest(sums) + _digest(octets[rows * 8 * _ROW :])


def look_image(value: Any) -> Shape:
    """Look at a Pillow image: its pixels, or some of them."""
    core: Any = (instance_dict(value) or {}).get("_im")
    facts = (value.mode, value.size, id(value.palette))
    if core is None:
        return Shape((facts, "not read yet"), [value.info])
    width, height = value.size
    if width * height <= FULL_BYTES:
        return Shape(
            (facts, hashlib.blake2b(value.tobytes(), digest_size=16).digest()), [value.info]
        )
    steps = max(1, width // 16), max(1, height // 16)
    places = [(x, y) for x in range(0, width, steps[0]) for y in range(0, height, steps[1])]
    return Shape((facts, tuple(map(core.getpixel, places))), [value.info], whole=False)


def look_tensor(value: Any) -> Shape:
    """Look at a torch tensor by the counter that torch itself moves at each change in place."""
    root = getattr(value, "_base", None)
    gradient = getattr(value, "grad", None) if getattr(value, "is_leaf", False) else None
    children = [gradient] if gradient is not None else []
    return Shape((value._version, tuple(value.shape), id(gradient)), children, root=root)


def look_generator_state(value: Any) -> Shape:
    """Look at a random generator by its state."""
    if hasattr(value, "bit_generator"):
        value = value.bit_generator
    if hasattr(value, "state"):
        return Shape(repr(value.state))
    state = value.get_state() if hasattr(value, "get_state") else value.getstate()
    return Shape(hash(repr(state)))
