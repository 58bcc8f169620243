"""DuckDB's errors, in its words, with the closest names of the lake beside them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.errors import LakeError, QueryError, RepoNotFoundError, closest
from jupyter_lake.query.datasets import format_of
from jupyter_lake.query.names import plainly

if TYPE_CHECKING:
    from jupyter_lake.store import Lake, Repo

__all__ = ["explained"]

_NO_TABLE = re.compile(r"Table with name \"?([^\"!\s]+?)\"? does not exist", re.IGNORECASE)
_NO_SCHEMA = re.compile(
    r"(?:schema|catalog) \"([^\"]+)\"|\"([^\"]+)\" does not exist", re.IGNORECASE
)
_NO_COLUMN = re.compile(r"does not have a column named \"([^\"]+)\"", re.IGNORECASE)

# As far as a hint is worth looking: so many repos, so many names in each.
REPOS = 50
NAMES = 1000


def explained(
    error: Exception, renamed: Mapping[str, str], lake: Lake, columns: Iterable[str] = ()
) -> Exception:
    """Return what to raise in place of an error that a statement met.

    Parameters
    ----------
    error
        What DuckDB, or the reading of a file, raised.
    renamed
        For each schema as DuckDB knows it, what the person wrote.
    lake
        Whose names may be close to what was meant.
    columns
        The columns of the lake's tables in the statement.
    """
    import duckdb

    if isinstance(error, LakeError) or not isinstance(error, duckdb.Error):
        return error
    if isinstance(error, duckdb.InterruptException):
        return KeyboardInterrupt()  # type: ignore[return-value]
    text = str(error)
    for schema, written in sorted(renamed.items(), key=lambda item: -len(item[0])):
        text = text.replace(schema, written).replace(schema.replace('"', ""), written.strip('"'))
    message, _, rest = text.partition("\n")
    hint = " ".join(line.strip() for line in rest.splitlines() if _helps(line))
    with contextlib.suppress(LakeError), access.quiet():
        unknown = _unknown_repo(text, lake)
        if unknown is not None:
            return unknown
        hint = _near_table(message, lake) or _near_column(message, columns) or hint
    return QueryError(message, hint=hint or "Look at the statement near what the message names.")


def _helps(line: str) -> bool:
    return line.strip().lower().startswith(("did you mean", "candidate", "hint"))


def _near_table(message: str, lake: Lake) -> str:
    """Return a hint that names the lake's tables which are nearly what was asked for."""
    found = _NO_TABLE.search(message)
    if found is None:
        return ""
    asked = found.group(1).rpartition(".")[2]
    names: dict[str, list[str]] = {}
    for repo in lake.repos()[:REPOS]:
        for name in _tables(repo):
            names.setdefault(name, []).append(f"{plainly(repo.name)}.{plainly(name)}")
    near = [place for name in closest(asked, names) for place in names[name]][:3]
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _tables(repo: Repo) -> Iterator[str]:
    """Yield what may be tables at the top of a repo: folders, and files by their stems."""
    with contextlib.suppress(LakeError):
        for item in repo.commit().ls()[:NAMES]:
            if format_of(item.path) is not None:
                yield item.path.partition(".")[0]
            elif "." not in item.path:
                yield item.path


def _near_column(message: str, columns: Iterable[str]) -> str:
    found = _NO_COLUMN.search(message)
    near = closest(found.group(1), columns) if found else []
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _unknown_repo(text: str, lake: Lake) -> RepoNotFoundError | None:
    """Return the error for a statement that names a schema which is nearly a repo."""
    if "does not exist" not in text:
        return None
    line = re.search(r"LINE \d+:.*?([a-z0-9][a-z0-9._-]*)\.[\w\"]+", text, re.IGNORECASE)
    candidates = [name for groups in _NO_SCHEMA.findall(text) for name in groups]
    candidates += [line.group(1)] if line else []
    repos = [repo.name for repo in lake.repos()]
    for candidate in candidates:
        if candidate and candidate.casefold() not in repos and _asked_as_schema(text, candidate):
            near = closest(candidate, repos)
            return RepoNotFoundError(
                f"There is no repo, and no schema, named {candidate!r}.",
                hint=f"Did you mean {near[0]!r}?" if near else "`%lake repos` shows what there is.",
            )
    return None


def _asked_as_schema(text: str, name: str) -> bool:
    said = re.search(rf"(?<![\w.\"]){re.escape(name)}\s*\.", text)
    return bool(said) or f'"{name}".' in text or f'schema "{name}"' in text
