"""Bad input in a terminal: two lines on the error output, and a status that says so."""

from __future__ import annotations

import io
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.verbs.mistakes import MISTAKES, Mistake, prepare, stand_at

if TYPE_CHECKING:
    from tests.cli.conftest import Command

CASES = [case for case in MISTAKES if "terminal" in case.fronts]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_two_lines_say_what_is_wrong_and_what_to_do(
    case: Mistake, lake: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    stand_at(case.url, tmp_path, monkeypatch)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    words = case.line.split() if '"' in case.line else shlex.split(case.line)
    ended = lake(*words)
    assert ended.out == ""
    assert ended.status == (2 if case.kind == "usage" else 1)
    lines = ended.err.splitlines()
    assert len(lines) == 2, ended.err
    assert case.message in lines[0]
    assert case.hint.replace("%lake", "jupyter lake") in lines[1]
    assert "Traceback" not in ended.err
    if "notebook" not in lines[1]:
        assert "%lake" not in ended.err
