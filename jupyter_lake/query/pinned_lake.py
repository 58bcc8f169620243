"""A lake by its URL, whose refs mean one commit each from their first use on, in all processes."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake.addresses import Address

if TYPE_CHECKING:
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.lakes import Lake

__all__ = ["PinnedLake"]


@dataclass
class PinnedLake:
    """Where a lake is, and what its refs are to mean; it can be pickled, and opens when needed.

    Attributes
    ----------
    url, options
        The lake, and its storage options.
    pins
        Commit ids by ``repo`` or ``repo@ref``. What is looked up is added.
    """

    url: str
    options: dict[str, object]
    pins: dict[str, str] = field(default_factory=dict)

    @property
    def lake(self) -> Lake:
        """The lake; one process opens it once."""
        return _lake_at(os.getpid(), self.url, _Options(self.options))

    def place(self, path: str) -> tuple[Commit, str]:
        """Return the commit that an address lies in, and the path inside it."""
        address = Address.parse(path)
        name = address.repo + (f"@{address.ref}" if address.ref else "")
        repo = self.lake.repo(address.repo)
        if name not in self.pins:
            self.pins[name] = repo.resolve(address.ref)
        return repo.commit(self.pins[name]), address.path

    def pinned(self, path: str) -> str:
        """Return an address with its ref replaced by the commit's id."""
        commit, inside = self.place(path)
        return f"{commit.repo.name}@{commit.id}" + (f"/{inside}" if inside else "")


class _Options(dict[str, object]):
    """Storage options that can be looked up by."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(sorted(self.items(), key=str)))


@functools.lru_cache(maxsize=16)
def _lake_at(process: int, url: str, options: Mapping[str, object]) -> Lake:
    del process  # a forked child opens its own
    from jupyter_lake.store import Lake

    return Lake.open(url, storage_options=options)
