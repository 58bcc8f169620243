"""The routes, each a pattern and the function that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jupyter_lake.server import (
    commits,
    comparing,
    files,
    heads,
    history,
    lineage,
    repos,
    schemas,
    staleness,
    standing,
)

if TYPE_CHECKING:
    from jupyter_lake.server.handlers import Answer

__all__ = ["ROUTES"]

NAME = r"([^/]+)"

ROUTES: Mapping[str, Mapping[str, Answer]] = {
    "lake": {"GET": repos.describe_lake, "POST": repos.open_lake},
    "heads": {"GET": heads.heads},
    "repos": {"GET": repos.list_repos, "POST": repos.create_repo},
    f"repos/{NAME}/refs": {"GET": repos.list_refs},
    f"repos/{NAME}/branches": {"POST": history.create_branch},
    f"repos/{NAME}/branches/{NAME}": {"DELETE": history.delete_branch},
    f"repos/{NAME}/branches/{NAME}/undo": {"POST": history.undo},
    f"repos/{NAME}/tags": {"POST": history.create_tag},
    f"repos/{NAME}/imports": {"POST": history.import_files},
    f"repos/{NAME}/commits": {"GET": commits.list_commits},
    f"repos/{NAME}/changes": {"GET": commits.summaries},
    f"repos/{NAME}/commits/{NAME}": {"GET": commits.show_commit},
    f"repos/{NAME}/compare": {"GET": comparing.compare},
    f"repos/{NAME}/rows": {"GET": comparing.compare_rows},
    f"repos/{NAME}/schemas": {"GET": schemas.schema_changes},
    f"repos/{NAME}/standing": {"GET": standing.standing},
    f"repos/{NAME}/files": {"GET": files.list_folder},
    f"repos/{NAME}/preview": {"GET": files.preview_path},
    "lineage": {"GET": lineage.lineage},
    "inputs": {"GET": lineage.inputs},
    "stale": {"GET": staleness.stale_cells},
    "activity": {"GET": lineage.list_activity},
    f"runs/{NAME}": {"GET": lineage.show_run},
}
"""Patterns below ``/jupyter-lake/api/``, by method; groups are handed to the function."""
