"""Tags: one create-only object each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.gather import gather
from jupyter_lake.store.objectstore import ObjectExists, ObjectMissing
from jupyter_lake.store.records import Tag
from jupyter_lake.store.refs import create_surely

if TYPE_CHECKING:
    from jupyter_lake.store.keys import RepoKeys
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["Tags"]


class Tags:
    """The tags of one repo."""

    def __init__(self, objects: ObjectStore, keys: RepoKeys) -> None:
        self._objects = objects
        self._keys = keys

    def get(self, name: str) -> Tag | None:
        """Return a tag, or None."""
        try:
            return Tag.from_bytes(name, self._objects.get(self._keys.tag(name)))
        except ObjectMissing:
            return None

    def all(self) -> list[Tag]:
        """Return all tags, sorted by name."""
        prefix = self._keys.tags
        names = [info.key.removeprefix(prefix) for info in self._objects.list(prefix)]
        found = gather(self._objects, [partial(self.get, name) for name in names])
        return [tag for tag in found if tag is not None]

    def create(self, tag: Tag) -> None:
        """Write a new tag.

        Raises
        ------
        ObjectExists
        """
        try:
            create_surely(self._objects, self._keys.tag(tag.name), tag.to_bytes())
        except ObjectExists:
            if self.get(tag.name) != tag:
                raise

    def delete(self, name: str) -> None:
        """Take a tag away."""
        self._objects.delete([self._keys.tag(name)])
