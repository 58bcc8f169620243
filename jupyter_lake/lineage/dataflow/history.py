"""IPython's own variables: ``_``, ``__``, ``Out[n]`` and their like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.known import wordset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_lake.lineage.dataflow.reading import Reading
    from jupyter_lake.lineage.dataflow.versions import Versions

__all__ = ["IPYTHON_NAMES", "Outputs", "is_ipythons"]

IPYTHON_NAMES = wordset(
    "_ __ ___ _i _ii _iii _ih _oh _dh In Out exit quit get_ipython open __builtins__ "
    "__builtin__ __name__ __doc__ __package__ __loader__ __spec__ __annotations__ __file__ "
    "__session__"
)

_NUMBERED = re.compile(r"_i?\d+")


def is_ipythons(name: str) -> bool:
    """Tell whether a name is one that IPython binds by itself."""
    return name in IPYTHON_NAMES or _NUMBERED.fullmatch(name) is not None


class Outputs:
    """Keeps apart who made which output, since IPython and not the cell binds them."""

    def __init__(self, namespace: Mapping[str, object], versions: Versions) -> None:
        self._namespace = namespace
        self._versions = versions
        self._known: set[object] = set()

    def _numbers(self) -> set[object]:
        outputs = self._namespace.get("Out")
        return set(outputs) if type(outputs) is dict else set()

    def before(self) -> None:
        """Note which outputs there are."""
        self._known = self._numbers()

    def after(self, key: str, reading: Reading) -> None:
        """Record the cell as the writer of the outputs that are new, and shift the older ones."""
        new = sorted(number for number in self._numbers() - self._known if type(number) is int)
        for name in ("_", "__", "___"):
            if name in reading.stores:
                self._bind(name, key)
        for number in new:
            self._bind(f"_{number}", key)
        if new and "_" not in reading.stores:
            for newer, older in (("__", "___"), ("_", "__")):
                self._copy(newer, older)
            self._bind("_", key)

    def _bind(self, name: str, key: str) -> None:
        if name in self._namespace:
            self._versions.bind(name, id(self._namespace[name]), ((key, "observed"),))

    def _copy(self, newer: str, older: str) -> None:
        if older in self._namespace:
            value = self._namespace[older]
            self._versions.bind(older, id(value), self._versions.binding(newer, id(value)))
