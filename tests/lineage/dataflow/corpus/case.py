"""One row of the corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent


@dataclass(frozen=True, slots=True)
class Case:
    """Cells run in this order, and the ancestors of the last one.

    Cells are numbered from 1, as IPython does; a cell that is run again is listed again.
    """

    name: str
    cells: tuple[str, ...]
    needs: tuple[int, ...]
    """Executions that the last one comes from, directly or through others."""
    never: tuple[int, ...]
    """Executions that it does not come from."""
    modules: dict[str, str] = field(default_factory=dict)
    """The user's own modules, lying beside the notebook."""
    raises: tuple[int, ...] = ()
    """Cells that end with an exception."""
    kernel: bool = False
    """Whether the case is also run in a real kernel."""
    missed: str = ""
    """Why the case is not got right, if it is not."""


def case(
    name: str,
    *cells: str,
    needs: tuple[int, ...] = (),
    never: tuple[int, ...] = (),
    modules: dict[str, str] | None = None,
    raises: tuple[int, ...] = (),
    kernel: bool = False,
    missed: str = "",
) -> Case:
    """Write a row: cells may be indented with the code around them."""
    sources = tuple(dedent(cell).strip("\n") for cell in cells)
    files = {path: dedent(text).strip("\n") + "\n" for path, text in (modules or {}).items()}
    return Case(name, sources, needs, never, files, raises, kernel, missed)
