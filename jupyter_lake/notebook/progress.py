"""A bar for queries that take their time, in the cell's output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.verbs.html import page

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

__all__ = ["Bar", "Progress"]


class Bar:
    """How far a query has come, as text and HTML."""

    def __init__(self, share: float | None, seconds: float) -> None:
        self.share = share
        self.seconds = seconds

    def __repr__(self) -> str:
        if self.share is None:
            return f"Running for {self.seconds:.0f} s ..."
        filled = int(self.share * 20)
        return f"{'█' * filled}{'░' * (20 - filled)} {self.share:4.0%}, {self.seconds:.0f} s"

    def _repr_html_(self) -> str:
        value = "" if self.share is None else f' value="{self.share:.2f}"'
        label = "" if self.share is None else f"{self.share:.0%}, "
        bar = f'<progress max="1"{value} aria-label="Query"></progress>'
        return page(f'<div class="l m">{bar}<span>{label}{self.seconds:.0f} s</span></div>')


class _Done:
    """Takes the bar's place when the query has ended: nothing."""

    def __repr__(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        return "<span></span>"


class Progress:
    """Told by a session how far a statement has come; shows it in the cell that runs.

    The session speaks up only once a statement has taken a second.
    """

    def __init__(self) -> None:
        self._shown: DisplayHandle | None = None

    def __call__(self, share: float | None, seconds: float) -> None:
        """Show the share that is done (None if not known); 1 ends it."""
        bar = _Done() if share == 1 else Bar(share, seconds)
        if self._shown is None:
            self._shown = _display(bar)
        else:
            self._shown.update(bar)  # type: ignore[no-untyped-call]
        if share == 1:
            self._shown = None


def _display(bar: object) -> DisplayHandle | None:
    from IPython.display import display

    return display(bar, display_id=True)  # type: ignore[no-untyped-call, no-any-return]
