"""DuckDB's errors, in its words, with the closest names of the lake beside them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from jupyter_lake import access
from jupyter_lake.errors import (
    AccessDeniedError,
    LakeError,
    QueryError,
    RepoNotFoundError,
    closest,
)
from jupyter_lake.query.names import plainly, quoted
from jupyter_lake.query.remote import names_of
from jupyter_lake.query.table_names import short_names

if TYPE_CHECKING:
    from jupyter_lake.store import DataFile, Lake, Repo

__all__ = ["explained", "in_the_lake", "unknown_place"]

_NO_TABLE = re.compile(r"Table with name \"?([^\"!\s]+?)\"? does not exist", re.IGNORECASE)
_OBJECT = re.compile(r"[0-9a-f]{64}|://")
_NO_COLUMN = re.compile(r"does not have a column named \"([^\"]+)\"", re.IGNORECASE)

# As far as a hint is worth looking: so many repos, so many names in each.
REPOS = 50
NAMES = 1000


class Told(Protocol):
    """What is to be known of a statement that failed."""

    renamed: dict[str, str]

    def columns(self) -> list[str]:
        """Return the columns of the lake's tables in the statement."""

    def files(self) -> Iterable[DataFile]:
        """Return the files of the lake's tables in the statement."""

    def unknown(self) -> list[list[str]]:
        """Return the tables whose schema nobody has, by the parts of their names."""


def explained(error: Exception, plan: Told, lake: Lake) -> Exception:
    """Return what to raise in place of an error that a statement met.

    Parameters
    ----------
    error
        What DuckDB, or the reading of a file, raised.
    plan
        What became of the statement; its `renamed` gives, for each schema as
        DuckDB knows it, what the person wrote.
    lake
        Whose names may be close to what was meant.
    """
    import duckdb

    if isinstance(error, LakeError) or not isinstance(error, duckdb.Error):
        return error
    if isinstance(error, duckdb.InterruptException):
        return KeyboardInterrupt()  # type: ignore[return-value]
    text = str(error)
    for schema, written in sorted(plan.renamed.items(), key=lambda item: -len(item[0])):
        text = text.replace(schema, written).replace(schema.replace('"', ""), written.strip('"'))
        text = text.replace(schema.partition(".")[2], written)
    text = in_the_lake(text, plan.files())
    message, _, rest = text.partition("\n")
    hint = " ".join(line.strip() for line in rest.splitlines() if _helps(line))
    with contextlib.suppress(LakeError), access.quiet():
        unbound = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
        for parts in plan.unknown() if unbound else ():
            return unknown_place(parts, lake)
        hint = _near_table(message, lake) or _near_column(message, plan.columns()) or hint
    return QueryError(message, hint=hint or "Look at the statement near what the message names.")


def in_the_lake(text: str, files: Iterable[DataFile]) -> str:
    """Return a message with files called as in their commit, not as DuckDB knows them."""
    if _OBJECT.search(text) is None:
        return text
    for file in files:
        for name in names_of(file):
            text = text.replace(name, file.path)
    return text


def _helps(line: str) -> bool:
    return line.strip().lower().startswith(("did you mean", "candidate", "hint"))


def _near_table(message: str, lake: Lake) -> str:
    """Return a hint that names the lake's tables which are nearly what was asked for."""
    found = _NO_TABLE.search(message)
    if found is None:
        return ""
    asked = found.group(1).rpartition(".")[2]
    names: dict[str, list[str]] = {}
    for repo in _repos(lake):
        for name in _tables(repo):
            names.setdefault(name, []).append(f"{plainly(repo.name)}.{plainly(name)}")
    near = [place for name in closest(asked, names) for place in names[name]][:3]
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _repos(lake: Lake) -> list[Repo]:
    with contextlib.suppress(AccessDeniedError):  # who may see some repos only
        return lake.repos()[:REPOS]
    return []


def _tables(repo: Repo) -> list[str]:
    """Return what may be tables at the top of a repo: folders, and files by their stems."""
    with contextlib.suppress(LakeError):
        return list(short_names(repo.commit()).values())[:NAMES]
    return []


def _near_column(message: str, columns: Iterable[str]) -> str:
    found = _NO_COLUMN.search(message)
    near = closest(found.group(1), columns) if found else []
    return f"Did you mean {' or '.join(near)}?" if near else ""


def unknown_place(parts: Sequence[str], lake: Lake) -> LakeError:
    """Return the error for a table, by the parts of its name, whose schema nobody has."""
    repos = [repo.name for repo in lake.repos()]
    repo, *rest = parts
    if len(rest) > 1 and repo.partition("@")[0].casefold() in repos:
        meant = f"{plainly(repo)}.{quoted('/'.join(rest))}"
        return QueryError(
            f"{'.'.join(parts)} is no table: a lake's tables have names of two parts.",
            hint=f'Write {meant} for a folder in a folder, or "{repo}@BRANCH".{rest[-1]}.',
        )
    schema = ".".join(parts[:-1])
    near = closest(schema, repos)
    return RepoNotFoundError(
        f"There is no repo, and no schema, named {schema!r}.",
        hint=f"Did you mean {near[0]!r}?" if near else "`%lake repos` shows what there is.",
    )
