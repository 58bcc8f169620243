"""Whose code a module, class or function is: the user's, or a library's."""

from __future__ import annotations

import os
import sys
import sysconfig
import types
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIBRARY_PARTS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_OURS = "jupyter_lake"


@lru_cache(maxsize=1)
def _standard_library() -> tuple[str, ...]:
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
    return tuple(path + os.sep for path in paths if path)


@lru_cache(maxsize=4096)
def _is_user_file(path: str) -> bool:
    if any(part in path for part in _LIBRARY_PARTS):
        return False
    return not path.startswith(_standard_library())


def is_local_module(module: object) -> bool:
    """Tell whether a module is the user's own: its file lies outside the libraries."""
    if not isinstance(module, types.ModuleType):
        return False
    path = module.__dict__.get("__file__")
    name = module.__dict__.get("__name__")
    if not isinstance(path, str) or not isinstance(name, str):
        return False
    return name.split(".", 1)[0] != _OURS and _is_user_file(path)


def local_module(name: object) -> types.ModuleType | None:
    """Return the user's own loaded module of a name, if it is one."""
    module = sys.modules.get(name) if isinstance(name, str) else None
    return module if is_local_module(module) else None


def is_user_class(cls: type, namespace: Mapping[str, object]) -> bool:
    """Tell whether a class was written in the notebook or in a module of the user's."""
    module = type.__getattribute__(cls, "__module__")
    if module == namespace.get("__name__", "__main__"):
        return bool(cls.__flags__ & (1 << 9))  # Py_TPFLAGS_HEAPTYPE: made by a class statement
    return local_module(module) is not None


def module_names(name: str) -> set[str]:
    """Return the names that ``from name import *`` brings."""
    module = sys.modules.get(name)
    if module is None:
        return set()
    listed = module.__dict__.get("__all__")
    if isinstance(listed, list | tuple):
        return {item for item in listed if isinstance(item, str)}
    return {item for item in module.__dict__ if not item.startswith("_")}
