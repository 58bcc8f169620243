"""Everything that a cell's names lead to: objects, functions that would run, their names."""

from __future__ import annotations

import ast
import functools
import logging
import sys
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.atoms import ATOMS, instance_dict
from jupyter_lake.lineage.dataflow.bytecode import CodeFacts, calls_what_it_holds, code_facts
from jupyter_lake.lineage.dataflow.figures import current_figure
from jupyter_lake.lineage.dataflow.known import DRAWS, LOGS, PLOT_STARTERS, RANDOM_MODULES, wordset
from jupyter_lake.lineage.dataflow.ownership import is_local_module, is_user_class, local_module
from jupyter_lake.lineage.dataflow.peeking import Peek
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.shapes import is_open_container
from jupyter_lake.lineage.dataflow.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_lake.lineage.dataflow.syntax import Reader

__all__ = ["PYPLOT", "Closure", "fully"]

_FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)
_MANY = 200
"""Callbacks are looked for in containers of at most so many items."""
_NO_BASES = wordset(
    "object ABC Generic Protocol Enum IntEnum StrEnum Flag tuple Exception ValueError "
    "RuntimeError KeyError TypeError dict list BaseException NamedTuple TypedDict"
)


class Closure(Walk):
    """Follows what a reading of a cell uses through the live objects.

    Attributes
    ----------
    reads
        The variables read, with how they are used; those of local modules as ``module.name``.
    modules
        The modules used, and those of the functions and classes used.
    slots
        The variables of local modules, with where they lie.
    stores
        Variables that the functions followed may bind.
    runs_changes, draws
        Whether these functions may change objects; whether a library's random state is used.
    """

    def __init__(self, reader: Reader, namespace: dict[str, object]) -> None:
        super().__init__(namespace)
        self.reader = reader
        self.reading = reader.reading
        self.reads: dict[str, Use] = {}
        self.slots: dict[str, tuple[dict[str, object], str]] = {}
        self.stores: set[str] = set()
        self.modules: set[str] = set()
        self.runs_changes = False
        self.draws = False
        self._classes: list[tuple[type, Use, str, bool]] = []
        self._callbacks: list[tuple[dict[str, object], Use, str]] = []
        self._holders: list[tuple[type, list[object], Use, str]] = []
        self._modules: list[tuple[types.ModuleType, Use]] = []
        self._done: dict[str, tuple[Level, bool, frozenset[str]]] = {}
        self._run: set[tuple[int, str]] = set()

    def release(self) -> None:
        """Let go of the objects, and of what they would run."""
        super().release()
        self._classes.clear()
        self._callbacks.clear()
        self._holders.clear()
        self._modules.clear()

    def follow(self) -> None:
        """Follow names to objects and functions to names until nothing new turns up."""
        grown = True
        while grown:
            grown = self._follow_imports()
            for name, use in list(self.reading.uses.items()):
                grown |= self._follow_name(name, use)
            names = len(self.reading.attributes), len(self.reading.strings)
            grown |= self._follow_members()
            self.reader.run_methods()
            grown |= names != (len(self.reading.attributes), len(self.reading.strings))

    # -- names -----------------------------------------------------------------------------

    def _follow_imports(self) -> bool:
        """Read the state of the user's own modules that are imported (again)."""
        before = len(self._run)
        self._follow_reloads()
        self._follow_libraries()
        for name in self.reading.imports:
            path, _, member = name.rpartition(".")
            for module, names in (
                (_own(name, self.namespace), None),
                (_own(path, self.namespace), {member}),
            ):
                if module is not None and (id(module), name) not in self._run:
                    self._run.add((id(module), name))
                    use = Use(Level.RUN, certain=True, after=frozenset())
                    if names is None:
                        self._modules.append((module, use))
                    else:
                        self._slot(module, member, use)
        return len(self._run) != before

    def _follow_libraries(self) -> None:
        """Take the libraries that are imported again for used."""
        for name in self.reading.imports:
            module = None if _own(name, self.namespace) else sys.modules.get(name)
            mark = (id(module), "import")
            if module is not None and mark not in self._run:
                self._run.add(mark)
                self._modules.append((module, Use(Level.RUN, certain=True, after=frozenset())))

    def _follow_reloads(self) -> None:
        """Take all variables of a module that is loaded again for ones it may bind."""
        for name in self.reading.reloads:
            module = local_module(name)
            if module is not None and (id(module), "reload") not in self._run:
                self._run.add((id(module), "reload"))
                self.reading.imports.add(name)
                for each in [each for each in vars(module) if not each.startswith("__")]:
                    self._slot(module, each, Use(Level.MENTION, certain=True, after=frozenset()))

    @property
    def libraries(self) -> set[str]:
        """The first names of the modules whose functions, classes or objects are used."""
        names = self.modules | self.reading.imports
        names |= {node.kind.__module__ for node in self.nodes.values()}
        return {name.partition(".")[0] for name in names}

    def imports_own(self) -> bool:
        """Tell whether a module of the user's is imported."""
        return any(_own(name, self.namespace) is not None for name in self.reading.imports)

    def reloaded(self) -> set[str]:
        """Return the user's own modules that ``%autoreload`` loads again before they are used."""
        if not self.reader.peek.reloads_modules():
            return set()
        modules = (value for value in self.roots.values() if is_local_module(value))
        spaces = (space for space, _ in self.slots.values())
        return {m.__name__ for m in modules if isinstance(m, types.ModuleType)} | {
            str(space["__name__"]) for space in spaces if "__name__" in space
        }

    def lookup(self, variable: str) -> object:
        """Return the present object of a variable, or MISSING."""
        if variable == PYPLOT:
            return current_figure()
        space, name = self.slots.get(variable, (self.namespace, variable))
        return space.get(name, Peek.MISSING)

    def _follow_name(self, name: str, use: Use) -> bool:
        mark = (use.level, use.certain, use.after)
        if self._done.get(name) == mark:
            return False
        self._done[name] = mark
        value = self.lookup(name)
        self.reads[name] = use
        if value is not Peek.MISSING:
            self.roots[name] = value
            self.visit(value, use, name)
        return True

    def use(self, name: str, use: Use) -> None:
        """Note that something followed uses a variable."""
        known = self.reading.uses.get(name)
        if known is None:
            self.reading.uses[name] = Use(use.level, use.certain, use.after)
        else:
            known.merge(use)

    # -- behaviour: what would run -----------------------------------------------------------

    def behaviour(self, value: object, use: Use, variable: str) -> None:
        """Follow the code that using an object may run."""
        if isinstance(value, types.FunctionType):
            if use.level >= Level.CALL:
                self._function(value, use)
        elif isinstance(value, types.CodeType):
            self._code(code_facts(value), self.namespace, use)
        elif isinstance(value, types.ModuleType):
            self._modules.append((value, use))
            self.modules.add(value.__name__)
        elif isinstance(value, type):
            self.modules.add(value.__module__)
            self._class(value, use, variable)
            self._class(type(value), fully(use), variable, made=True)
        elif isinstance(
            value, types.GeneratorType | types.CoroutineType | types.AsyncGeneratorType
        ):
            self._suspended(value, use)
        else:
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

    def _follow_registered(self) -> None:
        """Run what library objects hold, if the cell calls a method of theirs or sets something."""
        told = self.reading.called | self.reading.patches
        for cls, functions, use, variable in list(self._holders):
            if any(name in vars(base) for base in cls.__mro__ for name in told):
                for function in functions:
                    if (id(function), "registered") not in self._run:
                        self._run.add((id(function), "registered"))
                        running = fully(use)
                        self.visit(function, running, variable)

    def _function(self, function: types.FunctionType, use: Use) -> None:
        self._code(code_facts(function.__code__), function.__globals__, use)

    def _suspended(self, value: object, use: Use) -> None:
        for prefix in ("gi", "cr", "ag"):
            frame = getattr(value, f"{prefix}_frame", None)
            if frame is not None and use.level != Level.SHOWN:
                self._code(code_facts(frame.f_code), frame.f_globals, fully(use))

    def _code(self, facts: CodeFacts, space: dict[str, object], use: Use) -> None:
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
                self._slot(module, name, use)
        for name in facts.imports:
            imported = local_module(name)
            if imported is not None:
                self._modules.append((imported, use))

    def _global(
        self, name: str, space: dict[str, object], module: types.ModuleType | None, use: Use
    ) -> None:
        running = fully(use)
        if module is not None:
            if name in space:
                self._slot(module, name, running)
        elif name not in use.after:
            if name in space:
                self.use(name, running)
        elif name in self.reader.deferred:
            current, self.reader.sure = self.reader.sure, set(use.after)
            self.reader.run(self.reader.deferred[name], Level.RUN)
            self.reader.sure = current

    def _slot(self, module: types.ModuleType, name: str, use: Use) -> None:
        if module.__dict__ is self.namespace:
            if name not in use.after:
                self.use(name, use)
            return
        variable = f"{module.__name__}.{name}"
        self.slots[variable] = (module.__dict__, name)
        self.use(variable, use)

    # -- members that are known by name only -------------------------------------------------

    def _class(self, cls: type, use: Use, variable: str, *, made: bool = False) -> None:
        if is_user_class(cls, self.namespace):
            self._classes.append((cls, use, variable, made))
            self.visit(cls, Use(Level.MENTION, use.certain, use.after), variable)

    def _follow_members(self) -> bool:
        before = len(self._run)
        for cls, use, variable, made in list(self._classes):
            for base in cls.__mro__:
                if is_user_class(base, self.namespace):
                    self._methods(base, cls, use, variable, made=made)
        for own, use, variable in list(self._callbacks):
            for name in own.keys() & self.reading.attributes:
                if isinstance(own[name], _FUNCTIONS):
                    running = fully(use)
                    self.visit(own[name], running, variable)
        self._follow_registered()
        for module, use in list(self._modules):
            self._module(module, use)
        return len(self._run) != before

    def _methods(self, base: type, cls: type, use: Use, variable: str, *, made: bool) -> None:
        every = _has_library_base(cls, self.namespace)
        for name, member in list(vars(base).items()):
            if every or self.reader.names_method(name, use.level, made=made):
                mark = (id(member), name)
                asked = use.level == Level.RUN or not isinstance(member, property)
                if mark not in self._run and asked and type(member) not in ATOMS:
                    self._run.add(mark)
                    self.visit(member, fully(use), variable)
                    if made and calls_what_it_holds(member) and variable in self.roots:
                        self.visit(self.roots[variable], fully(use), variable)

    def _module(self, module: types.ModuleType, use: Use) -> None:
        name = vars(module).get("__name__")
        if name in ("matplotlib.pyplot", "pylab"):
            self._pyplot(use)
        elif name in RANDOM_MODULES and DRAWS & self.reading.attributes:
            self.draws = True
        elif name == "os" and {"getenv", "putenv"} & self.reading.attributes:
            self._slot(module, "environ", use)
        elif name == "logging" and LOGS & self.reading.attributes:
            self._loggers(use)
        if module.__dict__ is not self.namespace and not is_local_module(module):
            self._library(module, use)
            return
        names = self.reading.attributes | self.reading.patches | self.reading.strings
        for name in names & module.__dict__.keys() | (self.reading.patches):
            mark = (id(module), name)
            if mark not in self._run:
                self._run.add(mark)
                self._slot(module, name, fully(use))

    def _loggers(self, use: Use) -> None:
        """Visit the loggers that are asked for by name, which all lead to the root one."""
        known = logging.root.manager.loggerDict
        texts = {text for name in self.reading.uses for text in self.reader.peek.text(name)}
        found = [known.get(name) for name in self.reading.strings | texts]
        for logger in (logging.root, *found):
            if isinstance(logger, logging.Logger) and (id(logger), "logger") not in self._run:
                self._run.add((id(logger), "logger"))
                self.visit(logger, fully(use), "logging")

    def _library(self, module: types.ModuleType, use: Use) -> None:
        """Follow the containers of a library's module that are named: ``sys.path``."""
        for name in [name for name in self.reading.attributes if name in module.__dict__]:
            value, mark = module.__dict__[name], (id(module), name)
            if mark not in self._run and is_open_container(value):
                self._run.add(mark)
                self._slot(module, name, fully(use))

    def _pyplot(self, use: Use) -> None:
        drawn = self.reading.attributes - PLOT_STARTERS
        figure = current_figure()
        if figure is not None and drawn and (id(figure), "pyplot") not in self._run:
            self._run.add((id(figure), "pyplot"))
            self.visit(figure, use, PYPLOT)
            self.reads.setdefault(PYPLOT, use)

    # -- what may have been written ----------------------------------------------------------

    def trees(self) -> list[ast.AST]:
        """Return the trees of the cell's source and of the sources inside it."""
        inner = [node for node in self.reader.kept if isinstance(node, ast.Module)]
        return [*([self.reading.tree] if self.reading.tree else []), *inner]


def fully(use: Use) -> Use:
    """Return a use like another, but of what may do anything."""
    return Use(Level.RUN, use.certain, use.after)


def _own(name: str, namespace: dict[str, object]) -> types.ModuleType | None:
    module = sys.modules.get(name)
    if isinstance(module, types.ModuleType) and module.__dict__ is namespace:
        return module
    return local_module(name)


def _functions_in(held: object, depth: int) -> Iterator[object]:
    """Yield the functions in small containers."""
    if isinstance(held, _FUNCTIONS):
        yield held
    elif depth and type(held) in (list, tuple, set, dict) and len(held) <= _MANY:  # type: ignore[arg-type]
        for part in list(held.values() if isinstance(held, dict) else held):  # type: ignore[call-overload]
            if type(part) not in ATOMS:
                yield from _functions_in(part, depth - 1)


PYPLOT = "pyplot's current figure"


def _has_library_base(cls: type, namespace: dict[str, object]) -> bool:
    return any(
        base.__name__ not in _NO_BASES and not is_user_class(base, namespace)
        for base in cls.__mro__
    )
