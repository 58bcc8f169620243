"""Deleting what is old from stores that have no one request for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from jupyter_lake.store.gather import gather

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["look_and_delete"]


def look_and_delete(
    objects: ObjectStore, keys: Iterable[str], *, before: datetime
) -> Sequence[str]:
    """Delete those of the objects that are older; return them.

    An object that is touched between the look and the deletion is lost, which
    is why `gc` announces itself first.
    """
    found = gather(objects, [partial(objects.info, key) for key in keys])
    gone = [info.key for info in found if info is not None and info.modified < before]
    objects.delete(gone)
    return gone
