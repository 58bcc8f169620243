"""The datasets that a statement reads, and what is told of it to whoever records reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.query.columns import Known, columns_read

if TYPE_CHECKING:
    from jupyter_lake.query.datasets import Dataset
    from jupyter_lake.query.names import Reference
    from jupyter_lake.query.views import Views

__all__ = ["Use", "reads_of"]


@dataclass(slots=True)
class Use:
    """A dataset, and where the statement names it; without a schema where no view is needed."""

    dataset: Dataset
    references: list[Reference] = field(default_factory=list)
    schema: str = ""


def reads_of(
    uses: Sequence[Use], statement: str, *, views: Views, lake_url: str
) -> list[access.Read]:
    """Return what the statement reads, one record for each dataset."""
    known = {
        reference.start: Known(
            reference.schema,
            reference.table,
            tuple(views.columns(use.schema, use.references[0].table)) if use.schema else (),
        )
        for use in uses
        for reference in use.references
    }
    columns = columns_read(statement, known)
    reads: dict[tuple[str, str, str], access.Read] = {}
    for use in uses:
        commit, path = use.dataset.commit, use.dataset.address_path
        key = (commit.repo.name, commit.id, path)
        named = _joined([columns.get(reference.start) for reference in use.references])
        if key in reads:
            named = _joined([named, reads[key].columns])
        reads[key] = access.Read(lake_url, *key, named, "sql")
    return list(reads.values())


def _joined(columns: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Return all the columns together; None, which is all or unknown, swallows the rest."""
    if not columns or any(names is None for names in columns):
        return None
    return tuple(sorted({name for names in columns for name in names or ()}))
