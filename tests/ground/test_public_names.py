"""What a module exports is there, sorted and documented."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import jupyter_lake

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(jupyter_lake.__path__, "jupyter_lake.")
    if ".labextension" not in module.name and not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["jupyter_lake", *MODULES])
def test_each_module_says_what_it_is_for(name: str) -> None:
    assert (importlib.import_module(name).__doc__ or "").strip(), f"{name} has no docstring"


@pytest.mark.parametrize("name", ["jupyter_lake", *MODULES])
def test_what_is_exported_is_there_and_named_once(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", ())  # the linter keeps it sorted
    assert hasattr(module, "__all__") or not hasattr(module, "__path__"), f"{name} has no __all__"
    assert len(set(exported)) == len(exported)
    for export in exported:
        assert hasattr(module, export), f"{name}.__all__ names {export}, which is not there"


@pytest.mark.parametrize("name", ["jupyter_lake", *MODULES])
def test_public_names_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    undocumented = [
        where
        for export in getattr(module, "__all__", ())
        for where, thing in _documentable(export, getattr(module, export), name)
        if not (inspect.getdoc(thing) or "").strip()
    ]
    assert undocumented == []


def _documentable(export: str, thing: object, module: str) -> list[tuple[str, object]]:
    """Return the export and, for a class of that module, its public methods."""
    if not (inspect.isclass(thing) or inspect.isfunction(thing)) or thing.__module__ != module:
        return []
    found: list[tuple[str, object]] = [(export, thing)]
    if inspect.isclass(thing):
        found += [
            (f"{export}.{name}", member)
            for name, member in vars(thing).items()
            if (
                not name.startswith("_")
                and isinstance(member, property | classmethod | staticmethod)
            )
            or (inspect.isfunction(member) and not name.startswith("_"))
        ]
    return found
