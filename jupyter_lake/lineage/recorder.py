"""Recording what the cells of one session do: quiet, quick, and never in the way.

The recorder listens to IPython's events round each cell, to what passes
through the lake (`jupyter_lake.access`) and to what goes past it
(`untracked`), asks the data flow which earlier cells each cell stands on, and
hands finished runs to the `Uploader`. Whatever goes wrong in here goes wrong
in here: the user's cell never sees it.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

from jupyter_lake import access
from jupyter_lake.lineage import untracked
from jupyter_lake.lineage.active import ActiveRun
from jupyter_lake.lineage.answers import Answers
from jupyter_lake.lineage.named_files import named_files
from jupyter_lake.lineage.openlineage_events import Sender
from jupyter_lake.lineage.provenance import Session
from jupyter_lake.lineage.redaction import redact
from jupyter_lake.lineage.uploads import Outbox, Uploader
from jupyter_lake.lineage.whereabouts import Whereabouts

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from jupyter_lake.lineage.dataflow import Dataflow
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store import Lake

__all__ = ["Recorder"]

log = logging.getLogger(__name__)

HELD_BEFORE_LAKE = 1_000
"""How many runs are remembered while no lake is open yet."""
EXIT_SECONDS = 3.0
"""How long an ending kernel waits for its last runs to reach the lake."""

P = ParamSpec("P")


def _harmless(method: Callable[P, None]) -> Callable[P, None]:
    """Keep a failure of the recorder from the user's cell."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception:
            log.debug("recording failed", exc_info=True)

    return guarded


