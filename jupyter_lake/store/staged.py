"""What a branch would hold if what a transaction has staged were committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from jupyter_lake.store.entries import Entry, Folder

if TYPE_CHECKING:
    from jupyter_lake.store.repos import Repo
    from jupyter_lake.store.staging import Staging

__all__ = ["directly_in", "staged_entries"]


def staged_entries(repo: Repo, base: str | None, staging: Staging, path: str) -> Iterator[Entry]:
    """Yield the files at or under a path: those of the base commit, and what is staged on it."""
    folder = _folder(path)
    tree, manifests = repo.tree_of(base), repo.manifests
    found = {entry.path: entry for entry in manifests.entries(tree, folder)}
    if folder and (entry := manifests.entry(tree, folder[:-1])) is not None:
        found[entry.path] = entry
    for gone in staging.deletes:
        found.pop(gone, None)
    for entry in staging.under(folder[:-1]):
        if not folder or entry.path == folder[:-1] or entry.path.startswith(folder):
            found[entry.path] = entry
    yield from (found[name] for name in sorted(found))


def directly_in(path: str, entries: Iterable[Entry]) -> list[Entry | Folder]:
    """Return what lies directly in a folder, given all files under it."""
    folder = _folder(path)
    files: list[Entry | Folder] = []
    folders: dict[str, tuple[int, int]] = {}
    for entry in entries:
        name, slash, _ = entry.path.removeprefix(folder).partition("/")
        if slash:
            count, size = folders.get(name, (0, 0))
            folders[name] = (count + 1, size + entry.size)
        else:
            files.append(entry)
    found = [*files, *(Folder(folder + name, *totals) for name, totals in folders.items())]
    return sorted(found, key=lambda item: item.path)


def _folder(path: str) -> str:
    return f"{path.strip('/')}/" if path.strip("/") else ""
