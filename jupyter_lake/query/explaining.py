"""DuckDB's errors, in its words, with the closest names of the lake beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError, QueryError, RepoNotFoundError, closest

if TYPE_CHECKING:
    from jupyter_lake.store import Lake

__all__ = ["explained"]

_NO_SCHEMA = re.compile(r"because (?:schema|catalog) \"([^\"]+)\" does not exist")


def explained(error: Exception, renamed: Mapping[str, str], lake: Lake) -> Exception:
    """Return what to raise in place of an error that a statement met.

    Parameters
    ----------
    error
        What DuckDB, or the reading of a file, raised.
    renamed
        For each schema as DuckDB knows it, what the person wrote.
    lake
        Whose names may be close to what was meant.
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
    unknown = _unknown_repo(text, lake)
    if unknown is not None:
        return unknown
    hint = " ".join(line.strip() for line in rest.splitlines() if _helps(line))
    return QueryError(message, hint=hint or "Look at the statement near what the message names.")


def _helps(line: str) -> bool:
    return line.strip().lower().startswith(("did you mean", "candidate", "hint"))


def _unknown_repo(text: str, lake: Lake) -> RepoNotFoundError | None:
    """Return the error for a statement that names a schema that is neither DuckDB's nor a repo."""
    schema = _NO_SCHEMA.search(text)
    if schema is None:
        return None
    name = schema.group(1)
    near = closest(name, [repo.name for repo in lake.repos()])
    return RepoNotFoundError(
        f"There is no repo, and no schema, named {name!r}.",
        hint=f"Did you mean {near[0]!r}?" if near else "`%lake repos` shows what there is.",
    )
