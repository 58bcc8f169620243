"""Keeping what goes wrong in the recorder from the user's cell."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

__all__ = ["Guarded", "harmless"]

log = logging.getLogger(__name__)

NOT_RECORDED = "jupyter_lake: not all of what cells do can be recorded here ({}); they run as ever."

P = ParamSpec("P")
T = TypeVar("T")
G = TypeVar("G", bound="Guarded")


class Guarded:
    """Something whose parts may fail: that is told once, and goes no further."""

    _told_of_failure = False

    def notice(self, text: str) -> None:
        """Tell the user something."""
        raise NotImplementedError

    def or_else(self, default: T, part: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a part says, or what stands for it if it fails."""
        try:
            return part(*args, **kwargs)
        except Exception as error:
            log.debug("recording failed", exc_info=True)
            if not self._told_of_failure:
                self._told_of_failure = True
                with contextlib.suppress(Exception):
                    self.notice(NOT_RECORDED.format(type(error).__name__))
            return default


def harmless(method: Callable[Concatenate[G, P], None]) -> Callable[Concatenate[G, P], None]:
    """Keep a failure of a method from who calls it."""

    @functools.wraps(method)
    def guarded(self: G, *args: P.args, **kwargs: P.kwargs) -> None:
        self.or_else(None, functools.partial(method, self), *args, **kwargs)

    return guarded  # type: ignore[return-value]  # whose first argument is called self
