"""What can go wrong, grouped by what a handler would do about it.

::

    LakeError
    ├── NotFoundError          also a KeyError: ask for something that exists
    │   ├── LakeNotFoundError
    │   ├── RepoNotFoundError
    │   ├── RefNotFoundError
    │   ├── PathNotFoundError
    │   ├── DatasetNotFoundError
    │   ├── VariableNotFoundError
    │   └── RunNotFoundError
    ├── InvalidInputError      also a ValueError: write it differently
    │   ├── InvalidAddressError
    │   ├── InvalidNameError
    │   ├── InvalidPathError
    │   └── NotALakeError
    ├── AlreadyExistsError     choose another name
    ├── ConflictError          look at both sides, then decide
    ├── AccessDeniedError      ask whoever keeps the bucket
    ├── ReadOnlyError          write somewhere else
    ├── UnreachableError       try again later
    ├── UnsafeStoreError       use another store
    ├── DamagedError           run fsck
    ├── ChangedError           import the external object again
    └── QueryError             mend the statement

Each error has a stable `kind`, one sentence that names what is wrong
(`message`) and one that says what to do (`hint`). In a notebook it prints as
those two lines; as a REST answer it is ``{kind, message, hint}`` with `status`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import ClassVar

__all__ = [
    "AccessDeniedError",
    "AlreadyExistsError",
    "ChangedError",
    "ConflictError",
    "DamagedError",
    "DatasetNotFoundError",
    "InvalidAddressError",
    "InvalidInputError",
    "InvalidNameError",
    "InvalidPathError",
    "LakeError",
    "LakeNotFoundError",
    "NotALakeError",
    "NotFoundError",
    "PathNotFoundError",
    "QueryError",
    "ReadOnlyError",
    "RefNotFoundError",
    "RepoNotFoundError",
    "RunNotFoundError",
    "UnreachableError",
    "UnsafeStoreError",
    "VariableNotFoundError",
    "closest",
]


class LakeError(Exception):
    """The root of every error this package raises on purpose.

    Parameters
    ----------
    message
        One sentence that names what was asked and what is there.
    hint
        One sentence that says what to do, usually a command to type.
    kind
        Overrides the class's stable, machine-readable name of the error.
    """

    default_kind: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", kind: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.kind = kind or self.default_kind

    def __str__(self) -> str:
        # KeyError would show the message's repr.
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__.copy(), self.args))

    def to_dict(self) -> dict[str, object]:
        """Return ``{kind, message, hint}``, the error as REST answers it."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint}

    def lines(self) -> list[str]:
        """Return the message and, where there is one, the hint: what a person reads."""
        return [self.message, *([self.hint] if self.hint else [])]

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to print two clean lines in place of a traceback."""
        return self.lines()


def _rebuild(cls: type[LakeError], state: dict[str, object], args: tuple[object, ...]) -> LakeError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class NotFoundError(LakeError, KeyError):
    """Something that was named is not there."""

    default_kind = "not-found"
    status = 404


class LakeNotFoundError(NotFoundError):
    """No lake lies at the URL."""

    default_kind = "lake-not-found"


class RepoNotFoundError(NotFoundError):
    """The lake has no repo of that name."""

    default_kind = "repo-not-found"


class RefNotFoundError(NotFoundError):
    """The repo has no branch, tag or commit of that name."""

    default_kind = "ref-not-found"


class PathNotFoundError(NotFoundError):
    """The commit holds nothing at that path."""

    default_kind = "path-not-found"


class DatasetNotFoundError(NotFoundError):
    """The commit holds no table at that path."""

    default_kind = "dataset-not-found"


class VariableNotFoundError(NotFoundError):
    """The notebook has no variable of that name."""

    default_kind = "variable-not-found"


class RunNotFoundError(NotFoundError):
    """The lake has no record of that run."""

    default_kind = "run-not-found"


class InvalidInputError(LakeError, ValueError):
    """What was given can't be what is meant."""

    default_kind = "invalid-input"
    status = 400


class InvalidAddressError(InvalidInputError):
    """Not of the form ``repo[@ref][/path]``."""

    default_kind = "invalid-address"


class InvalidNameError(InvalidInputError):
    """Not a name that a repo, branch or tag may have."""

    default_kind = "invalid-name"


class InvalidPathError(InvalidInputError):
    """Not a path that a file in a commit may have."""

    default_kind = "invalid-path"


class NotALakeError(InvalidInputError):
    """The folder or bucket holds other things, but no lake."""

    default_kind = "not-a-lake"


class AlreadyExistsError(LakeError):
    """The name is taken."""

    default_kind = "already-exists"
    status = 409


class ConflictError(LakeError):
    """Two commits changed the same paths in different ways.

    Parameters
    ----------
    paths
        The paths both sides changed, sorted.
    base, ours, theirs
        Commit ids: the common ancestor, the branch's commit, the other one.
    """

    default_kind = "conflict"
    status = 409

    def __init__(
        self,
        message: str,
        *,
        paths: Sequence[str] = (),
        base: str | None = None,
        ours: str | None = None,
        theirs: str | None = None,
        hint: str = "",
        kind: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, kind=kind)
        self.paths = tuple(paths)
        self.base = base
        self.ours = ours
        self.theirs = theirs

    def to_dict(self) -> dict[str, object]:
        """Return the error as REST answers it, with both sides named."""
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        return super().to_dict() | {"paths": list(self.paths)} | sides


class AccessDeniedError(LakeError):
    """The store answered, and its answer was no."""

    default_kind = "access-denied"
    status = 403


class ReadOnlyError(LakeError):
    """The lake, or this view of it, takes no writes."""

    default_kind = "read-only"
    status = 403


class UnreachableError(LakeError):
    """The store did not answer."""

    default_kind = "unreachable"
    status = 503


class UnsafeStoreError(LakeError):
    """The store does not honour put-if-absent, so two writers could lose data."""

    default_kind = "unsafe-store"
    status = 501


class DamagedError(LakeError):
    """An object of the lake is missing, or is not what its name says."""

    default_kind = "damaged"


class ChangedError(LakeError):
    """An external object is no longer what the commit pinned."""

    default_kind = "changed"
    status = 409


class QueryError(LakeError):
    """DuckDB refused the statement."""

    default_kind = "query-error"
    status = 400


def closest(name: str, candidates: Iterable[str], *, limit: int = 3) -> list[str]:
    """Return the candidates that look most like `name`, best first.

    Examples
    --------
    >>> closest("flihgts", ["flights", "reports"])
    ['flights']
    """
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=limit, cutoff=0.5)
    return [by_folded[match] for match in matches]
