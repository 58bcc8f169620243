"""How the columns of changed tables differ, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.errors import LakeError
from jupyter_lake.server.kinds import kind_of

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.lake import Lake
    from jupyter_lake.query import Dataset
    from jupyter_lake.query.views import Views
    from jupyter_lake.server.question import Question
    from jupyter_lake.store import Change, Commit, Repo

__all__ = ["schema_changes"]

MOST_FILES = 40
SECONDS = 5.0

Columns = dict[str, str]
Table = tuple["Commit", str]


def schema_changes(question: Question, name: str) -> object:
    """Return for the tables that differ between ``a`` and ``b`` how their columns do.

    Without ``a``, what the commit ``b`` did to its parent. A new file is held
    against one that lay beside it already. Tables that can't be read, and those
    after the first 40, are left out.
    """
    repo = question.lake.repo(name)
    new = repo.commit(question.text("b") or None)
    old = _old(repo, new, question.text("a"))
    changes = repo.diff(old.id, new.id) if old else new.changes()
    tables = [change for change in changes if kind_of(change.path) == "table" and change.new]
    pairs = [(change, _before(old, change)) for change in tables[:MOST_FILES]]
    wanted = [(new, change.path) for change, _ in pairs]
    wanted += [(old, before) for _, before in pairs if old is not None and before]
    columns = _columns(question.lake, dict.fromkeys(wanted))
    return {
        "schemas": {
            change.path: {"columns": len(after), "changes": _differences(then, after)}
            for change, before in pairs
            if (after := columns.get((new, change.path))) is not None
            for then in [columns.get((old, before)) if old is not None and before else None]
        }
    }


def _old(repo: Repo, new: Commit, ref: str) -> Commit | None:
    if ref:
        return repo.commit(ref)
    return repo.commit(new.parents[0]) if new.parents else None


def _before(old: Commit | None, change: Change) -> str | None:
    """Return the path of what to hold a change against: itself, else what lay beside it."""
    folder, slash, name = change.path.rpartition("/")
    if change.old is not None:
        return change.path
    if old is None or not slash:
        return None
    end = "." + name.rpartition(".")[2]
    beside = (entry.path for entry in old.entries(folder) if entry.path.endswith(end))
    return next((path for path in beside if path.rpartition("/")[0] == folder), None)


def _columns(lake: Lake, wanted: Iterable[Table]) -> dict[Table, Columns]:
    """Return the columns and types of those tables that can be read in time."""
    from jupyter_lake.query.locked import Budget, locked_runner
    from jupyter_lake.query.remote import names_of
    from jupyter_lake.query.views import Views

    datasets = {table: found for table in wanted if (found := _dataset(*table)) is not None}
    names = [name for found in datasets.values() for file in found.files for name in names_of(file)]
    runner = locked_runner(lake, list(dict.fromkeys(names)))
    with closing(runner.connection) as connection:
        views, budget = Views(connection), Budget(runner, SECONDS)
        described = {
            table: budget.run(partial(_described, connection, views, found))
            for table, found in datasets.items()
        }
    return {table: columns for table, columns in described.items() if columns is not None}


def _dataset(commit: Commit, path: str) -> Dataset | None:
    from jupyter_lake.query import resolve_dataset

    try:
        return resolve_dataset(commit, path)
    except LakeError:
        return None


def _described(
    connection: duckdb.DuckDBPyConnection, views: Views, dataset: Dataset
) -> Columns | None:
    import duckdb

    try:
        view = f"{views.schema_for(dataset, 'rows')}.rows"
        rows = connection.execute(f"DESCRIBE FROM {view}").fetchall()
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return None  # a broken file has no columns to speak of
    return {str(row[0]): str(row[1]) for row in rows}


def _differences(before: Columns | None, after: Columns) -> list[dict[str, str | None]] | None:
    if before is None:
        return None
    names = [*before, *(name for name in after if name not in before)]
    return [
        {"column": name, "old": before.get(name), "new": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]
