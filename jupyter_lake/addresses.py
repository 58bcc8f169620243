"""One grammar for places in a lake: ``repo[@ref][/path]``.

The same text works in magics, Python, the terminal, REST and ``lake://`` URLs.
A ref is a branch, a tag or the first six or more hex digits of a commit id,
then any of ``~N`` (N first parents back), ``^N`` (the Nth parent) and
``@{time}`` (where the branch stood then), as in git's revision syntax
(gitrevisions(7)). No name contains a slash, so an address is never ambiguous.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from jupyter_lake.errors import InvalidAddressError, InvalidNameError, InvalidPathError

__all__ = ["Address", "Ref", "check_path", "check_ref_name", "check_repo_name"]

MAX_PATH_BYTES = 1024
MAX_NAME_LENGTH = 128
RESERVED_REPOS = frozenset({"lake"})

_REPO = re.compile(r"[a-z0-9][a-z0-9._-]*")
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_STEP = re.compile(r"([~^])(\d*)")
# Most paths need no closer look.
_PLAIN = re.compile(r"[\w=,+@~-][\w.=,+@~ -]*(/[\w=,+@~-][\w.=,+@~ -]*)*", re.ASCII)
_TIME = re.compile(r"@\{([^{}]*)\}")

Step = tuple[Literal["~", "^"], int]


def check_repo_name(name: str) -> str:
    """Return `name` if a repo may have it.

    Raises
    ------
    InvalidNameError
    """
    if not _REPO.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise InvalidNameError(
            f"{_shown(name)} can't name a repo.",
            hint="Use small letters, digits, '.', '_' and '-', starting with a letter or digit.",
        )
    if name in RESERVED_REPOS:
        raise InvalidNameError(
            f"{_shown(name)} can't name a repo: in SQL it holds the lineage tables.",
            hint="Choose another name.",
        )
    return name


def check_ref_name(name: str) -> str:
    """Return `name` if a branch or tag may have it.

    Raises
    ------
    InvalidNameError
    """
    if not _REF.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise InvalidNameError(
            f"{_shown(name)} can't name a branch or tag.",
            hint="Use letters, digits, '.', '_' and '-', starting with a letter or digit.",
        )
    return name


def check_path(path: str) -> str:
    """Return `path` in Unicode's composed form (NFC) if a file may have it.

    Raises
    ------
    InvalidPathError
        If the path is empty, absolute, longer than 1,024 bytes, or has an
        empty, ``.`` or ``..`` segment, a backslash, or a control character.
    """
    if isinstance(path, str) and len(path) <= MAX_PATH_BYTES and _PLAIN.fullmatch(path):
        return path
    problem = _path_problem(path) if isinstance(path, str) else "it is no text"
    if problem:
        raise InvalidPathError(
            f"{_shown(str(path))} can't be a path: {problem}.",
            hint="Paths are relative, with '/' between names, like 'orders/2026-10.parquet'.",
        )
    return unicodedata.normalize("NFC", path)


def _path_problem(path: str) -> str | None:
    """Say what keeps `path` from being one, or None."""
    try:
        size = len(unicodedata.normalize("NFC", path).encode())
    except UnicodeEncodeError:
        return "it holds half of a character (a lone surrogate)"
    if not path:
        return "it is empty"
    if size > MAX_PATH_BYTES:
        return f"it has {size:,} bytes, more than {MAX_PATH_BYTES:,}"
    if path.startswith("/"):
        return "it is absolute"
    if re.match(r"[A-Za-z]:($|/)", path):
        return "it starts with a drive letter"
    if "\\" in path:
        return "it holds a backslash"
    if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in path):
        return "it holds a control character"
    bad = next((part for part in path.split("/") if part in ("", ".", "..")), None)
    if bad is not None:
        return f"it has a {bad!r} segment" if bad else "it has an empty segment"
    return None


def _shown(text: str) -> str:
    """Quote `text` short enough for one line of a message."""
    return repr(text if len(text) <= 80 else f"{text[:50]}…{text[-20:]}")


@dataclass(frozen=True, slots=True)
class Ref:
    """A commit by name: a branch, tag or id prefix, a time, and steps back.

    `at` is read first (where the branch stood then), then `steps` in order.
    """

    name: str
    steps: tuple[Step, ...] = ()
    at: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read ``name[@{time}][~N|^N ...]``.

        Raises
        ------
        InvalidAddressError
        """
        match = _REF.match(text)
        if match is None:
            raise InvalidAddressError(
                f"{_shown(text)} is no branch, tag or commit.",
                hint="A ref looks like 'main', 'v1', '3f9c2a41', 'main~2' or 'main@{2026-10-01}'.",
            )
        at, position = None, match.end()
        if time := _TIME.match(text, position):
            at, position = parse_time(time.group(1)), time.end()
        steps: list[Step] = []
        while step := _STEP.match(text, position):
            operator: Literal["~", "^"] = "~" if step.group(1) == "~" else "^"
            steps.append((operator, int(step.group(2) or 1)))
            position = step.end()
        if position != len(text):
            raise InvalidAddressError(
                f"{_shown(text)} is no ref: {_shown(text[position:])} is not understood.",
                hint="After the name come '~N', '^N' or '@{time}', as in 'main~2'.",
            )
        return cls(match.group(), tuple(steps), at)

    def __str__(self) -> str:
        at = f"@{{{_time_text(self.at)}}}" if self.at else ""
        return self.name + at + "".join(f"{operator}{count}" for operator, count in self.steps)


def parse_time(text: str) -> datetime:
    """Read an ISO 8601 date or time; without a zone it is UTC.

    Raises
    ------
    InvalidAddressError
    """
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidAddressError(
            f"{_shown(text)} is no time.",
            hint="Write it like '2026-10-01' or '2026-10-01T12:00Z'.",
        ) from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _time_text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a lake: a repo, perhaps at a ref, perhaps a path inside.

    Examples
    --------
    >>> Address.parse("sales@main~2/orders")
    Address('sales@main~2/orders')
    """

    repo: str
    ref: Ref | None = None
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``repo[@ref][/path]``; a ``lake://`` in front is fine.

        Raises
        ------
        InvalidAddressError, InvalidNameError, InvalidPathError
        """
        rest = text.removeprefix("lake://")
        head, _, path = rest.partition("/")
        repo, at, ref = head.partition("@")
        if not repo or (at and not ref):
            raise InvalidAddressError(
                f"{_shown(text)} is no address.",
                hint="An address looks like 'sales', 'sales@main~2' or 'sales@main/orders'.",
            )
        path = path.rstrip("/")
        return cls(
            check_repo_name(repo),
            Ref.parse(ref) if ref else None,
            check_path(path) if path else "",
        )

    def at(self, ref: Ref | str | None) -> Address:
        """Return the same place at another ref."""
        return replace(self, ref=Ref.parse(ref) if isinstance(ref, str) else ref)

    def joined(self, path: str) -> Address:
        """Return the place at another path of the same repo and ref."""
        return replace(self, path=check_path(path) if path else "")

    def __str__(self) -> str:
        ref = f"@{self.ref}" if self.ref else ""
        return f"{self.repo}{ref}" + (f"/{self.path}" if self.path else "")

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"
