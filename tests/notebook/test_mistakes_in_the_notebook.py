"""Bad input in a notebook: two lines, no traceback, no SystemExit, and the session goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from IPython.utils.capture import capture_output

from jupyter_lake.errors import LakeError
from tests.verbs.mistakes import MISTAKES, Mistake, prepare, stand_at

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

CASES = [case for case in MISTAKES if "notebook" in case.fronts]
VARIABLES = "orders = [{'id': 1, 'kind': 'a'}, {'id': 2, 'kind': 'a'}]; answer = 42"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_two_lines_say_what_is_wrong_and_what_to_do(
    case: Mistake, shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    stand_at(case.url, tmp_path, monkeypatch)
    shell.run_cell(VARIABLES)
    with capture_output() as output:
        result = shell.run_cell(f"%lake {case.line}")
    assert isinstance(result.error_in_exec, LakeError)
    assert result.error_in_exec.kind == case.kind
    lines = (output.stdout + output.stderr).splitlines()
    assert len(lines) == 2, lines
    assert case.message in lines[0]
    assert case.hint in lines[1]
    assert shell.run_cell("%lake -h").success


def test_where_am_i_is_an_answer_even_without_a_lake(empty_shell: InteractiveShell) -> None:
    with capture_output():
        answer = empty_shell.run_cell("%lake").result
    assert answer.repos is None
    assert "open --create" in answer.next_step
    assert "none there yet" in repr(answer)


def test_a_verb_that_takes_no_cell_says_so(shell: InteractiveShell) -> None:
    with capture_output() as output:
        shell.run_cell("%%lake log\nsales")
    assert "takes no cell" in output.stdout
