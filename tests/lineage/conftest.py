"""Notebook sessions in this process: a shell of IPython's, with a recorder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

from jupyter_lake import store
from jupyter_lake.lineage import Recorder, Run


class Notebook:
    """Somebody's notebook: cells run in it, and are recorded."""

    def __init__(self, lake: store.Lake | None, path: str, user: str) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = InteractiveShell(config=config, user_ns={})
        self.recorder = Recorder(self.shell, user=user, notebook=path)
        self.recorder.start()
        self.shell.user_ns["lake"] = lake
        self.shell.user_ns["recorder"] = self.recorder
        self.lake = lake
        self._cells = 0
        if lake is not None:
            self.recorder.attach(lake)

    def run(self, source: str, cell_id: str | None = None) -> ExecutionResult:
        """Run a cell; an error of its own is the cell's result."""
        self._cells += 1
        return self.shell.run_cell(
            source, store_history=True, cell_id=cell_id or f"cell-{self._cells}"
        )

    def ok(self, source: str, cell_id: str | None = None) -> None:
        """Run a cell that must not fail."""
        self.run(source, cell_id).raise_error()

    def publish(self, variable: str, repo: str, path: str) -> str:
        """Run a cell that publishes a variable of bytes; return its code."""
        code = (
            f"with lake.repo({repo!r}).transaction('main', message='m', "
            f"provenance=recorder.provenance_of({variable!r})) as tx:\n"
            f"    tx.write({path!r}, {variable})"
        )
        self.ok(code)
        return code

    def __getitem__(self, name: str) -> object:
        return self.shell.user_ns[name]


@pytest.fixture
def lake(tmp_path: Path) -> store.Lake:
    """A lake in a folder, with raw data and room for reports."""
    lake = store.Lake.create(str(tmp_path / "lake"))
    raw = lake.create_repo("flights")
    lake.create_repo("reports")
    with raw.transaction("main", message="raw") as tx:
        tx.write("flights/2013-01.csv", b"carrier,delay\nUA,1\n")
        tx.write("weather.csv", b"hour,rain\n1,2\n")
    return lake


@pytest.fixture
def open_notebook(
    lake: store.Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Notebook]]:
    """Open notebooks; all of them are closed at the end."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    opened: list[Notebook] = []

    def start(
        path: str = "/home/ana/delays.ipynb", user: str = "ana", **options: object
    ) -> Notebook:
        notebook = Notebook(options.get("lake", lake), path, user)  # type: ignore[arg-type]
        opened.append(notebook)
        return notebook

    yield start
    for notebook in opened:
        notebook.recorder.stop(timeout=1.0)


@pytest.fixture
def notebook(open_notebook: Callable[..., Notebook]) -> Notebook:
    """Ana's notebook."""
    return open_notebook()


def runs_of(lake: store.Lake) -> list[Run]:
    """The runs that have reached a lake or wait on this machine, oldest first."""
    from jupyter_lake.lineage import activity

    return activity(lake, 1000)[::-1]
