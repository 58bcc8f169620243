"""Settings that hold for the whole process, looked at after each cell: who changed which.

Each setting is an outside name (see ``outside``); whoever uses what it governs reads it.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_lake.lineage.dataflow.known import wordset

if TYPE_CHECKING:
    from jupyter_lake.lineage.dataflow.closure import Closure
    from jupyter_lake.lineage.dataflow.model import Certainty

__all__ = [
    "FOLDER",
    "HOOKS",
    "IMPORT_PATH",
    "Settings",
    "hooks",
    "settings_read",
    "settings_written",
]

FOLDER = "the working folder"
HOOKS = "what IPython runs with every cell"
IMPORT_PATH = "the path of imports"
_GOVERNS = {"matplotlib": wordset("matplotlib seaborn pandas xarray networkx plotnine")}
_PLOTS = wordset("plot hist boxplot draw draw_networkx plot_surface")
_VOLATILE = wordset("backend backend_fallback interactive toolbar figure.hooks")


def _matplotlib(module: Any) -> object:
    params = {key: dict.__getitem__(module.rcParams, key) for key in dict.keys(module.rcParams)}
    return {key: value for key, value in params.items() if key not in _VOLATILE}


def _pandas(module: Any) -> object:
    return _flat(module._config.config._global_config)


def _flat(tree: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(_flat(value) if isinstance(value, dict) else id(value) for value in tree.values())


def _numpy(module: Any) -> object:
    return module.geterr(), tuple(map(id, module.get_printoptions().values()))


def _decimal(module: Any) -> object:
    context = module.getcontext()
    return context.prec, context.rounding, context.Emin, context.Emax


def _warnings(module: Any) -> object:
    return list(module.filters)


_LIBRARIES: dict[str, Callable[[Any], object]] = {
    "matplotlib": _matplotlib,
    "pandas": _pandas,
    "numpy": _numpy,
    "decimal": _decimal,
    "warnings": _warnings,
}


class Settings:
    """The settings as they were when they were last looked at.

    Parameters
    ----------
    shell
        Gives IPython's shell, or None.
    """

    def __init__(self, shell: Callable[[], Any]) -> None:
        self._shell = shell
        self._known = self._look()
        self._environment = _environment()

    def changed(self) -> set[str]:
        """Look again, and return the names of what has changed since the last look."""
        before, self._known = self._known, self._look()
        changed = {
            name for name, state in self._known.items() if name in before and before[name] != state
        }
        environment = _environment()
        if environment != self._environment:
            pairs = environment.items() ^ self._environment.items()
            changed.update(f"environment {os.fsdecode(name)}" for name, _ in pairs)
            self._environment = environment
        return changed

    def _look(self) -> dict[str, object]:
        found: dict[str, object] = {IMPORT_PATH: tuple(sys.path)}
        found[HOOKS] = tuple(map(id, hooks(self._shell())))
        try:
            found[FOLDER] = os.getcwd()
        except OSError:
            found[FOLDER] = None
        for name, look in _LIBRARIES.items():
            module = sys.modules.get(name)
            if module is not None:
                try:
                    found[f"settings of {name}"] = look(module)
                except Exception:  # noqa: BLE001  a library half imported, or of another version
                    continue
        return found


def _environment() -> dict[Any, object]:
    raw: dict[Any, object] | None = getattr(os.environ, "_data", None)
    return dict(os.environ) if raw is None else raw.copy()


def hooks(shell: Any) -> list[object]:
    """Return the user's functions and transformers that IPython runs with every cell."""
    if shell is None:
        return []
    registered = [
        *(function for functions in shell.events.callbacks.values() for function in functions),
        *shell.input_transformers_post,
        *shell.input_transformers_cleanup,
        *shell.ast_transformers,
    ]
    return [each for each in registered if _is_own(each, shell.user_ns)]


def _is_own(value: object, space: Mapping[str, object]) -> bool:
    if isinstance(value, types.FunctionType):
        return value.__globals__ is space
    return type(value).__module__ == space.get("__name__")


def settings_read(closure: Closure, known: set[str], *, relative: bool) -> dict[str, Certainty]:
    """Return those of the known settings that a cell reads.

    Parameters
    ----------
    closure
        What the cell uses.
    known
        The settings that some cell has changed.
    relative
        Whether the cell has opened files by relative paths.
    """
    found: dict[str, Certainty] = {}
    reading = closure.reading
    for name in known:
        if name == FOLDER and (relative or reading.runs_shell):
            found[name] = "observed"
        elif name == HOOKS:
            found[name] = "possible"
        elif name == IMPORT_PATH and closure.imports_own():
            found[name] = "observed"
        elif name.startswith("environment "):
            certainty = _environment_read(name.removeprefix("environment "), closure)
            if certainty is not None:
                found[name] = certainty
        elif name.startswith("settings of "):
            library = name.removeprefix("settings of ")
            if closure.libraries & _GOVERNS.get(library, {library}) and _plots(closure, library):
                found[name] = "possible"
    return found


def settings_written(closure: Closure, changed: set[str]) -> set[str]:
    """Return those of the changed settings that a cell has set itself, not a library on import."""
    return {name for name in changed if _is_set(name, closure)}


def _is_set(name: str, closure: Closure) -> bool:
    reading = closure.reading
    if name.startswith("environment "):
        if "environ" in reading.attributes or "putenv" in reading.attributes:
            return True
        return _environment_read(name.removeprefix("environment "), closure) is not None
    return name != "settings of warnings" or "warnings" in closure.libraries


def _plots(closure: Closure, library: str) -> bool:
    """Tell whether a cell that uses pandas and the like, but not matplotlib itself, draws."""
    if library != "matplotlib" or closure.libraries & {"matplotlib", "seaborn", "plotnine"}:
        return True
    return bool(closure.reading.attributes & _PLOTS)


def _environment_read(name: str, closure: Closure) -> Certainty | None:
    reading = closure.reading
    if name in reading.strings or name in reading.shell_words:
        return "observed"
    owned = name.split("_", 1)[0].lower() in closure.libraries
    return "possible" if reading.runs_shell or owned else None
