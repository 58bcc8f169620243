"""The README is true: its commands run, in its order, and its pictures are taken by a test."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_lake.demo import prepare
from tests.lineage.dataflow.test_corpus import CASES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines to type, without remarks."""
        lines = (line.partition("  #")[0].strip() for line in self.text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]


BLOCKS = [Block(language, text) for language, text in FENCE.findall(README)]
IN_A_KERNEL = [block for block in BLOCKS if block.language in ("ipython", "python")]
COMMANDS = [command for block in BLOCKS if block.language == "bash" for command in block.commands]
KEEPING = [
    command
    for language, text in FENCE.findall((ROOT / "docs" / "keeping.md").read_text())
    for command in Block(language, text).commands
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("readme")
    return os.environ | {
        "JUPYTER_LAKE_URL": prepare(folder / "demo"),
        "JUPYTER_LAKE_SPOOL_DIR": str(folder / "spool"),
        "JUPYTER_LAKE_CACHE_DIR": str(folder / "cache"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def test_every_cell_runs_in_order(environment: dict[str, str], tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(block.text.strip()) for block in IN_A_KERNEL]
    assert len(notebook.cells) >= 6
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    printed = json.dumps(notebook.cells)
    assert "rror" not in "".join(
        output.get("ename", "") for cell in notebook.cells for output in cell.outputs
    )
    assert "166158" in printed or "166,158" in printed


@pytest.mark.parametrize(
    "command", [c for c in (*COMMANDS, *KEEPING) if c.startswith("jupyter lake")]
)
def test_every_terminal_command_runs(
    command: str, environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        shlex.split(command),
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith("jupyter lake")])
def test_every_make_target_is_there(command: str) -> None:
    assert command.startswith("make "), f"nothing runs {command!r}: teach this test to"
    done = subprocess.run(
        ["make", "-n", *command.split()[1:]], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("picture", re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README))
def test_every_picture_is_taken_by_a_browser_test(picture: str) -> None:
    assert (ROOT / picture).is_file()
    sources = "".join(path.read_text() for path in (ROOT / "tests" / "ui").rglob("*.py"))
    _theme, _, name = Path(picture).stem.partition("-")
    assert f'{{theme}}-{name}"' in sources


def test_the_lineage_score_is_the_corpus() -> None:
    # A case that is missed is a strict xfail, so what the cases say of themselves is true.
    missed = [case.name for case in CASES if case.missed]
    assert f"{len(CASES) - len(missed):,} of {len(CASES):,} cases are right" in README
    assert [name for name in missed if f"`{name}`" not in README] == []


def test_every_figure_was_printed_by_the_benchmarks() -> None:
    printed = (ROOT / "docs" / "figures.md").read_text().splitlines()
    section = README.partition("## How fast")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert all(row.count("|") == rows[0].count("|") for row in rows)
    assert len(rows) > 10
    assert [row for row in rows if row not in printed] == []
