"""Reads that go past the lake: local files, other buckets, URLs.

Python's own I/O is seen by an audit hook (PEP 578); what reads in C++ or Rust
(pyarrow, polars, and pandas through them) by a thin wrapper round its readers,
put on when the library is imported; other file systems at fsspec's `open`.
DuckDB has no such place that leaves its look-up of variables alone, so the
files that its statements name are taken from the cell itself (`named_files`).

What is no data is left out: imports, fonts, installed packages, caches,
settings, and the lake's own files.
"""

from __future__ import annotations

import contextlib
import functools
import os
import site
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from jupyter_lake import config

__all__ = ["Watch", "own_thread", "readable_name"]

Sink = Callable[[Iterable[str]], None]

_sinks: list[Sink] = []
_own_threads: set[int] = set()
_own_roots: set[str] = set()
_installed = False

_CODE = frozenset(
    (
        *(".py", ".pyc", ".pyi", ".pyx", ".so", ".pyd", ".dll", ".dylib", ".egg", ".whl", ".exe"),
        *(".ttf", ".otf", ".ttc", ".afm", ".pfb", ".woff", ".woff2", ".mplstyle", ".mo"),
        *(".pem", ".crt", ".cer", ".lock", ".pth", ".toml", ".cfg", ".ini", ".conf", ".log"),
        *(".ipynb", ".jinja", ".j2", ".js", ".css", ".html", ".svg"),
    )
)
_SYSTEM = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/", "/lib", "/run/", "/opt/", "/var/lib/")


class Watch:
    """Tells a sink what is read past the lake, until it is closed.

    Parameters
    ----------
    sink
        Called in the reading thread with the names of what is read.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        for folder in (config.spool_dir(), config.cache_dir()):
            own_root(str(folder.absolute()))
        _sinks.append(sink)
        _install()

    def close(self) -> None:
        """Stop telling; an audit hook can't be taken off, but it falls silent."""
        with contextlib.suppress(ValueError):
            _sinks.remove(self._sink)


def own_thread() -> None:
    """Leave what this thread reads out: it works for the lake."""
    _own_threads.add(threading.get_ident())


def is_own_thread() -> bool:
    """Tell whether this thread works for the lake."""
    return threading.get_ident() in _own_threads


def own_root(url: str) -> None:
    """Leave what lies under a lake's root out."""
    _own_roots.add(url.removeprefix("file://").rstrip("/"))
    _is_data_file.cache_clear()


def ours(name: str) -> bool:
    """Say whether a recorded name turns out to be the lake's own."""
    path = name if "://" in name else os.path.abspath(os.path.expanduser(name))
    return any(_lies_in(path, root) for root in _own_roots)


def _install() -> None:
    global _installed  # noqa: PLW0603  a hook is for the whole process
    if _installed:
        return
    _installed = True
    sys.addaudithook(_heard)
    from jupyter_lake.lineage.readers import wrap_readers

    wrap_readers(saw)


def saw(places: object) -> None:
    """Take in what a reader was asked to read: a path, a URL or many of them."""
    if not _sinks or is_own_thread():
        return
    names = [name for name in map(readable_name, _places_in(places)) if name]
    if names:
        for sink in tuple(_sinks):
            sink(names)


def _heard(event: str, args: tuple[object, ...]) -> None:
    if event == "open":
        if _sinks and _reads(args) and not _is_folder(args):
            _quietly(args[0])
    elif event == "urllib.Request" and _sinks:
        _quietly(args[0])
    elif event == "sqlite3.connect" and _sinks:
        _quietly(_database(args[0]))


def _database(place: object) -> object:
    """Return the file of a SQLite database that may be named by a URI."""
    if isinstance(place, str) and place.startswith("file:"):
        return place.removeprefix("file:").removeprefix("//").partition("?")[0]
    return place


def _is_folder(args: tuple[object, ...]) -> bool:
    """Whether a folder is opened, as an fsync of it does: that reads no data."""
    place, mode = args[0], args[1]
    return mode is None and isinstance(place, str | bytes | os.PathLike) and os.path.isdir(place)


def _quietly(place: object) -> None:
    """Take a place in, with no exception that the user's `open` would raise."""
    with contextlib.suppress(Exception):
        saw(place)


def _reads(args: tuple[object, ...]) -> bool:
    mode = args[1]
    if isinstance(mode, str):
        return "r" in mode or ("+" in mode and "w" not in mode and "x" not in mode)
    flags = args[2]
    return isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT) == 0


def _places_in(value: object) -> Iterator[str]:
    if isinstance(value, bytes):
        yield os.fsdecode(value)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, os.PathLike):
        yield os.fsdecode(value)
    elif isinstance(value, list | tuple):
        for each in value[:1000]:
            yield from _places_in(each)


def readable_name(place: str) -> str | None:
    """Return how a place is recorded, or None if it is no data.

    URLs lose their credentials and their query; files below the working folder
    are named from there, those of the user's home with ``~``.
    """
    if "://" in place:
        return _url_name(place)
    path = os.path.abspath(place)
    if not _is_data_file(path) or not _is_there(path):
        return None
    for root, short in ((os.getcwd(), ""), (os.path.expanduser("~"), "~/")):
        if path.startswith(root + os.sep):
            return short + path[len(root) + 1 :]
    return path


def _url_name(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme in ("lake", "memory", "data"):
        return None
    if parts.scheme in ("file", "local"):
        return readable_name(parts.path)
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return None if any(_lies_in(plain, root) for root in _own_roots) else plain


@functools.lru_cache(maxsize=4096)
def _is_data_file(path: str) -> bool:
    name = os.path.basename(path)
    if os.path.splitext(name)[1].lower() in _CODE:
        return False
    if any(part.startswith(".") or part in _NO_DATA for part in path.split(os.sep)):
        return False
    if any(_lies_in(path, root) for root in (*_places_of_code(), *_own_roots)):
        return False
    return not path.startswith(_SYSTEM)


def _is_there(path: str) -> bool:
    return any(char in path for char in "*?[") or os.path.exists(path)


_NO_DATA = frozenset(("site-packages", "dist-packages", "__pycache__", "node_modules", "fonts"))


def _lies_in(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


@functools.cache
def _places_of_code() -> tuple[str, ...]:
    from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir

    folders = {
        sysconfig.get_path("stdlib"),
        site.getuserbase(),
        jupyter_data_dir(),
        jupyter_runtime_dir(),
        str(Path(tempfile.gettempdir()) / f"ipykernel_{os.getpid()}"),
    }
    if sys.prefix not in ("/", "/usr"):
        folders.add(sys.prefix)
    return tuple(folder for folder in folders if folder)
