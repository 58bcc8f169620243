"""What the panel asks: the parts of a request that an answer may depend on."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from jupyter_lake.server.lakes import Lakes

__all__ = ["Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """One request, after authentication, without anything of the web server's."""

    lakes: Lakes
    options: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)
    root: Path = Path()

    @property
    def lake(self) -> Lake:
        """The lake that is asked about."""
        return self.lakes.get(self.options.get("lake", ""))

    def place(self, notebook: object) -> str:
        """Return a notebook's path as this server's file browser has it.

        Kernels know it from the root of the disk; one outside the server's folder
        stays as it was recorded.
        """
        path = Path(str(notebook or ""))
        with contextlib.suppress(ValueError, OSError):
            return path.relative_to(self.root).as_posix() if path.is_absolute() else path.as_posix()
        return path.as_posix()

    def text(self, name: str, default: str = "") -> str:
        """Return an option of the query string."""
        return self.options.get(name, default)

    def number(self, name: str, default: int, *, at_most: int) -> int:
        """Return an option as a whole number from 0 to `at_most`.

        Raises
        ------
        InvalidInputError
        """
        given = self.options.get(name, "")
        if not given:
            return default
        if not given.isdecimal():
            raise InvalidInputError(
                f"'{name}' is {given!r}, which is no whole number.",
                hint=f"Give a number from 0 to {at_most}.",
            )
        return min(int(given), at_most)

    def field(self, name: str, default: str | None = None) -> str:
        """Return a text of the request's JSON body.

        Raises
        ------
        InvalidInputError
            If it is missing and has no default, or is no text.
        """
        value = self.body.get(name, default)
        if isinstance(value, str):
            return value
        raise InvalidInputError(
            f"The request names no '{name}'.", hint=f'Send a JSON object with "{name}" in it.'
        )
