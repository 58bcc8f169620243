"""Thin wrappers round the readers of libraries that read outside Python's own I/O.

A wrapped reader notes the path and calls the original. It takes the original's
place where it is defined as well, so that it pickles by name as before.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["wrap_readers"]

Saw = Callable[[object], None]

READERS: dict[str, tuple[str, ...]] = {
    "pyarrow": ("input_stream", "memory_map"),
    "pyarrow.parquet": ("read_table", "read_metadata", "read_schema", "ParquetFile.__init__"),
    "pyarrow.dataset": ("dataset", "parquet_dataset"),
    "pyarrow.csv": ("read_csv", "open_csv"),
    "pyarrow.json": ("read_json",),
    "pyarrow.feather": ("read_table", "read_feather"),
    "pyarrow.orc": ("read_table",),
    "polars": (
        "read_avro",
        "read_csv",
        "read_csv_batched",
        "read_delta",
        "read_excel",
        "read_ipc",
        "read_ipc_stream",
        "read_json",
        "read_ndjson",
        "read_ods",
        "read_parquet",
        "scan_csv",
        "scan_delta",
        "scan_ipc",
        "scan_ndjson",
        "scan_parquet",
    ),
    "fsspec.spec": ("AbstractFileSystem.open",),
    "requests.sessions": ("Session.send",),
    "httpx": ("Client.send", "AsyncClient.send"),
}

_PATHS = ("source", "path", "where", "input_file", "paths", "metadata_path")


def wrap_readers(saw: Saw) -> None:
    """Wrap the readers of what is imported, now or later."""
    for name in READERS:
        if name in sys.modules:
            _wrap(sys.modules[name], saw)
    sys.meta_path.insert(0, _Finder(saw))


def _wrap(module: ModuleType, saw: Saw) -> None:
    for name in READERS[module.__name__]:
        owner, _, attribute = name.rpartition(".")
        holder = getattr(module, owner, None) if owner else module
        original = getattr(holder, attribute, None)
        if holder is None or original is None or hasattr(original, "_jupyter_lake"):
            continue
        wrapper = _method(original, saw) if owner else _function(original, saw)
        wrapper._jupyter_lake = True  # type: ignore[attr-defined]
        setattr(holder, attribute, wrapper)
        home = sys.modules.get(getattr(original, "__module__", None) or "")
        if not owner and home is not None and getattr(home, attribute, None) is original:
            setattr(home, attribute, wrapper)


def _function(original: Callable[..., object], saw: Saw) -> Callable[..., object]:
    @functools.wraps(original)
    def reader(*args: object, **kwargs: object) -> object:
        _note(saw, _path_of(args, kwargs))
        return original(*args, **kwargs)

    return reader


def _method(original: Callable[..., object], saw: Saw) -> Callable[..., object]:
    if original.__qualname__ == "AbstractFileSystem.open":
        return _opener(original, saw)

    @functools.wraps(original)
    def reader(self: object, *args: object, **kwargs: object) -> object:
        _note(saw, _path_of(args, kwargs))
        return original(self, *args, **kwargs)

    return reader


def _opener(original: Callable[..., object], saw: Saw) -> Callable[..., object]:
    @functools.wraps(original)
    def opener(
        self: object, path: str, mode: str = "rb", *args: object, **kwargs: object
    ) -> object:
        if "r" in mode:
            _note(saw, (self, path))
        return original(self, path, mode, *args, **kwargs)

    return opener


def _note(saw: Saw, place: object) -> None:
    try:
        if isinstance(place, tuple) and len(place) == 2 and hasattr(place[0], "unstrip_protocol"):
            place = place[0].unstrip_protocol(place[1])
        elif getattr(place, "method", None) == "GET":
            place = str(getattr(place, "url", ""))
        saw(place)
    except Exception:  # noqa: BLE001  reading goes on, whatever we make of it
        return


def _path_of(args: tuple[object, ...], kwargs: dict[str, object]) -> object:
    if args:
        return args[0]
    return next((kwargs[name] for name in _PATHS if name in kwargs), None)


class _Finder(MetaPathFinder):
    """Lets the others find a module, and wraps its readers once it is loaded."""

    def __init__(self, saw: Saw) -> None:
        self._saw = saw
        self._looking: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname not in READERS or fullname in self._looking:
            return None
        self._looking.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._saw)
        return spec


class _Loader(Loader):
    def __init__(self, loader: Loader, saw: Saw) -> None:
        self._loader = loader
        self._saw = saw

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _wrap(module, self._saw)
