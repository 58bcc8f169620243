"""A session of IPython with the extension in it, in front of a small lake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from tests.verbs.mistakes import prepare
from tests.verbs.samples import sample_lake

Run = Callable[[str], object]


@contextmanager
def _session() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_lake")
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def bare_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A session before `%load_ext`."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_LAKE_URL", str(tmp_path / "lake"))
    monkeypatch.chdir(tmp_path)
    with _session() as shell:
        yield shell


@pytest.fixture(scope="module")
def shared_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    """A session before the sample lake for all tests of a file, which leave it as it is."""
    folder = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as monkeypatch, _session() as shell:
        monkeypatch.chdir(folder)
        sample_lake(folder / "lake")
        prepare(folder)
        shell.run_line_magic("load_ext", "jupyter_lake")
        shell.run_line_magic("lake", f"open '{folder / 'lake'}'")
        shell.run_line_magic("lake", "record off")
        yield shell


@pytest.fixture
def empty_shell(bare_shell: InteractiveShell) -> InteractiveShell:
    """A session with the extension, and no lake where it looks."""
    bare_shell.run_line_magic("load_ext", "jupyter_lake")
    return bare_shell


@pytest.fixture
def shell(empty_shell: InteractiveShell, tmp_path: Path) -> InteractiveShell:
    """A session with the extension and the sample lake."""
    sample_lake(tmp_path / "lake")
    return empty_shell


@pytest.fixture
def run(shell: InteractiveShell) -> Run:
    """Run a cell and return its value; an error in it fails the test."""

    def run(cell: str) -> object:
        result = executed(shell, cell)
        result.raise_error()
        return result.result

    return run


def executed(shell: InteractiveShell, cell: str) -> ExecutionResult:
    """Run a cell as a person does, its output caught."""
    with capture_output():
        return shell.run_cell(cell, store_history=True)