class Recorder(Answers):
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
        self._uploader = Uploader()
        self._sender = Sender()
        self._active: dict[int, ActiveRun] = {}
        self._last: ActiveRun | None = None
        self._late = False
        self._held: list[ActiveRun] = []
        self._notices: list[str] = []
        self._told: set[str] = set()
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
        atexit.register(self.stop)
        if hasattr(os, "register_at_fork"):
            recorder = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _forget_uploads(recorder()))
        self._begin_late()

    def stop(self, *, timeout: float = EXIT_SECONDS) -> None:
        """Stop listening, and give what waits `timeout` seconds to reach the lake."""
        if not self._undo:
            return
        for undo in self._undo:
            with contextlib.suppress(Exception):
                undo()
        self._undo = []
        self._stop_late()
        access.set_provenance_provider(None)
        atexit.unregister(self.stop)
        self._uploader.close(timeout)
        self._sender.close(timeout)

    @_harmless
    def _stop_late(self) -> None:
        self._keep_late()

    def pause(self) -> None:
        """Record nothing until `resume`; how data flows is still followed."""
        self.paused = True

    def resume(self) -> None:
        """Record again."""
        self.paused = False

    def attach(self, lake: Lake) -> None:
        """Send runs to this lake from now on, and those that no lake was open for."""
        others = [box for box in self._uploader.outboxes if box.lake.url != lake.url]
        known = [box for box in self._uploader.outboxes if box.lake.url == lake.url]
        outbox = known[0] if known else Outbox(lake, notice=self._notice)
        outbox.lake = lake
        self._uploader.outboxes = [*others, outbox]
        untracked.own_root(lake.url)
        for (
            running
        ) in self._active.values():  # it has opened the lake, which looked like reading files
            running.untracked = {
                name: None for name in running.untracked if not untracked.ours(name)
            }
        held, self._held = self._held, []
        for run in held:
            self._keep(run)
        self._uploader.wake()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until the lakes have all finished runs; False if they have not in time."""
        return self._uploader.flush(timeout)

    # -- what is known ---------------------------------------------------------

    @property
    def current_run(self) -> Run | None:
        """The run of the cell that is running now, as far as it has come."""
        active = self.current()
        return active.snapshot(self.lake_url) if active else None

    @property
    def notebook(self) -> str:
        """The path of this session's notebook, as far as it is known."""
        return self.where.notebook

    @property
    def problem(self) -> str:
        """Why runs wait to be uploaded, or an empty text."""
        return next((box.problem for box in self._uploader.outboxes if box.problem), "")

    def spools(self) -> list[Path]:
        """Return the files in which this session's runs wait."""
        return [box.spool_path for box in self._uploader.outboxes if box.spool_path is not None]

    def waiting(self, lake_url: str) -> list[Run]:
        """Return the runs that a lake may not have yet, the running one included."""
        runs = [
            run
            for outbox in self._uploader.outboxes
            if outbox.lake.url == lake_url
            for run in outbox.waiting()
        ]
        active = self.current()
        if active is not None and not self.paused:
            runs.append(self.session.snapshot(active, lake_url))
        return runs

    # -- round each cell -------------------------------------------------------

    @_harmless
    def _before_cell(self, info: ExecutionInfo) -> None:
        self._begin(info, self.where.execution_count(info))

    @_harmless
    def _after_cell(self, result: ExecutionResult) -> None:
        active = self._active.get(threading.get_ident())
        if active is None:
            return
        if active.nested:
            active.nested -= 1
            return
        del self._active[threading.get_ident()]
        self._end(active, result)
        self._tell()

    def _begin(self, info: ExecutionInfo, count: int | None) -> None:
        # Subshells run cells in threads of their own, side by side.
        if running := self._active.get(threading.get_ident()):
            running.nested += 1
            return
        self._keep_late()
        raw = info.raw_cell or ""
        code = getattr(info, "transformed_cell", None) or str(self.shell.transform_cell(raw))  # type: ignore[no-untyped-call]
        cell_id = self.where.cell_id(info)
        source = redact(raw) if self.record_source else None
        active = ActiveRun(self.where.place(), cell_id, count, source, code)
        self._active[threading.get_ident()] = active
        active.pending = self._flow.before(code, active.run_id)

    def _begin_late(self) -> None:
        """Begin the run of the cell that started the recorder."""
        result = getattr(self.shell.displayhook, "exec_result", None)
        if result is not None and self.current() is None:
            with contextlib.suppress(Exception):
                self._begin(result.info, result.execution_count)

    def _end(self, active: ActiveRun, result: ExecutionResult | None) -> None:
        error = None
        if result is not None:
            error = result.error_in_exec or result.error_before_exec
            active.execution_count = self.where.counted(
                active.execution_count, result.execution_count
            )
        flow = (
            self._flow.after(active.pending, raised=error is not None) if active.pending else None
        )
        active.bypassed(named_files(active.code, self.shell.user_ns))
        active.end(_status(error), self.session.upstream(flow) if flow else ())
        active.pending = None
        self._last = active
        self.session.add(active)
        if not self.paused:
            self._keep(active)
            self._sender.add(active.snapshot(self.lake_url), self.lake_url or "unknown")

    def _keep(self, active: ActiveRun, *, upload: bool = True) -> None:
        if not self._uploader.outboxes:
            self._held = [*self._held[-HELD_BEFORE_LAKE + 1 :], active]
            return
        last = self._uploader.outboxes[-1]
        for outbox in self._uploader.outboxes:
            if outbox is last or outbox.lake.url in active.lakes:
                outbox.add(self.session.snapshot(active, outbox.lake.url), upload=upload)
        self._uploader.wake()

    # -- what passes through the lake, and past it --------------------------------

    @_harmless
    def _saw(self, event: access.Read | access.Write) -> None:
        with self._lock:
            active = self.current()
            if active is not None:
                active.saw(event)
                if isinstance(event, access.Write) and not self.paused and active.spool_again():
                    # The commit names this run: let it be known even if the kernel dies now.
                    self._keep(active, upload=False)
            elif self._last is not None and not self.paused and not _in_main_thread():
                self._last.saw(event)  # in a thread that outlived its cell
                self._late = True
                if self._last.spool_again():
                    self._keep_late()

    def _keep_late(self) -> None:
        """Record anew what a run's threads did after it had ended."""
        if self._late and self._last is not None:
            self._late = False
            self._last.revision += 1
            self._keep(self._last)

    @_harmless
    def _bypassed(self, names: Iterable[str]) -> None:
        if active := self.current():
            active.bypassed(names)

    # -- small things ------------------------------------------------------------

    @property
    def lake_url(self) -> str:
        """The lake that is open, or an empty text."""
        return self._uploader.outboxes[-1].lake.url if self._uploader.outboxes else ""

    def current(self) -> ActiveRun | None:
        """Return the run of this thread's cell, else of the one that began last."""
        mine = self._active.get(threading.get_ident())
        return mine or next(reversed(self._active.values()), None)

    def _notice(self, line: str) -> None:
        self._notices.append(line)

    def _tell(self) -> None:
        """Print what has to be said, once, under the cell that has just ended."""
        while self._notices:
            line = self._notices.pop(0)
            if line not in self._told:
                self._told.add(line)
                print(line, file=sys.stderr)  # noqa: T201


def _status(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "error"


def _dataflow(namespace: dict[str, object]) -> Dataflow:
    from jupyter_lake.lineage.dataflow import Dataflow

    return Dataflow(namespace)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _forget_uploads(recorder: Recorder | None) -> None:
    """Leave the spool and the lake's lineage to the parent, in a process that was forked off."""
    if recorder is not None:
        recorder._uploader = Uploader()
