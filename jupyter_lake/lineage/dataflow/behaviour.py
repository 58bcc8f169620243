"""What runs when objects are used: functions, methods, what a library calls back."""

from __future__ import annotations

import functools
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.atoms import ATOMS, instance_dict
from jupyter_lake.lineage.dataflow.bytecode import CodeFacts, calls_what_it_holds, code_facts
from jupyter_lake.lineage.dataflow.known import wordset
from jupyter_lake.lineage.dataflow.ownership import is_user_class, local_module
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_lake.lineage.dataflow.syntax import Reader

__all__ = ["Behaviour", "fully"]

_FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)
_SUSPENDED = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_MANY = 200
"""Callbacks are looked for in containers of at most so many items."""
_NO_BASES = wordset(
    "object ABC Generic Protocol Enum IntEnum StrEnum Flag tuple Exception ValueError "
    "RuntimeError KeyError TypeError dict list BaseException NamedTuple TypedDict"
)


class Behaviour(Walk):
    """The part of the closure that knows which code runs, and what that uses.

    Attributes
    ----------
    modules
        The modules used, and those of the functions and classes used.
    slots
        The variables of local modules, with where they lie.
    stores
        Variables that the functions followed may bind.
    runs_changes
        Whether these functions may change objects.
    """

    def __init__(self, reader: Reader, namespace: dict[str, object]) -> None:
        super().__init__(namespace)
        self.reader = reader
        self.reading = reader.reading
        self.modules: set[str] = set()
        self.slots: dict[str, tuple[dict[str, object], str]] = {}
        self.stores: set[str] = set()
        self.runs_changes = False
        self.used_modules: list[tuple[types.ModuleType, Use]] = []
        self.followed: set[tuple[int, str]] = set()
        self._classes: list[tuple[type, Use, str, bool]] = []
        self._callbacks: list[tuple[dict[str, object], Use, str]] = []
        self._holders: list[tuple[type, list[object], Use, str]] = []

    def release(self) -> None:
        """Let go of the objects, and of what they would run."""
        super().release()
        self.used_modules.clear()
        self._classes.clear()
        self._callbacks.clear()
        self._holders.clear()

    def is_new(self, followed: object, part: str) -> bool:
        """Tell whether a part of something is followed for the first time, and note that it is."""
        mark = (id(followed), part)
        if mark in self.followed:
            return False
        self.followed.add(mark)
        return True

    def use(self, name: str, use: Use) -> None:
        """Note that something followed uses a variable."""
        known = self.reading.uses.get(name)
        if known is None:
            self.reading.uses[name] = Use(use.level, use.certain, use.after)
        else:
            known.merge(use)

    def use_slot(self, module: types.ModuleType, name: str, use: Use) -> None:
        """Note that something followed uses a variable of a module."""
        if module.__dict__ is self.namespace:
            if name not in use.after:
                self.use(name, use)
            return
        variable = f"{module.__name__}.{name}"
        self.slots[variable] = (module.__dict__, name)
        self.use(variable, use)

    # -- objects ---------------------------------------------------------------------------

    def behaviour(self, value: object, use: Use, variable: str) -> None:
        """Follow the code that using an object may run."""
        if isinstance(value, types.FunctionType):
            if use.level >= Level.CALL:
                self._code(code_facts(value.__code__), value.__globals__, use)
        elif isinstance(value, types.CodeType):
            self._code(code_facts(value), self.namespace, use)
        elif isinstance(value, types.ModuleType):
            self.used_modules.append((value, use))
            self.modules.add(value.__name__)
        elif isinstance(value, type):
            self.modules.add(value.__module__)
            self._class(value, use, variable)
            self._class(type(value), fully(use), variable, made=True)
        elif isinstance(value, _SUSPENDED):
            self._suspended(value, use)
        else:
            self._instance(value, use, variable)

    def _instance(self, value: object, use: Use, variable: str) -> None:
        self._class(type(value), fully(use), variable, made=True)
        own = instance_dict(value) or {}
        if any(isinstance(member, _FUNCTIONS) for member in own.values()):
            self._callbacks.append((own, use, variable))
        if _has_library_base(type(value), self.namespace):
            self._registered(value, own, use, variable)

    def _registered(self, value: object, own: dict[str, object], use: Use, variable: str) -> None:
        """Note the user's functions in a library's object, which it may call when it is told to."""
        found = [each for held in own.values() for each in _functions_in(held, 3)]
        mine = [each for each in found if self._is_own(each)]
        if mine:
            self._holders.append((type(value), mine, use, variable))

    def _is_own(self, function: object) -> bool:
        while isinstance(function, types.MethodType | functools.partial):
            function = (
                function.__func__ if isinstance(function, types.MethodType) else function.func
            )
        return isinstance(function, types.FunctionType) and (
            function.__globals__ is self.namespace
            or local_module(function.__globals__.get("__name__")) is not None
        )

    def _suspended(self, value: object, use: Use) -> None:
        for prefix in ("gi", "cr", "ag"):
            frame = getattr(value, f"{prefix}_frame", None)
            if frame is not None and use.level != Level.SHOWN:
                self._code(code_facts(frame.f_code), frame.f_globals, fully(use))

    def _class(self, cls: type, use: Use, variable: str, *, made: bool = False) -> None:
        if is_user_class(cls, self.namespace):
            self._classes.append((cls, use, variable, made))
            self.visit(cls, Use(Level.MENTION, use.certain, use.after), variable)

    # -- code ------------------------------------------------------------------------------

    def _code(self, facts: CodeFacts, space: dict[str, object], use: Use) -> None:
        """Follow what code uses that runs with some globals: the notebook's, or a module's."""
        if facts.lazy and use.level == Level.CALL:
            return
        module = None if space is self.namespace else local_module(space.get("__name__"))
        if space is not self.namespace and (module is None or module.__dict__ is not space):
            self.modules.add(str(space.get("__name__")))
            return
        self.reading.attributes |= facts.attributes
        self.reading.strings |= facts.strings
        self.runs_changes |= facts.changes
        names = facts.loads | facts.later if use.level == Level.RUN else facts.loads
        for name in names:
            self._global(name, space, module, use)
        if module is None:
            self.stores |= facts.stores
            engines = facts.attributes | facts.loads
            self.reader.strings_of_function(engines, facts.strings, facts.locals)
        else:
            for name in facts.stores:
                self.use_slot(module, name, use)
        imported = filter(None, map(local_module, facts.imports))
        self.used_modules.extend((each, use) for each in imported)

    def _global(
        self, name: str, space: dict[str, object], module: types.ModuleType | None, use: Use
    ) -> None:
        running = fully(use)
        if module is not None:
            if name in space:
                self.use_slot(module, name, running)
        elif name not in use.after:
            if name in space:
                self.use(name, running)
        elif name in self.reader.deferred:
            current, self.reader.sure = self.reader.sure, set(use.after)
            self.reader.run(self.reader.deferred[name], Level.RUN)
            self.reader.sure = current

    # -- members that are known by name only -------------------------------------------------

    def follow_members(self) -> None:
        """Follow the methods and callbacks whose names occur in what runs."""
        for cls, use, variable, made in list(self._classes):
            for base in cls.__mro__:
                if is_user_class(base, self.namespace):
                    self._methods(base, cls, use, variable, made=made)
        for own, use, variable in list(self._callbacks):
            for name in own.keys() & self.reading.attributes:
                if isinstance(own[name], _FUNCTIONS):
                    self.visit(own[name], fully(use), variable)
        self._follow_registered()

    def _methods(self, base: type, cls: type, use: Use, variable: str, *, made: bool) -> None:
        every = _has_library_base(cls, self.namespace)
        for name, member in list(vars(base).items()):
            if every or self.reader.names_method(name, use.level, made=made):
                asked = use.level == Level.RUN or not isinstance(member, property)
                if asked and type(member) not in ATOMS and self.is_new(member, name):
                    self.visit(member, fully(use), variable)
                    if made and calls_what_it_holds(member) and variable in self.roots:
                        self.visit(self.roots[variable], fully(use), variable)

    def _follow_registered(self) -> None:
        """Run what library objects hold, if the cell calls a method of theirs or sets something."""
        told = self.reading.called | self.reading.patches
        for cls, functions, use, variable in list(self._holders):
            if any(name in vars(base) for base in cls.__mro__ for name in told):
                for function in functions:
                    if self.is_new(function, "registered"):
                        self.visit(function, fully(use), variable)


def fully(use: Use) -> Use:
    """Return a use like another, but of what may do anything."""
    return Use(Level.RUN, use.certain, use.after)


def _functions_in(held: object, depth: int) -> Iterator[object]:
    """Yield the functions in small containers."""
    if isinstance(held, _FUNCTIONS):
        yield held
    elif depth and type(held) in (list, tuple, set, dict) and len(held) <= _MANY:  # type: ignore[arg-type]
        for part in list(held.values() if isinstance(held, dict) else held):  # type: ignore[call-overload]
            if type(part) not in ATOMS:
                yield from _functions_in(part, depth - 1)


def _has_library_base(cls: type, namespace: dict[str, object]) -> bool:
    return any(
        base.__name__ not in _NO_BASES and not is_user_class(base, namespace)
        for base in cls.__mro__
    )
