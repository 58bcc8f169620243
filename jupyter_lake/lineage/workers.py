"""What processes started from a cell read: pools of workers, forks, commands.

They put down each read in a file beside the spool, and the recorder takes them in when the cell
ends. A forked worker has the recorder's memory, and does so by itself; any other finds the file's
name in its environment.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from jupyter_lake import access, config

__all__ = ["Workers"]

Told = access.Read | access.Write | list[str]


class Workers:
    """The workers of one session."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        # A process that was killed leaves its file, and in a container the next has its number.
        name = f"workers-{self._pid}-{os.urandom(6).hex()}.jsonl"
        self._path = Path(config.spool_dir()) / name
        self._offset = 0

    def invite(self) -> None:
        """Let processes that are started from now on know where to put down their reads."""
        os.environ[access.EVENTS_VARIABLE] = str(self._path)

    @property
    def here(self) -> bool:
        """Whether this process is a worker."""
        return os.getpid() != self._pid

    def tell(self, event: access.Read | access.Write | Iterable[str]) -> None:
        """Put down what a worker read or wrote."""
        if isinstance(event, access.Read | access.Write):
            line: object = {type(event).__name__: asdict(event)}
        else:
            line = list(event)
        access.append_line(self._path, line)

    def heard(self) -> Iterator[Told]:
        """Yield what workers have put down since the last time."""
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if line.endswith(b"\n"):
                    self._offset += len(line)
                    yield _event(json.loads(line))

    def forget(self) -> None:
        """Take the invitation back, and remove the file."""
        if self.here:
            return
        if os.environ.get(access.EVENTS_VARIABLE) == str(self._path):
            del os.environ[access.EVENTS_VARIABLE]
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _event(line: dict[str, dict[str, object]] | list[str]) -> Told:
    if isinstance(line, list):
        return line
    ((kind, fields),) = line.items()
    facts = {key: tuple(each) if isinstance(each, list) else each for key, each in fields.items()}
    return access.Read(**facts) if kind == "Read" else access.Write(**facts)  # type: ignore[arg-type]
