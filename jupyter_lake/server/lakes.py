"""The lakes that this server has open, each opened once."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from jupyter_lake import config
from jupyter_lake.lake import Lake

__all__ = ["Lakes"]


class Lakes:
    """Opens lakes by URL and keeps them; a lake that did not open is tried again.

    Parameters
    ----------
    url
        The lake for those who name none; empty for the configured one.
    storage_options
        What its filesystem takes; empty for the configured options.
    """

    def __init__(self, url: str = "", storage_options: Mapping[str, object] | None = None) -> None:
        self._url = url
        self._options = dict(storage_options or {})
        self._open: dict[str, Lake] = {}
        self._lock = threading.Lock()

    @property
    def default_url(self) -> str:
        """The URL of the lake that is meant where none is named."""
        return self._url or config.lake_url()

    def get(self, url: str = "", *, create: bool = False) -> Lake:
        """Return the lake at `url`, the default one where that is empty.

        Raises
        ------
        LakeNotFoundError, NotALakeError, AccessDeniedError, UnreachableError
        """
        url = url.strip() or self.default_url
        with self._lock:
            lake = self._open.get(url)
        if lake is None:
            lake = Lake.open(url, create=create, storage_options=self._options or None)
            with self._lock:
                lake = self._open.setdefault(url, lake)
        return lake

    def look(self, url: str = "") -> Lake:
        """Return what `get` does, having made sure that the lake is there, and still the same.

        Raises
        ------
        LakeNotFoundError, NotALakeError, AccessDeniedError, UnreachableError
        """
        url = url.strip() or self.default_url
        with self._lock:
            known = self._open.pop(url, None)
        found = Lake.open(url, storage_options=self._options or None)
        lake = known if known is not None and known.id == found.id else found
        with self._lock:
            return self._open.setdefault(url, lake)
