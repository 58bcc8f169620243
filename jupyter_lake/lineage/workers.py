"""What processes forked off a cell read: pools of workers, `os.fork`.

A worker has the recorder's memory but not its ear: it puts down each read in a file beside the
spool, and the recorder takes them in when the cell ends.
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
    """The forked workers of one session."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        # A process that was killed leaves its file, and in a container the next has its number.
        name = f"workers-{self._pid}-{os.urandom(6).hex()}.jsonl"
        self._path = Path(config.spool_dir()) / name
        self._offset = 0
        self.forked = False
        """Whether this process has ever forked: only then is there anything to take in."""

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
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, json.dumps(line).encode() + b"\n")
        finally:
            os.close(descriptor)

    def heard(self) -> Iterator[Told]:
        """Yield what workers have put down since the last time."""
        if not self.forked:
            return
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if line.endswith(b"\n"):
                    self._offset += len(line)
                    yield _event(json.loads(line))

    def forget(self) -> None:
        """Remove the file."""
        if self.forked and not self.here:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


def _event(line: dict[str, dict[str, object]] | list[str]) -> Told:
    if isinstance(line, list):
        return line
    ((kind, fields),) = line.items()
    facts = {key: tuple(each) if isinstance(each, list) else each for key, each in fields.items()}
    return access.Read(**facts) if kind == "Read" else access.Write(**facts)  # type: ignore[arg-type]
