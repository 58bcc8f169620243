"""``%load_ext`` and ``%unload_ext``: light, quiet, and without trace afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.utils.capture import capture_output

from jupyter_lake.notebook.extension import extension_of
from tests.verbs.samples import sample_lake

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

HEAVY = (
    "duckdb",
    "pyarrow",
    "pandas",
    "polars",
    "sqlglot",
    "s3fs",
    "fsspec",
    "obstore",
    "botocore",
    "openlineage",
    "ipywidgets",
    "graphviz",
    "numpy",
    "nbformat",
    "papermill",
)


def test_it_says_nothing_and_can_be_done_twice(bare_shell: InteractiveShell) -> None:
    with capture_output() as output:
        for _ in range(2):
            bare_shell.run_cell("%load_ext jupyter_lake")
        bare_shell.run_cell("%reload_ext jupyter_lake")
    assert (output.stdout, output.stderr) == (
        (
            "The jupyter_lake extension is already loaded. To reload it, use:\n"
            "  %reload_ext jupyter_lake\n"
        ),
        "",
    )
    assert extension_of(bare_shell) is not None


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "before = set(sys.modules)\n"
        "InteractiveShell.instance().run_line_magic('load_ext', 'jupyter_lake')\n"
        f"print(sorted({set(HEAVY)!r} & (set(sys.modules) - before)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_a_session_ends_without_a_word(tmp_path: Path) -> None:
    sample_lake(tmp_path / "lake")
    cells = [
        "%load_ext jupyter_lake",
        "%lake sql x << FROM sales.orders",
        "%lake sql SELECT nothing FROM sales.orders",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "IPython", "--HistoryManager.enabled=False", "-c", "\n".join(cells)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"JUPYTER_LAKE_URL": "lake", "IPYTHONDIR": str(tmp_path / "ipython")},
    )
    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) <= 4


def test_it_leaves_nothing_behind(bare_shell: InteractiveShell) -> None:
    shell = bare_shell
    matchers = list(shell.Completer.custom_matchers)
    before = list(shell.events.callbacks["pre_run_cell"])
    shell.run_line_magic("load_ext", "jupyter_lake")
    assert "lake" in shell.magics_manager.magics["line"]
    assert "lake" in shell.magics_manager.magics["cell"]
    shell.run_line_magic("unload_ext", "jupyter_lake")
    assert "lake" not in shell.magics_manager.magics["line"]
    assert "lake" not in shell.magics_manager.magics["cell"]
    assert list(shell.Completer.custom_matchers) == matchers
    assert list(shell.events.callbacks["pre_run_cell"]) == before
    assert extension_of(shell) is None


def test_a_question_mark_lists_the_verbs(empty_shell: InteractiveShell) -> None:
    page = empty_shell.object_inspect_text("%lake")
    assert "publish" in page
    assert "explore" in page


def test_it_starts_recording_quietly(shell: InteractiveShell) -> None:
    with capture_output() as output:
        shell.run_cell("%lake repos", store_history=True)
        shell.run_cell("x = 1", store_history=True)
    assert output.stderr == ""
    extension = extension_of(shell)
    assert extension is not None
    recorder = extension.workspace.recorder
    assert recorder is not None
    assert recorder.flush()
