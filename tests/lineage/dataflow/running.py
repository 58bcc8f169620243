"""Runs cells in a real IPython shell with the data flow watched."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import InteractiveShell

from jupyter_lake.lineage.dataflow import CellFlow, Dataflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lineage.dataflow.corpus.case import Case


@contextlib.contextmanager
def fresh_shell() -> Iterator[InteractiveShell]:
    """Give the process's shell with an empty namespace, and leave it so."""
    shell = InteractiveShell.instance()
    if shell.history_manager is not None:
        shell.history_manager.enabled = False
    _empty(shell)
    shell.showtraceback = lambda *args, **kwargs: None  # type: ignore[method-assign]
    main = sys.modules["__main__"]
    sys.modules["__main__"] = shell.user_module
    try:
        yield shell
    finally:
        sys.modules["__main__"] = main
        _empty(shell)


def _empty(shell: InteractiveShell) -> None:
    """Do what ``reset`` does, without its collection of garbage."""
    kept = {name: shell.user_ns[name] for name in ("__name__", "__builtins__", "__doc__")}
    shell.user_ns.clear()
    shell.user_ns.update(kept)
    shell.displayhook.exec_result = None
    shell.execution_count = 1
    if shell.history_manager is not None:
        shell.history_manager.reset()
    shell.init_user_ns()


@dataclass
class Notebook:
    """A notebook whose cells are keyed by their place in the order of execution, from 1."""

    shell: InteractiveShell
    dataflow: Dataflow = field(init=False)
    flows: list[CellFlow] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dataflow = Dataflow(self.shell.user_ns, transform=self.shell.transform_cell)

    def run(self, cell: str) -> CellFlow:
        """Run one cell as a front end would."""
        key = str(len(self.flows) + 1)
        pending = self.dataflow.before(self.shell.transform_cell(cell), key)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            result = self.shell.run_cell(cell, store_history=True)
        flow = self.dataflow.after(pending, raised=not result.success)
        if not result.success:
            self.failed.append(int(key))
        self.flows.append(flow)
        if self.dataflow.last_failure is not None:
            raise self.dataflow.last_failure
        return flow

    def ancestors(self, last: int | None = None) -> set[int]:
        """Return every execution that an execution comes from."""
        pending, found = [last or len(self.flows)], set[int]()
        while pending:
            for edge in self.flows[pending.pop() - 1].edges:
                if int(edge.upstream_key) not in found:
                    found.add(int(edge.upstream_key))
                    pending.append(int(edge.upstream_key))
        return found


@dataclass(frozen=True)
class Outcome:
    """What came out of a case."""

    missed: tuple[int, ...]
    wrong: tuple[int, ...]
    unexpected: str = ""

    @property
    def right(self) -> bool:
        return not (self.missed or self.wrong or self.unexpected)


def judge(case: Case, ancestors: set[int], failed: list[int]) -> Outcome:
    """Hold the ancestors that were found against those of a case."""
    missed = tuple(key for key in case.needs if key not in ancestors)
    wrong = tuple(key for key in case.never if key in ancestors)
    unexpected = "" if tuple(failed) == case.raises else f"cells that raised: {failed}"
    return Outcome(missed, wrong, unexpected)


def run_case(case: Case, shell: InteractiveShell, folder: Path) -> Outcome:
    """Run a case in a shell, with its modules in a folder."""
    names = {Path(path).parts[0].removesuffix(".py") for path in case.modules} | {"lk_written_mod"}
    with _modules(case, folder, names):
        notebook = Notebook(shell)
        for cell in case.cells:
            notebook.run(cell)
    return judge(case, notebook.ancestors(), notebook.failed)


@contextlib.contextmanager
def _modules(case: Case, folder: Path, names: set[str]) -> Iterator[None]:
    for path, text in case.modules.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] in names]:
            del sys.modules[name]
