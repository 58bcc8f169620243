"""A bar for queries that take their time, in the cell's output."""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_lake.verbs.html import page

if TYPE_CHECKING:
    from jupyter_lake.verbs import Workspace

__all__ = ["Bar", "progress"]

PATIENCE_SECONDS = 1.0
STEP_SECONDS = 0.25


class Bar:
    """How far a query has come, as text and HTML."""

    def __init__(self, percent: float, seconds: float) -> None:
        self.percent = percent
        self.seconds = seconds

    def __repr__(self) -> str:
        if self.percent < 0:
            return f"Running for {self.seconds:.0f} s ..."
        filled = int(self.percent / 5)
        return f"{'█' * filled}{'░' * (20 - filled)} {self.percent:3.0f} %, {self.seconds:.0f} s"

    def _repr_html_(self) -> str:
        value = f' value="{self.percent:.0f}"' if self.percent >= 0 else ""
        label = f"{self.percent:.0f} %, " if self.percent >= 0 else ""
        bar = f'<progress max="100"{value} aria-label="Query"></progress>'
        return page(f'<div class="l m">{bar}<span>{label}{self.seconds:.0f} s</span></div>')


class _Done:
    """Takes the bar's place when the query has ended: nothing."""

    def __repr__(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        return "<span></span>"


@contextlib.contextmanager
def progress(workspace: Workspace) -> Iterator[None]:
    """Show a bar while what is inside runs, once that takes more than a second."""
    ended = threading.Event()
    context = contextvars.copy_context()  # so that the output lands under this cell
    thread = threading.Thread(
        target=context.run, args=(_watch, workspace, ended), name="lake-progress", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=STEP_SECONDS)


def _watch(workspace: Workspace, ended: threading.Event) -> None:
    began = time.monotonic()
    if ended.wait(PATIENCE_SECONDS):
        return
    from IPython.display import display

    bar = Bar(_percent(workspace), time.monotonic() - began)
    handle = display(bar, display_id=True)  # type: ignore[no-untyped-call]
    while not ended.wait(STEP_SECONDS):
        handle.update(Bar(_percent(workspace), time.monotonic() - began))
    handle.update(_Done())


def _percent(workspace: Workspace) -> float:
    """Return how much of the query is done, -1 where that is not known."""
    session = workspace.__dict__.get("session")
    asked = getattr(session, "progress", None)
    return float(asked()) if callable(asked) else -1.0
