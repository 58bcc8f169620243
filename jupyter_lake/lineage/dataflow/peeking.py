"""A look at live objects that runs nothing of theirs."""

from __future__ import annotations

import ast
import re
import types
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from jupyter_lake.lineage.dataflow.atoms import ATOMS, instance_dict
from jupyter_lake.lineage.dataflow.ownership import is_local_module, is_user_class
from jupyter_lake.lineage.dataflow.strings import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Missing", "Peek"]

_CONTAINERS = frozenset((list, tuple, dict, set, frozenset, str))


class Missing:
    """The absence of an object."""


class Peek:
    """What the reader of a source may know about the live namespace.

    Parameters
    ----------
    namespace
        The notebook's variables.
    transform
        Turns IPython's syntax into Python's; used for sources inside magics.
    calls_argument
        Tells of a live function whether it calls its first parameter itself.
    """

    MISSING: Final = Missing()
    LONG = 10_000

    def __init__(
        self,
        namespace: Mapping[str, object],
        *,
        transform: Callable[[str], str] | None = None,
        calls_argument: Callable[[types.FunctionType], bool] = lambda _: False,
    ) -> None:
        self.namespace = namespace
        self.calls_argument = calls_argument
        self._transform = transform
        self.databases: dict[str, tuple[int, str]] = {}

    def value(self, name: str) -> object:
        """Return the object of a name, or MISSING."""
        return self.namespace.get(name, self.MISSING)

    def atom(self, name: str) -> object:
        """Return the value of a name if it is a plain immutable one, else MISSING."""
        value = self.value(name)
        return value if type(value) in ATOMS else self.MISSING

    def text(self, name: str) -> list[str]:
        """Return the text of a name: a string, a path, or the strings of a list or tuple."""
        value = self.value(name)
        if isinstance(value, PurePath):
            return [str(value)]
        if type(value) is str:
            return [value]
        if type(value) in (list, tuple):
            return [item for item in value[:100] if type(item) is str]  # type: ignore[index]
        return []

    def words_inside(self, name: str) -> set[str]:
        """Return the words of the strings that the attributes of an object hold."""
        held = instance_dict(self.value(name)) or {}
        return {
            word
            for text in held.values()
            if type(text) is str and len(text) < self.LONG
            for word in words(text)
        }

    def nonempty(self, name: str) -> bool:
        """Tell whether a name is a built-in container that surely holds something."""
        value = self.value(name)
        return type(value) in _CONTAINERS and len(value) > 0  # type: ignore[arg-type]

    def path(self, node: ast.AST) -> object:
        """Return what a dotted name stands for, looking in modules and classes only."""
        if isinstance(node, ast.Name):
            return self.value(node.id)
        if not isinstance(node, ast.Attribute):
            return self.MISSING
        base = self.path(node.value)
        if isinstance(base, types.ModuleType | type):
            return vars(base).get(node.attr, self.MISSING)
        return self.MISSING

    def is_library(self, node: ast.AST) -> bool:
        """Tell whether an expression is a class or module of a library."""
        value = self.path(node)
        if isinstance(value, type):
            return not is_user_class(value, self.namespace)
        return isinstance(value, types.ModuleType) and not is_local_module(value)

    def may_be_table(self, name: str) -> bool:
        """Tell whether an engine could take what a name holds for a table."""
        value = self.value(name)
        if type(value) in ATOMS or isinstance(value, types.ModuleType | type):
            return False
        return not callable(value)

    def database(self, name: str) -> str:
        """Return a mark of the database that only a connection of some name has open."""
        value = self.value(name)
        if isinstance(value, types.ModuleType):
            return f"in {value.__name__}" if value.__name__ == "duckdb" else ""
        identity, mark = self.databases.get(name, (0, ""))
        return mark if identity == id(value) else ""

    def settled(self, table: str) -> str:
        """Return a table's name with the mark of a database that the cell itself has opened."""
        found = re.match(r"table in @(\w+) ", table)
        if found is None:
            return table
        mark = self.database(found.group(1))
        return f"table {mark} {table[found.end() :]}" if mark else f"table {table[found.end() :]}"

    def module_name(self, node: ast.AST) -> set[str]:
        """Return the name of the module that an expression stands for, in a set."""
        value = self.path(node)
        return {value.__name__} if isinstance(value, types.ModuleType) else set()

    def has_finalizer(self, name: str) -> bool:
        """Tell whether the object of a name is of a user's class with a ``__del__``."""
        kind = type(self.value(name))
        return is_user_class(kind, self.namespace) and any(
            "__del__" in vars(base) for base in kind.__mro__
        )

    def is_data(self, name: str) -> bool:
        """Tell whether a name is neither a module, a class nor a function."""
        kinds = types.ModuleType | type | types.FunctionType | types.BuiltinFunctionType
        return not isinstance(self.value(name), kinds | types.MethodType)

    def is_module(self, name: str) -> bool:
        """Tell whether a name is a module."""
        return isinstance(self.value(name), types.ModuleType)

    def shell(self) -> Any:
        """Return IPython's shell, None outside of one."""
        get_ipython = self.namespace.get("get_ipython")
        return get_ipython() if callable(get_ipython) else None

    def reloads_modules(self) -> bool:
        """Tell whether ``%autoreload`` is on."""
        magics = getattr(self.shell(), "magics_manager", None)
        found = magics.registry.get("AutoreloadMagics") if magics is not None else None
        return bool(found is not None and found._reloader.enabled)

    def transform(self, source: str) -> str:
        """Turn IPython's syntax into Python's, as well as can be."""
        if self._transform is not None:
            return self._transform(source)
        shell = self.shell()
        return str(shell.transform_cell(source)) if shell is not None else source
