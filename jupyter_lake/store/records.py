"""The small JSON objects: commits, branch records, tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from jupyter_lake.store.trees import Tree, decode_inline, is_inline

__all__ = [
    "INLINE_ANCESTORS",
    "BranchRecord",
    "ChangeList",
    "CommitRecord",
    "Kind",
    "StoredCommit",
    "Tag",
    "decode_commit",
    "encode_ancestor",
    "encode_commit",
    "now",
]

Kind = str  # 'added', 'removed' or 'changed'
Json = Mapping[str, Any]

FORMAT = 2  # since commits hold small trees themselves; 1 had all trees apart
INLINE_ANCESTORS = 32
INLINE_DETAILS_BYTES = 1024


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def write_time(time: datetime) -> str:
    """Return a time as the records spell it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ChangeList:
    """How a commit differs from its first parent, path by path.

    `paths` is None where there are too many to stand in the commit itself;
    then ``changes/<commit>.parquet`` holds them.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    paths: tuple[tuple[str, Kind], ...] | None = ()

    def to_json(self) -> Json:
        """Return the form that stands in a commit."""
        counts = [self.added, self.removed, self.changed]
        if self.paths is None:
            return {"counts": counts}
        return {"counts": counts, "paths": [[kind[0], path] for path, kind in self.paths]}

    @classmethod
    def from_json(cls, json: Json) -> ChangeList:
        """Read what `to_json` made."""
        kinds = {"a": "added", "r": "removed", "c": "changed"}
        paths = json.get("paths")
        added, removed, changed = json["counts"]
        return cls(
            added,
            removed,
            changed,
            None if paths is None else tuple((path, kinds[kind]) for kind, path in paths),
        )


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """What a commit says of itself, as stored.

    `details` is False for an ancestor that another commit holds without its
    metadata and provenance, because they were long.
    """

    id: str
    parents: tuple[str, ...]
    tree: str | None
    author: str
    message: str
    time: datetime
    changes: ChangeList = ChangeList()
    metadata: Json = field(default_factory=dict)
    provenance: Json | None = None
    details: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return all but the id."""
        return {
            "parents": list(self.parents),
            "tree": self.tree,
            "author": self.author,
            "message": self.message,
            "time": write_time(self.time),
            "changes": self.changes.to_json(),
            "metadata": self.metadata,
            "provenance": self.provenance,
        }

    def to_ancestor(self) -> dict[str, Any]:
        """Return the form that a later commit holds."""
        whole = self.to_json()
        long = len(json.dumps([self.metadata, self.provenance])) > INLINE_DETAILS_BYTES
        if long or not self.details:
            del whole["metadata"], whole["provenance"]
        return {"id": self.id, **whole}

    @classmethod
    def from_json(cls, id: str, json: Json) -> CommitRecord:
        """Read what `to_json` or `to_ancestor` made."""
        return cls(
            id,
            tuple(json["parents"]),
            json["tree"],
            json["author"],
            json["message"],
            datetime.fromisoformat(json["time"]),
            ChangeList.from_json(json["changes"]),
            json.get("metadata") or {},
            json.get("provenance"),
            "metadata" in json,
        )


def encode_commit(
    record: CommitRecord, ancestors: Iterable[bytes], nonce: str, *, files: bytes | None = None
) -> tuple[str, bytes]:
    """Return a commit's id and its bytes, with its nearest ancestors (encoded) inside.

    `files` is what it holds of an inline tree, encoded.
    """
    own = _dump(record.to_json() | {"format": 1 if files is None else FORMAT, "nonce": nonce})
    held = b"" if files is None else b',"files":' + files
    data = b"".join((own[:-1], held, b',"ancestors":[', b",".join(ancestors), b"]}"))
    return hashlib.sha256(data).hexdigest(), data


def encode_ancestor(record: CommitRecord) -> bytes:
    """Return a commit as a later one holds it."""
    return _dump(record.to_ancestor())


@dataclass(frozen=True, slots=True)
class StoredCommit:
    """A commit as it was read: what it says of itself, and what else it holds.

    `tree` is None unless the commit holds its tree itself.
    """

    record: CommitRecord
    ancestors: tuple[CommitRecord, ...]
    tree: Tree | None


def decode_commit(id: str, data: bytes) -> StoredCommit:
    """Return a commit from its bytes.

    Raises
    ------
    ValueError, KeyError, TypeError
        If that isn't what they are, or of a later format.
    """
    whole = json.loads(data)
    if whole["format"] > FORMAT:
        raise ValueError(f"format {whole['format']}")
    record = CommitRecord.from_json(id, whole)
    held = record.tree is not None and is_inline(record.tree)
    return StoredCommit(
        record,
        tuple(CommitRecord.from_json(item["id"], item) for item in whole["ancestors"]),
        decode_inline(record.tree, whole["files"]) if held and record.tree else None,
    )


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """One entry of a branch's log: where it stood from `when` on.

    Attributes
    ----------
    number
        Its place in the log, from 1.
    commit
        The commit the branch stood at; None when it was deleted.
    who, when, why
        By whom, when (UTC, never before the record it follows), for what.
    write
        An id of the attempt, by which a writer knows its own record again.
    position
        The record whose state this one is: its own number, or for an undo the
        number it went back to.
    """

    number: int
    commit: str | None
    who: str
    when: datetime
    why: str
    write: str
    position: int

    def to_bytes(self) -> bytes:
        """Return the record as it is stored."""
        return _dump(
            {
                "commit": self.commit,
                "who": self.who,
                "when": write_time(self.when),
                "why": self.why,
                "write": self.write,
                "position": self.position,
            }
        )

    @classmethod
    def from_bytes(cls, number: int, data: bytes) -> BranchRecord:
        """Read what `to_bytes` made."""
        return cls(number=number, **_fields(data))

    def numbered(self, number: int, *, after: datetime) -> BranchRecord:
        """Return the record for another place in the log, not before the one it follows."""
        position = number if self.position == self.number else self.position
        return replace(self, number=number, position=position, when=max(self.when, after))


@dataclass(frozen=True, slots=True)
class Tag:
    """A fixed name for a commit."""

    name: str
    commit: str
    when: datetime
    who: str
    message: str

    def to_bytes(self) -> bytes:
        """Return the tag as it is stored."""
        return _dump(
            {
                "commit": self.commit,
                "when": write_time(self.when),
                "who": self.who,
                "message": self.message,
            }
        )

    @classmethod
    def from_bytes(cls, name: str, data: bytes) -> Tag:
        """Read what `to_bytes` made."""
        return cls(name=name, **_fields(data))


def _fields(data: bytes) -> dict[str, Any]:
    """Return what a record holds, its time as a time."""
    fields: dict[str, Any] = json.loads(data)
    return fields | {"when": datetime.fromisoformat(fields["when"])}


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


def _dump(value: Json) -> bytes:
    return _ENCODER.encode(value).encode()
