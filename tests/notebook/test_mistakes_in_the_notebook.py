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
HERE = [case for case in CASES if case.url == "lake"]
ELSEWHERE = [case for case in CASES if case.url != "lake"]
VARIABLES = "sums = [{'id': 1, 'kind': 'a'}, {'id': 2, 'kind': 'a'}]; answer = 42"


@pytest.mark.parametrize("case", HERE, ids=[case.name for case in HERE])
def test_two_lines_say_what_is_wrong_and_what_to_do(
    case: Mistake, shared_shell: InteractiveShell
) -> None:
    shared_shell.run_cell(VARIABLES)
    _check(case, shared_shell)


@pytest.mark.parametrize("case", ELSEWHERE, ids=[case.name for case in ELSEWHERE])
def test_two_lines_say_what_is_wrong_with_the_lake(
    case: Mistake, empty_shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    stand_at(case.url, tmp_path, monkeypatch)
    _check(case, empty_shell)


def _check(case: Mistake, shell: InteractiveShell) -> None:
    with capture_output() as output:
        result = shell.run_cell(f"%lake {case.line}")
    assert isinstance(result.error_in_exec, LakeError)
    assert result.error_in_exec.kind == case.kind
    lines = (output.stdout + output.stderr).splitlines()
    assert len(lines) == 2, lines
    assert case.message in lines[0]
    assert case.hint in lines[1]
    with capture_output():
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
