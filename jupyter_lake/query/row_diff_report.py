"""How a row diff is told: as text, as HTML, as JSON."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_lake.query.json_values import json_value

if TYPE_CHECKING:
    from jupyter_lake.query.json_values import Json

__all__ = ["ChangedRow", "RowDiff"]

_SHOWN = 10
_WIDTH = 60
_COLOURS = {
    "+": "var(--jp-success-color1, green)",
    "-": "var(--jp-error-color1, firebrick)",
    "~": "var(--jp-warn-color1, darkorange)",
}


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row that has changed.

    Attributes
    ----------
    key
        The values of the key's columns.
    values
        The old and the new value of each column that differs.
    """

    key: tuple[Json, ...]
    values: Mapping[str, tuple[Json, Json]]

    @classmethod
    def between(
        cls, key: Sequence[str], names: Sequence[str], before: Sequence[Any], after: Sequence[Any]
    ) -> ChangedRow:
        """Return how a row has changed, from its columns' names and values; others may follow."""
        old = dict(zip(names, before, strict=False))
        new = dict(zip(names, after, strict=False))
        return cls(
            key=tuple(json_value(new[name]) for name in key),
            values={
                name: (json_value(old[name]), json_value(new[name]))
                for name in names
                if old[name] != new[name] and repr(old[name]) != repr(new[name])  # NaN is NaN
            },
        )


@dataclass(frozen=True, slots=True)
class RowDiff:
    """How a table differs between two commits.

    Attributes
    ----------
    repo, old, new, path
        Which table, and the two commits' ids.
    key
        The columns that told rows apart; empty if rows were counted.
    columns
        What rows were compared by, and what the rows below list: columns both have.
    columns_added, columns_removed
        Names and types.
    columns_retyped
        Name, old type, new type.
    old_rows, new_rows
        How many rows there are, where the manifest knows.
    added, removed, changed
        How many rows; `changed` is None without a key.
    added_rows, removed_rows, changed_rows
        The first of them.
    changed_columns
        In how many of the changed rows each column differs.
    """

    repo: str
    old: str
    new: str
    path: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    columns_added: tuple[tuple[str, str], ...]
    columns_removed: tuple[tuple[str, str], ...]
    columns_retyped: tuple[tuple[str, str, str], ...]
    old_rows: int | None
    new_rows: int | None
    added: int
    removed: int
    changed: int | None
    added_rows: tuple[tuple[Json, ...], ...] = ()
    removed_rows: tuple[tuple[Json, ...], ...] = ()
    changed_rows: tuple[ChangedRow, ...] = ()
    changed_columns: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(
            self.added
            or self.removed
            or self.changed
            or self.columns_added
            or self.columns_removed
            or self.columns_retyped
        )

    @property
    def summary(self) -> str:
        """The rows in one line."""
        if not (self.added or self.removed or self.changed):
            return "no row differs"
        parts = [f"+{self.added:,} added", f"-{self.removed:,} removed"]
        if self.changed is not None:
            parts.append(f"~{self.changed:,} changed")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Json]:
        """Return all of it as JSON."""
        return {
            "repo": self.repo,
            "old": self.old,
            "new": self.new,
            "path": self.path,
            "key": [*self.key],
            "columns": [*self.columns],
            "columns_added": [{"name": n, "type": t} for n, t in self.columns_added],
            "columns_removed": [{"name": n, "type": t} for n, t in self.columns_removed],
            "columns_retyped": [
                {"name": name, "old": old, "new": new} for name, old, new in self.columns_retyped
            ],
            "old_rows": self.old_rows,
            "new_rows": self.new_rows,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "added_rows": [[*row] for row in self.added_rows],
            "removed_rows": [[*row] for row in self.removed_rows],
            "changed_rows": [
                {
                    "key": [*row.key],
                    "values": {name: [old, new] for name, (old, new) in row.values.items()},
                }
                for row in self.changed_rows
            ],
            "changed_columns": dict(self.changed_columns),
        }

    def __repr__(self) -> str:
        lines = [f"{mark} {text}".rstrip() for mark, text in self._lines()]
        return "\n".join([self._title(), *lines])

    def _repr_html_(self) -> str:
        lines = "".join(
            f'<div style="color:{_COLOURS.get(mark, "inherit")};white-space:pre-wrap">'
            f"{html.escape(mark)} {html.escape(text)}</div>"
            for mark, text in self._lines()
        )
        return (
            '<div style="font-family:var(--jp-code-font-family, monospace);'
            'font-size:var(--jp-code-font-size, 13px)">'
            f"<div><b>{html.escape(self._title())}</b></div>{lines}</div>"
        )

    def _title(self) -> str:
        place = f"{self.repo}/{self.path}" if self.path else self.repo
        return f"{place} from {self.old[:8]} to {self.new[:8]}: {self.summary}"

    def _lines(self) -> Iterator[tuple[str, str]]:
        """Yield each line with its mark: +, - or ~."""
        for name, kind in self.columns_added:
            yield "+", f"column {name} {kind}"
        for name, kind in self.columns_removed:
            yield "-", f"column {name} {kind}"
        for name, old, new in self.columns_retyped:
            yield "~", f"column {name} {old} → {new}"
        for name, count in self.changed_columns.items():
            yield "~", f"{name} differs in {count:,} {'row' if count == 1 else 'rows'}"
        yield from self._rows("+", self.added_rows, self.added)
        yield from self._rows("-", self.removed_rows, self.removed)
        for row in self.changed_rows[:_SHOWN]:
            where = ", ".join(f"{k}={_text(v)}" for k, v in zip(self.key, row.key, strict=True))
            what = ", ".join(f"{n}: {_text(o)} → {_text(w)}" for n, (o, w) in row.values.items())
            yield "~", f"{where}  {what}"
        if (self.changed or 0) > _SHOWN:
            yield "~", f"… {(self.changed or 0) - _SHOWN:,} more"

    def _rows(
        self, mark: str, rows: Sequence[Sequence[Json]], count: int
    ) -> Iterator[tuple[str, str]]:
        for row in rows[:_SHOWN]:
            pairs = zip(self.columns, row, strict=True)
            yield mark, ", ".join(f"{name}={_text(value)}" for name, value in pairs)
        if count > min(len(rows), _SHOWN):
            yield mark, f"… {count - min(len(rows), _SHOWN):,} more"


def _text(value: Json) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
