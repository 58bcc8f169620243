"""What passes through the lake, told to whoever listens.

The store and the query path `emit` each read and write; lineage subscribes.
So neither knows of lineage, and a lake without a notebook pays nothing. Where
nobody listens because another process does, that started this one, the events
are put down in a file for it.
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

__all__ = [
    "EVENTS_VARIABLE",
    "Read",
    "Write",
    "append_line",
    "current_provenance",
    "emit",
    "quiet",
    "set_provenance_provider",
    "subscribe",
]


EVENTS_VARIABLE = "JUPYTER_LAKE_EVENTS"
"""The environment variable that names the file for events of the processes started from here."""


@dataclass(frozen=True, slots=True)
class Read:
    """One path of one commit was read; `columns` is None when all, or unknown."""

    lake_url: str
    repo: str
    commit: str
    path: str
    columns: tuple[str, ...] | None
    via: str


@dataclass(frozen=True, slots=True)
class Write:
    """One commit was made on a branch, changing `paths`."""

    lake_url: str
    repo: str
    branch: str
    commit: str
    paths: tuple[str, ...]
    via: str


Event = Read | Write
Listener = Callable[[Event], None]
Provider = Callable[[], dict[str, object] | None]

_listeners: list[Listener] = []
_provider: Provider | None = None
_quiet: contextvars.ContextVar[bool] = contextvars.ContextVar("jupyter_lake_quiet", default=False)


def subscribe(listener: Listener) -> Callable[[], None]:
    """Call `listener` with each event from now on; return what ends that."""
    _listeners.append(listener)

    def unsubscribe() -> None:
        with contextlib.suppress(ValueError):
            _listeners.remove(listener)

    return unsubscribe


def emit(event: Event) -> None:
    """Tell the listeners, here or in the process that started this one, unless inside `quiet`."""
    if _quiet.get():
        return
    for listener in tuple(_listeners):
        listener(event)
    if not _listeners and (path := os.environ.get(EVENTS_VARIABLE)):
        with contextlib.suppress(OSError):
            append_line(path, {type(event).__name__: asdict(event)})


def append_line(path: str | os.PathLike[str], value: object) -> None:
    """Append a line of JSON to a file that other processes append to as well."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, json.dumps(value).encode() + b"\n")
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Look without being seen: what happens inside is no read of the user's."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def set_provenance_provider(provider: Provider | None) -> None:
    """Say who knows where the data of a new commit comes from; None for nobody."""
    global _provider  # noqa: PLW0603  one notebook, one recorder
    _provider = provider


def current_provenance() -> dict[str, object] | None:
    """Return the provenance of a commit made now, or None outside a recorded cell."""
    return _provider() if _provider else None
