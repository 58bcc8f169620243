"""What modules lead to: the user's own ones that are imported, and state that libraries keep."""

from __future__ import annotations

import logging
import sys
import types
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.behaviour import Behaviour, fully
from jupyter_lake.lineage.dataflow.figures import PYPLOT, current_figure
from jupyter_lake.lineage.dataflow.known import DRAWS, LOGS, PLOT_STARTERS, RANDOM_MODULES
from jupyter_lake.lineage.dataflow.ownership import is_local_module, local_module
from jupyter_lake.lineage.dataflow.reading import Level, Use
from jupyter_lake.lineage.dataflow.shapes import is_open_container

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.syntax import Reader

__all__ = ["Modules"]

_IMPORTED = Use(Level.RUN, certain=True, after=frozenset())
_LOADED_AGAIN = Use(Level.MENTION, certain=True, after=frozenset())


class Modules(Behaviour):
    """The part of the closure that knows modules.

    Attributes
    ----------
    reads
        The variables read, with how they are used; those of local modules as ``module.name``.
    draws
        Whether a library's random state is used.
    """

    def __init__(self, reader: Reader, namespace: dict[str, object]) -> None:
        super().__init__(reader, namespace)
        self.reads: dict[str, Use] = {}
        self.draws = False

    @property
    def libraries(self) -> set[str]:
        """The first names of the modules whose functions, classes or objects are used."""
        names = self.modules | self.reading.imports
        names |= {node.kind.__module__ for node in self.nodes.values()}
        return {name.partition(".")[0] for name in names}

    def imports_own(self) -> bool:
        """Tell whether a module of the user's is imported."""
        return any(self._own(name) is not None for name in self.reading.imports)

    def reloaded(self) -> set[str]:
        """Return the user's own modules that ``%autoreload`` loads again before they are used."""
        if not self.reader.peek.reloads_modules():
            return set()
        modules = (value for value in self.roots.values() if is_local_module(value))
        spaces = (space for space, _ in self.slots.values())
        return {m.__name__ for m in modules if isinstance(m, types.ModuleType)} | {
            str(space["__name__"]) for space in spaces if "__name__" in space
        }

    def _own(self, name: str) -> types.ModuleType | None:
        """Return the user's own module of a name, which may be the notebook."""
        module = sys.modules.get(name)
        if isinstance(module, types.ModuleType) and module.__dict__ is self.namespace:
            return module
        return local_module(name)

    # -- imports ---------------------------------------------------------------------------

    def follow_imports(self) -> None:
        """Read the state of modules that are imported (again)."""
        self._follow_reloads()
        for name in self.reading.imports:
            if self._own(name) is None:
                self._follow_import(sys.modules.get(name), "import")
        for name in self.reading.imports:
            self._follow_import(self._own(name), name)
            path, _, member = name.rpartition(".")
            module = self._own(path)
            if module is not None and self.is_new(module, name):
                self.use_slot(module, member, _IMPORTED)

    def _follow_import(self, module: types.ModuleType | None, name: str) -> None:
        if module is not None and self.is_new(module, name):
            self.used_modules.append((module, _IMPORTED))

    def _follow_reloads(self) -> None:
        """Take all variables of a module that is loaded again for ones it may bind."""
        for name in self.reading.reloads:
            module = local_module(name)
            if module is not None and self.is_new(module, "reload"):
                self.reading.imports.add(name)
                for each in [each for each in vars(module) if not each.startswith("__")]:
                    self.use_slot(module, each, _LOADED_AGAIN)

    # -- members ---------------------------------------------------------------------------

    def follow_modules(self) -> None:
        """Follow what is named of the modules used."""
        for module, use in list(self.used_modules):
            self._shared_state(module, use)
            if module.__dict__ is self.namespace or is_local_module(module):
                self._own_module(module, use)
            else:
                self._library(module, use)

    def _shared_state(self, module: types.ModuleType, use: Use) -> None:
        """Follow what functions of some libraries use without being handed it."""
        name, attributes = vars(module).get("__name__"), self.reading.attributes
        if name in ("matplotlib.pyplot", "pylab"):
            self._pyplot(use)
        elif name in RANDOM_MODULES and DRAWS & attributes:
            self.draws = True
        elif name == "os" and {"getenv", "putenv"} & attributes:
            self.use_slot(module, "environ", use)
        elif name == "logging" and LOGS & attributes:
            self._loggers(use)

    def _pyplot(self, use: Use) -> None:
        drawn = self.reading.attributes - PLOT_STARTERS
        figure = current_figure()
        if figure is not None and drawn and self.is_new(figure, "pyplot"):
            self.visit(figure, use, PYPLOT)
            self.reads.setdefault(PYPLOT, use)

    def _loggers(self, use: Use) -> None:
        """Visit the loggers that are asked for by name, which all lead to the root one."""
        known = logging.root.manager.loggerDict
        texts = {text for name in self.reading.uses for text in self.reader.peek.text(name)}
        found = [known.get(name) for name in self.reading.strings | texts]
        for logger in (logging.root, *found):
            if isinstance(logger, logging.Logger) and self.is_new(logger, "logger"):
                self.visit(logger, fully(use), "logging")

    def _own_module(self, module: types.ModuleType, use: Use) -> None:
        """Follow the variables that are named, and those that are set, if there or not."""
        reading = self.reading
        names = reading.attributes | reading.strings
        for name in names & module.__dict__.keys() | reading.patches:
            if self.is_new(module, name):
                self.use_slot(module, name, fully(use))

    def _library(self, module: types.ModuleType, use: Use) -> None:
        """Follow the containers of a library's module that are named: ``sys.path``."""
        for name in [name for name in self.reading.attributes if name in module.__dict__]:
            if is_open_container(module.__dict__[name]) and self.is_new(module, name):
                self.use_slot(module, name, fully(use))
