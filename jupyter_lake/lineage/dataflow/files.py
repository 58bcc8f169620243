"""Files as they are really written and read, as far as this can be seen.

Python's own I/O tells by audit events (PEP 578). What libraries and commands write by themselves is
seen by what has changed on disk under the names that a cell spells.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from jupyter_lake.lineage import untracked

__all__ = ["Signature", "Traffic"]

_MOST_FILES = 10_000
_MOST_NAMES = 48
"""So many names are looked up on disk for one cell."""
_SPLIT = re.compile(r"[\s'\"=<>|;&(),:`]+")
_PATH = re.compile(r"(?=.*[./])[^*?\0]*[^.*?\0/][^*?\0]*")
_NO_DATA = re.compile(
    r"^/(dev|proc|sys)/|/__pycache__/|/(site|dist)-packages/|/ipykernel_\d+/|/\.(cache|ipython|config)/"
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

Signature = tuple[int, int, int] | None


@dataclass(slots=True)
class Traffic:
    """What happened to files while one cell ran; paths are absolute.

    Attributes
    ----------
    read, written
        Files opened for reading, before the cell had written them itself; files written.
    folders
        Folders whose files were listed.
    relative
        Whether some path was taken from the working folder.
    made
        Files that were not there before; those that are gone at the end were passing.
    """

    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    relative: bool = False
    signatures: dict[str, Signature] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def begin(self, texts: Iterable[str], places: Iterable[str]) -> None:
        """Watch from now on, and note how the files stand that some texts name, and some places."""
        paths = dict.fromkeys(place for place in places if 0 < len(place) < 300)
        paths.update(dict.fromkeys(path for text in texts for path in _paths(text)))
        for path in list(paths)[:_MOST_NAMES]:
            self.signatures[os.path.abspath(path)] = _signature(path)
        _install()
        _running.append(self)

    def end(self) -> None:
        """Stop watching, and see which files have changed."""
        with contextlib.suppress(ValueError):
            _running.remove(self)
        self.written -= {path for path in self.made if not os.path.lexists(path)}
        changed = [path for path, known in self.signatures.items() if _signature(path) != known]
        self.written.update(path for path in changed if not _ignored(path))

    def unchanged(self, name: str) -> bool:
        """Tell whether a file, by the last part of its path, surely stayed as it was."""
        known = [path for path, was in self.signatures.items() if was and _last(path) == name]
        return bool(known) and not any(path in self.written for path in known)

    # -- what the audit events tell ------------------------------------------------------------

    def opened(self, path: str, *, reads: bool, writes: bool) -> None:
        """Note that a file was opened."""
        full = self._full(path)
        if full is None:
            return
        if reads and full not in self.written:
            self.read.add(full)
        if writes:
            if full not in self.written and not os.path.lexists(full):
                self.made.add(full)
            self.written.add(full)

    def moved(self, source: str, target: str) -> None:
        """Note that a file has another name now."""
        self.opened(source, reads=True, writes=False)
        self.opened(target, reads=False, writes=True)

    def listed(self, path: str) -> None:
        """Note that the files of a folder were looked for."""
        full = self._full(path)
        if full is not None:
            self.folders.add(full)

    def _full(self, path: str) -> str | None:
        full = os.path.abspath(path)
        if len(self.read) + len(self.written) > _MOST_FILES or _ignored(full):
            return None
        self.relative |= not os.path.isabs(path)
        return full


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _paths(text: str) -> list[str]:
    if len(text) > _MOST_FILES:
        return []
    found = [text] if len(text) < 300 and "\n" not in text and _PATH.fullmatch(text) else []
    return found + [part for part in _SPLIT.split(text)[:_MOST_NAMES] if _PATH.fullmatch(part)]


def _signature(path: str) -> Signature:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _ignored(path: str) -> bool:
    return _NO_DATA.search(path) is not None or untracked.ours(path)


# -- the audit hook: one for the whole process -----------------------------------------------------

_running: list[Traffic] = []
_installed = False


def _install() -> None:
    global _installed  # noqa: PLW0603  a hook is for the whole process
    if not _installed:
        _installed = True
        sys.addaudithook(_heard)


def _heard(event: str, args: tuple[object, ...]) -> None:
    if _running and event in _HANDLERS:
        with contextlib.suppress(Exception):  # the user's call would raise it
            if not untracked.is_own_thread():
                _HANDLERS[event](args)


def _text(path: object) -> str | None:
    if isinstance(path, str | bytes | os.PathLike):
        return os.fsdecode(path)
    return None


def _open(args: tuple[object, ...]) -> None:
    path, mode, flags = _text(args[0]), args[1], args[2]
    if path is None:
        return
    if isinstance(mode, str):
        writes = not {"w", "a", "x", "+"}.isdisjoint(mode)
        reads = "w" not in mode and "x" not in mode
    else:
        writes = isinstance(flags, int) and bool(flags & _WRITES)
        reads = isinstance(flags, int) and not flags & (os.O_TRUNC | os.O_EXCL)
    for traffic in _running:
        traffic.opened(path, reads=reads, writes=writes)


def _rename(args: tuple[object, ...]) -> None:
    source, target = _text(args[0]), _text(args[1])
    if source is not None and target is not None:
        for traffic in _running:
            traffic.moved(source, target)


def _list(args: tuple[object, ...]) -> None:
    path = _text(args[0] if args[0] is not None else ".")
    if path is not None and not _imports(sys._getframe(2)):
        for traffic in _running:
            traffic.listed(path)


def _imports(frame: types.FrameType) -> bool:
    """Tell the import system, which lists the folders that it looks through."""
    return frame.f_code.co_filename.startswith("<frozen importlib")


_HANDLERS: dict[str, Callable[[tuple[object, ...]], None]] = {
    "open": _open,
    "os.rename": _rename,
    "os.link": _rename,
    "os.listdir": _list,
    "os.scandir": _list,
}
