"""A run: one execution of one cell, and what is known of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

__all__ = ["Input", "Run", "RunRead", "RunWrite", "Upstream", "new_run_id"]


@dataclass(frozen=True, slots=True)
class Input:
    """One path of one commit that something was made from."""

    repo: str
    commit: str
    path: str

    def to_dict(self) -> dict[str, str]:
        """Return the input as a commit's provenance keeps it."""
        return {"repo": self.repo, "commit": self.commit, "path": self.path}


@dataclass(frozen=True, slots=True)
class RunRead:
    """A read through the lake; `columns` is None when all, or unknown."""

    repo: str
    commit: str
    path: str
    columns: tuple[str, ...] | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class RunWrite:
    """A path that a commit made by the run changed."""

    repo: str
    commit: str
    path: str
    branch: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Upstream:
    """An earlier run of the same session, and the variables that carried its data.

    `certainty` is ``observed`` or ``possible``.
    """

    run_id: str
    variables: tuple[str, ...] = ()
    certainty: str = "observed"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one cell.

    `started` is aware, in UTC. `status` is ``ok``, ``error``, ``interrupted``,
    ``running``, or ``died`` for a cell whose kernel went down with it.
    `source` is None where sources are not recorded. `untracked` names what the
    cell read past the lake: files, other buckets, URLs. Of two records of one
    run the one with the higher `revision` holds.
    """

    run_id: str
    notebook: str
    cell_id: str | None
    execution_count: int | None
    source: str | None
    user: str
    started: datetime
    seconds: float = 0.0
    status: str = "running"
    reads: tuple[RunRead, ...] = ()
    writes: tuple[RunWrite, ...] = ()
    upstream: tuple[Upstream, ...] = ()
    untracked: tuple[str, ...] = ()
    session: str = ""
    host: str = ""
    revision: int = 0

    @property
    def first_line(self) -> str:
        """The first line of the source that says something, or an empty text."""
        lines = (line.strip() for line in (self.source or "").splitlines())
        return next((line for line in lines if line and not line.startswith("#")), "")

    @property
    def cell(self) -> str:
        """The cell as a person names it: its notebook's file name and execution count."""
        name = self.notebook.replace("\\", "/").rsplit("/", 1)[-1] or "a cell"
        return name if self.execution_count is None else f"{name} [{self.execution_count}]"

    def to_dict(self) -> dict[str, object]:
        """Return the run as JSON keeps it; `from_dict` reads it back."""
        return {
            "run_id": self.run_id,
            "notebook": self.notebook,
            "cell_id": self.cell_id,
            "execution_count": self.execution_count,
            "source": self.source,
            "user": self.user,
            "started": self.started.isoformat(),
            "seconds": self.seconds,
            "status": self.status,
            "reads": [
                {
                    "repo": read.repo,
                    "commit_id": read.commit,
                    "path": read.path,
                    "columns": None if read.columns is None else list(read.columns),
                    "via": read.via,
                }
                for read in self.reads
            ],
            "writes": [
                {
                    "repo": write.repo,
                    "commit_id": write.commit,
                    "path": write.path,
                    "branch": write.branch,
                    "via": write.via,
                }
                for write in self.writes
            ],
            "edges": [
                {
                    "upstream_run_id": edge.run_id,
                    "variables": list(edge.variables),
                    "certainty": edge.certainty,
                }
                for edge in self.upstream
            ],
            "untracked": list(self.untracked),
            "session": self.session,
            "host": self.host,
            "revision": self.revision,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> Run:
        """Read what `to_dict` wrote, or one row of a pack."""
        fields = dict(record)
        reads = _rows(fields.pop("reads", None))
        writes = _rows(fields.pop("writes", None))
        edges = _rows(fields.pop("edges", None))
        started = fields.pop("started")
        untracked = fields.pop("untracked", None)
        return cls(
            **{name: fields[name] for name in _PLAIN if fields.get(name) is not None},  # type: ignore[arg-type]
            cell_id=_text_or_none(fields.get("cell_id")),
            execution_count=_int_or_none(fields.get("execution_count")),
            source=_text_or_none(fields.get("source")),
            started=started if isinstance(started, datetime) else _time(str(started)),
            reads=tuple(
                RunRead(
                    str(row["repo"]),
                    str(row["commit_id"]),
                    str(row["path"]),
                    None if row.get("columns") is None else tuple(row["columns"]),  # type: ignore[arg-type]
                    str(row.get("via") or ""),
                )
                for row in reads
            ),
            writes=tuple(
                RunWrite(
                    str(row["repo"]),
                    str(row["commit_id"]),
                    str(row["path"]),
                    str(row.get("branch") or ""),
                    str(row.get("via") or ""),
                )
                for row in writes
            ),
            upstream=tuple(
                Upstream(
                    str(row["upstream_run_id"]),
                    tuple(row.get("variables") or ()),  # type: ignore[arg-type]
                    str(row.get("certainty") or "possible"),
                )
                for row in edges
            ),
            untracked=tuple(untracked) if isinstance(untracked, list | tuple) else (),
        )


_PLAIN = ("run_id", "notebook", "user", "seconds", "status", "session", "host", "revision")


def folded(paths: Iterable[str], *, most: int = 200) -> list[str]:
    """Return paths, or where there are more than `most` the folders that hold them."""
    found = list(dict.fromkeys(paths))
    while len(found) > most:
        found = list(dict.fromkeys(path.rpartition("/")[0] for path in found))
    return found


def newest(runs: Iterable[Run]) -> dict[str, Run]:
    """Keep of each run its latest record, in the order the runs first came."""
    kept: dict[str, Run] = {}
    for run in runs:
        known = kept.get(run.run_id)
        if known is None or run.revision >= known.revision:
            kept[run.run_id] = run
    return kept


def new_run_id() -> str:
    """Return a UUID of version 7 (RFC 9562): the time in milliseconds, then chance."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=number))


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def next_moment() -> datetime:
    """Return the present moment, but later than all before: runs keep their order.

    Clocks are set back now and then, and cells are quicker than a microsecond.
    """
    global _latest  # noqa: PLW0603  there is one time for all sessions of a process
    _latest = max(now(), _latest + timedelta(microseconds=1))
    return _latest


_latest = datetime.min.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _rows(value: object) -> list[dict[str, object]]:
    return [dict(row) for row in value] if isinstance(value, list | tuple) else []


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _int_or_none(value: object) -> int | None:
    return value if isinstance(value, int) else None
