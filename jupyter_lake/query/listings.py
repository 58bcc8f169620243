"""``SHOW TABLES FROM repo``: the tables of a commit, which DuckDB's catalog knows nothing of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_lake.query.parsing import tokens_of

__all__ = ["Listing", "find_listings", "listed"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One place where a statement says ``SHOW TABLES FROM schema``."""

    start: int
    end: int
    schema: str


def find_listings(statement: str) -> list[Listing]:
    """Return where a statement asks for the tables of a schema."""
    if "show" not in statement.lower():
        return []
    tokens = tokens_of(statement)
    words = [token.text.upper() for token in tokens]
    return [
        Listing(tokens[index].start, tokens[index + 3].end + 1, tokens[index + 3].text)
        for index in range(len(tokens) - 3)
        if words[index : index + 3] == ["SHOW", "TABLES", "FROM"]
        and words[index + 4 : index + 5] != ["."]
    ]


def listed(names: Sequence[str]) -> str:
    """Return a query for names, as DuckDB would show those of tables."""
    texts = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    return f"SELECT unnest([{texts}]::VARCHAR[]) AS name"
