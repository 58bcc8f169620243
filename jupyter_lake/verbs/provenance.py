"""How a commit's provenance reads: which cell made it, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jupyter_lake.addresses import Address, Ref
from jupyter_lake.verbs.cells import Cell, short_id
from jupyter_lake.verbs.output import Block, Table

__all__ = ["InputLine", "Provenance"]


@dataclass(frozen=True, slots=True)
class InputLine:
    """One commit and path that something was made from."""

    repo: str
    commit: str
    path: str

    def __str__(self) -> str:
        return str(Address(self.repo, Ref(short_id(self.commit)), self.path))


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a commit says of its making. All fields may be empty."""

    run: str = ""
    notebook: str = ""
    cell: str = ""
    execution_count: int | None = None
    variable: str = ""
    user: str = ""
    inputs: tuple[InputLine, ...] = ()

    @classmethod
    def read(cls, record: Mapping[str, object] | None) -> Provenance | None:
        """Read a commit's provenance; None where there is none."""
        if not record:
            return None
        inputs = record.get("inputs")
        count = record.get("execution_count")
        return cls(
            run=_text(record.get("run")),
            notebook=_text(record.get("notebook")),
            cell=_text(record.get("cell")),
            execution_count=count if isinstance(count, int) else None,
            variable=_text(record.get("variable")),
            user=_text(record.get("user")),
            inputs=tuple(
                InputLine(
                    _text(item.get("repo")), _text(item.get("commit")), _text(item.get("path"))
                )
                for item in (inputs if isinstance(inputs, list | tuple) else ())
                if isinstance(item, Mapping)
            ),
        )

    @property
    def where(self) -> str:
        """The notebook and cell as a person names them: ``delays.ipynb [7]``."""
        name = self.notebook.replace("\\", "/").rpartition("/")[2]
        if not name:
            return "a notebook" if self.run else ""
        return name if self.execution_count is None else f"{name} [{self.execution_count}]"

    def cell_shown(self) -> Cell:
        """Return where it was made, marked as the panel marks it."""
        tip = f"{self.notebook}, cell {self.cell}, run {self.run}"
        return Cell(f"◆ {self.where}" if self.where else "", tip=tip, style="muted")

    def blocks(self) -> list[Block]:
        """Return a table of the inputs."""
        if not self.inputs:
            return []
        rows = tuple(
            (Cell("←", style="muted"), Cell(str(item), tip=item.commit, style="id"))
            for item in self.inputs
        )
        return [Table(("", ""), rows, caption=f"made by {self.where} from")]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
