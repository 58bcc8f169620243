"""What ``lake://`` says of files and folders, in fsspec's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_lake.store.entries import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.entries import Folder

__all__ = ["file_info", "folder_info", "info_of"]


def info_of(name: str, found: Entry | Folder, commit: Commit) -> dict[str, Any]:
    """Return what there is to say of a file or folder of a commit."""
    if isinstance(found, Entry):
        return file_info(name, found, commit)
    return folder_info(name, commit.time)


def file_info(name: str, entry: Entry, commit: Commit) -> dict[str, Any]:
    """Return name, size, hash, rows and times of a file."""
    return {
        "name": name,
        "size": entry.size,
        "type": "file",
        "hash": entry.hash,
        "rows": entry.rows,
        "modified": commit.time,
        "created": commit.time,
    }


def folder_info(name: str, moment: datetime | None = None) -> dict[str, Any]:
    """Return name and time of a folder."""
    return {"name": name, "size": 0, "type": "directory", "modified": moment, "created": moment}
