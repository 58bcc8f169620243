"""What is wrong with a lake: said so that a person knows what is lost, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from jupyter_lake.store.sizes import readable_bytes

__all__ = ["Damage", "FsckReport"]

Kind = Literal["missing", "damaged", "hole", "foreign"]


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it should be.

    Attributes
    ----------
    kind
        ``missing``: an object is not there. ``damaged``: its bytes are not
        what they were. ``hole``: a branch's log lacks a record. ``foreign``:
        something lies there that is no part of a lake.
    repo
        The repo it belongs to; empty for the lake itself.
    key
        Where.
    what
        What is wrong.
    lost
        What is lost by it, and what is not.
    mend
        What it takes to mend it.
    """

    kind: Kind
    repo: str
    key: str
    what: str
    lost: str
    mend: str


@dataclass(slots=True)
class FsckReport:
    """What a check of a lake has found.

    Attributes
    ----------
    damages
        All that is wrong; empty if nothing is.
    checked
        How many objects were read back, by kind.
    bytes
        How many bytes were read back against their hashes.
    unreachable, unreachable_bytes
        Objects that nothing leads to: no damage; `gc` deletes them in time.
    external
        Imported files, which lie outside the lake and were not read.
    deep
        Whether files' bytes were read, or only their sizes looked at.
    """

    deep: bool = True
    damages: list[Damage] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    unreachable: int = 0
    unreachable_bytes: int = 0
    external: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.damages

    @property
    def exit_code(self) -> int:
        """What a command ends with: 0 if nothing is wrong, else 1."""
        return 0 if self.clean else 1

    def count(self, kind: str, number: int = 1) -> None:
        """Note that objects of a kind were read back."""
        self.checked[kind] = self.checked.get(kind, 0) + number

    def to_dict(self) -> Mapping[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "clean": self.clean,
            "deep": self.deep,
            "damages": [asdict(each) for each in self.damages],
            "checked": dict(self.checked),
            "bytes": self.bytes,
            "unreachable": self.unreachable,
            "unreachable_bytes": self.unreachable_bytes,
            "external": self.external,
        }

    def lines(self) -> list[str]:
        """Return the report as a person reads it."""
        told = []
        for each in self.damages:
            told += [f"{each.kind}: {each.what}", f"  {each.lost}", f"  {each.mend}"]
        return [*told, *self._summary()]

    def _summary(self) -> list[str]:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in self.checked.items() if count)
        how = (
            "read back against their hashes" if self.deep else "looked at, files by their size only"
        )
        state = "is whole" if self.clean else f"has {len(self.damages)} thing(s) wrong"
        told = [f"The lake {state}: {counts or 'nothing'} {how} ({readable_bytes(self.bytes)})."]
        if self.unreachable:
            size = readable_bytes(self.unreachable_bytes)
            told.append(
                f"Nothing leads to {self.unreachable:,} objects ({size}): `%lake gc` deletes them."
            )
        if self.external:
            told.append(f"{self.external:,} imported files lie outside the lake and were not read.")
        return told

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"
