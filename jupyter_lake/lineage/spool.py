"""Where runs wait for the lake: one file a process, lines of JSON, on the local disk.

A line is in the operating system's hands when `append` returns, so it outlives
a killed process; the uploader's thread calls `sync`, so that a moment later it
outlives a power cut too. The writer holds a lock on its file as long as it
lives: who can take the lock knows that the writer is dead, and drains the file.

The file only grows, until all it holds has reached the lake; then it is
emptied. What reached the lake is said by lines of its own, so a death at any
instant costs at most a second upload, and readers count each run once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake import config
from jupyter_lake.lineage.file_locks import lock_file
from jupyter_lake.lineage.runs import Run

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Spool", "left_behind", "waiting"]

KEPT_BYTES = 256 * 2**20
"""How much one process may leave on the disk for a lake that takes nothing."""


class Spool:
    """The runs of one process on their way to one lake."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle
        self._lock = threading.Lock()

    @classmethod
    def new(cls, lake_url: str) -> Self:
        """Make this process's file for a lake, and lock it.

        Raises
        ------
        OSError
            If the disk is full or takes no files.
        """
        folder = folder_of(lake_url)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{os.getpid()}-{os.urandom(6).hex()}.jsonl"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        lock_file(handle)
        return cls(path, handle)

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """Take over the file of a dead process; None while its writer lives."""
        try:
            handle = os.open(path, os.O_RDWR | os.O_APPEND)
        except OSError:
            return None
        if not lock_file(handle):
            os.close(handle)
            return None
        with contextlib.suppress(OSError):
            os.write(handle, b"\n")  # its writer may have died in the middle of a line
        return cls(path, handle)

    def append(self, run: Run) -> None:
        """Write one record down.

        Raises
        ------
        OSError
            If it can't be: the disk is full, say. No half line stays behind.
        """
        self._append(run.to_dict())

    def mark_uploaded(self, runs: Iterable[Run]) -> None:
        """Note that the lake holds these records; forget all once it holds everything."""
        with contextlib.suppress(OSError):
            self._append({"uploaded": {run.run_id: run.revision for run in runs}})
        with self._lock:
            if not _waiting_in(self.path):
                self._cut(0)

    def sync(self) -> None:
        """Have the disk itself hold what was appended."""
        with contextlib.suppress(OSError):
            os.fsync(self._handle)

    def runs(self) -> list[Run]:
        """Return what waits: each run once, as last recorded."""
        return _waiting_in(self.path)

    def close(self) -> None:
        """Let the file go; it is removed if nothing waits in it."""
        with self._lock:
            with contextlib.suppress(OSError):
                if not _waiting_in(self.path):
                    self.path.unlink()
            self._let_go()

    def abandon(self) -> None:
        """Let the file go without a trace, in a process that was forked off from its writer."""
        self._let_go()  # or the lock would outlive the writer

    def _let_go(self) -> None:
        # Once: by then the number may be another file's.
        handle, self._handle = self._handle, -1
        if handle >= 0:
            with contextlib.suppress(OSError):
                os.close(handle)

    def _append(self, record: dict[str, object]) -> None:
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            size = os.fstat(self._handle).st_size
            if size + len(line) > KEPT_BYTES:
                raise OSError(f"{self.path} holds as much as it may")
            try:
                complete = os.write(self._handle, line) == len(line)
            except OSError:
                self._cut(size)
                raise
            if not complete:
                self._cut(size)
                raise OSError("no room for a whole line")

    def _cut(self, size: int) -> None:
        with contextlib.suppress(OSError):
            os.ftruncate(self._handle, size)


def waiting(lake_url: str) -> list[Run]:
    """Return the runs of all processes of this machine that have not reached the lake."""
    return [run for path in _files(lake_url) for run in _waiting_in(path)]


def left_behind(lake_url: str) -> Iterator[Spool]:
    """Yield the files whose writers are dead, each locked for the caller."""
    for path in _files(lake_url):
        if spool := Spool.adopt(path):
            yield spool


def died(run: Run) -> Run:
    """Return what is to be said of a run whose process is dead."""
    return (
        replace(run, status="died", revision=run.revision + 1) if run.status == "running" else run
    )


def folder_of(lake_url: str) -> Path:
    """Return where runs wait for a lake."""
    return config.spool_dir() / hashlib.sha256(lake_url.encode()).hexdigest()[:16]


def _files(lake_url: str) -> list[Path]:
    try:
        return sorted(folder_of(lake_url).glob("*.jsonl"))
    except OSError:
        return []


def _waiting_in(path: Path) -> list[Run]:
    runs: dict[str, Run] = {}
    for record in _records(path):
        uploaded = record.get("uploaded")
        if isinstance(uploaded, dict):
            for run_id, revision in uploaded.items():
                if run_id in runs and runs[run_id].revision <= revision:
                    del runs[run_id]
        else:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                run = Run.from_dict(record)
                runs[run.run_id] = run
    return list(runs.values())


def _records(path: Path) -> Iterator[dict[str, object]]:
    """Yield the whole lines of a file that somebody may be writing."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        with contextlib.suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict):
                yield record
