"""What a question may be about: an address, a run, or a variable by name or in person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address
from jupyter_lake.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_lake.lineage.recorder import Recorder

__all__ = ["named"]


def named(subject: object, recorder: Recorder | None) -> Address | str:
    """Return an address or a name as it is, and for an object the variable that holds it.

    Raises
    ------
    InvalidInputError
        If no variable of the notebook holds the object.
    """
    if isinstance(subject, Address | str):
        return subject
    names = [] if recorder is None else _names_of(subject, recorder)
    if names:
        return names[0]
    raise InvalidInputError(
        f"This {type(subject).__name__} is no variable of a recorded notebook.",
        hint="Ask by name, as in lake.upstream('delays'), or by address: 'reports/delays'.",
    )


def _names_of(value: object, recorder: Recorder) -> list[str]:
    """Return the names that hold an object, those without an underscore first."""
    names = [name for name, held in dict(recorder.shell.user_ns).items() if held is value]
    return sorted(names, key=lambda name: name.startswith("_"))
