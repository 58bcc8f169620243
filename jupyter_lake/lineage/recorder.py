"""Recording what the cells of one session do: quiet, quick, and never in the way.

The recorder listens to IPython's events round each cell, to what passes
through the lake (`jupyter_lake.access`) and to what goes past it
(`untracked`), asks the data flow which earlier cells each cell stands on, and
hands finished runs to the `Delivery`. Whatever goes wrong in here goes wrong
in here: the user's cell never sees it, and a run that is known in part is
recorded in part.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.lineage import untracked
from jupyter_lake.lineage.active import ActiveRun
from jupyter_lake.lineage.answers import Answers
from jupyter_lake.lineage.callbacks import Callbacks
from jupyter_lake.lineage.delivery import Delivery
from jupyter_lake.lineage.guarded import harmless
from jupyter_lake.lineage.listening import Listening
from jupyter_lake.lineage.named_files import named_files
from jupyter_lake.lineage.provenance import Session
from jupyter_lake.lineage.redaction import recordable
from jupyter_lake.lineage.whereabouts import Whereabouts
from jupyter_lake.lineage.workers import Workers

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from jupyter_lake.lineage.dataflow import Dataflow
    from jupyter_lake.lineage.runs import Upstream
    from jupyter_lake.store import Lake

__all__ = ["Recorder"]

EXIT_SECONDS = 3.0
"""How long an ending kernel waits for its last runs to reach the lake."""


class Recorder(Answers, Listening):
    """Records the runs of one IPython session.

    ``JUPYTER_LAKE_RECORD`` says how it starts: ``on``, ``off`` or ``no-source``.

    Parameters
    ----------
    shell
        The session.
    user
        Who runs the cells; the current user if None.
    notebook
        The notebook's path; found out if None.

    Attributes
    ----------
    record_source
        False to leave the cells' sources out from now on.
    paused
        True while nothing is recorded.
    """

    def __init__(
        self, shell: InteractiveShell, *, user: str | None = None, notebook: str | None = None
    ) -> None:
        self.shell = shell
        wanted = os.environ.get("JUPYTER_LAKE_RECORD", "on").strip().lower()
        self.record_source = wanted != "no-source"
        self.paused = wanted == "off"
        self.where = Whereabouts(shell, user=user, notebook=notebook)
        self._flow = _dataflow(shell.user_ns)
        self.session = Session(self._flow)
        self.delivery = Delivery(self.session)
        self._active: dict[int, ActiveRun] = {}
        self._script: ExecutionResult | None = None
        self._last: ActiveRun | None = None
        self._callbacks = Callbacks(shell)
        self._workers = Workers()
        self._undo: list[Callable[[], object]] = []
        self._lock = threading.RLock()

    # -- on and off ------------------------------------------------------------

    def start(self) -> None:
        """Listen from now on; the cell that calls this is the first run."""
        if self._undo:
            return
        events = self.shell.events
        events.register("pre_run_cell", self._before_cell)
        events.register("post_run_cell", self._after_cell)
        self._undo = [
            lambda: events.unregister("pre_run_cell", self._before_cell),
            lambda: events.unregister("post_run_cell", self._after_cell),
            access.subscribe(self._saw),
            untracked.Watch(self._bypassed).close,
        ]
        access.set_provenance_provider(self.provenance)
        self._workers.invite()
        atexit.register(self.stop)
        if hasattr(os, "register_at_fork"):
            recorder = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _leave_to_parent(recorder()))
        self._begin_late()

    def stop(self, *, timeout: float = EXIT_SECONDS) -> None:
        """Stop listening, and give what waits `timeout` seconds to reach the lake."""
        if not self._undo:
            return
        for undo in self._undo:
            with contextlib.suppress(Exception):
                undo()
        self._undo = []
        self._end_script()
        self._keep_late()
        self._workers.forget()
        access.set_provenance_provider(None)
        atexit.unregister(self.stop)
        self.delivery.close(timeout)

    def pause(self) -> None:
        """Record nothing until `resume`; how data flows is still followed."""
        self.paused = True

    def resume(self) -> None:
        """Record again."""
        self.paused = False

    def attach(self, lake: Lake) -> None:
        """Send runs to this lake from now on, and those that no lake was open for."""
        untracked.own_root(lake.url)
        for running in self._active.values():  # opening the lake looked like reading files
            outside = [name for name in running.untracked if not untracked.ours(name)]
            running.untracked = dict.fromkeys(outside)
        self.delivery.open(lake)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until the lakes have all finished runs; False if they have not in time."""
        return self.delivery.flush(timeout)

    def current(self) -> ActiveRun | None:
        """Return the run of this thread's cell, else of the one that began last."""
        mine = self._active.get(threading.get_ident())
        return mine or next(reversed(self._active.values()), None)

    # -- round each cell -------------------------------------------------------

    @harmless
    def _before_cell(self, info: ExecutionInfo) -> None:
        if "__file__" not in self.shell.user_ns:
            self._end_script()
        self._begin(info, self.or_else(None, self.where.execution_count, info))

    @harmless
    def _after_cell(self, result: ExecutionResult) -> None:
        active = self._active.get(threading.get_ident())
        if active is not None and active.nested:
            active.nested -= 1
            return
        if active is not None:
            del self._active[threading.get_ident()]
            self.or_else(None, self._end, active, result)
        self.delivery.tell()

    def _begin(self, info: ExecutionInfo, count: int | None) -> None:
        # Subshells run cells in threads of their own, side by side.
        if running := self._active.get(threading.get_ident()):
            running.nested += 1
            return
        self._keep_late()
        raw = info.raw_cell or ""
        code = self.or_else(raw, self._as_python, info)
        place, cell_id = self.or_else(None, self.where.find, info) or (self.where.place(""), None)
        source = self.or_else(None, recordable, raw) if self.record_source else None
        active = ActiveRun(place, cell_id, count, source, code)
        self._active[threading.get_ident()] = active
        self.or_else(None, self._callbacks.enter, active, raw)
        active.pending = self.or_else(None, self._flow.before, code, active.run_id)

    def _as_python(self, info: ExecutionInfo) -> str:
        code = getattr(info, "transformed_cell", None)
        return code or str(self.shell.transform_cell(info.raw_cell or ""))  # type: ignore[no-untyped-call]

    @harmless
    def _begin_late(self) -> None:
        """Begin the run of the cell that started the recorder."""
        result = getattr(self.shell.displayhook, "exec_result", None)
        if result is not None and self.current() is None:
            self._begin(result.info, result.execution_count)
            if result.info.silent:  # `ipython script.ipy`: nobody will say when it ends
                self._script = result

    @harmless
    def _end_script(self) -> None:
        result, self._script = self._script, None
        if result is not None and self._active:
            self._end(self._active.popitem()[1], result)

    def _end(self, active: ActiveRun, result: ExecutionResult) -> None:
        error = result.error_in_exec or result.error_before_exec
        self._callbacks.leave()
        count = active.execution_count
        active.execution_count = self.or_else(
            count, self.where.counted, count, result.execution_count
        )
        upstream = self.or_else((), self._upstream, active, raised=error is not None)
        active.bypassed(self.or_else([], named_files, active.code, self.shell.user_ns))
        active.end(_status(error), upstream)
        active.pending = None
        self.or_else(False, self._hear_workers, active)
        self._last = active
        self.session.add(active)
        if not self.paused:
            self.delivery.keep(active)
            self.delivery.tell_others(active)

    def _upstream(self, active: ActiveRun, *, raised: bool) -> tuple[Upstream, ...]:
        if active.pending is None:
            return ()
        return self.session.upstream(self._flow.after(active.pending, raised=raised))


def _status(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "error"


def _dataflow(namespace: dict[str, object]) -> Dataflow:
    from jupyter_lake.lineage.dataflow import Dataflow

    return Dataflow(namespace)


def _leave_to_parent(recorder: Recorder | None) -> None:
    if recorder is not None:
        recorder.delivery.leave_to_parent()
