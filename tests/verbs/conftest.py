"""A workspace in front of the small lake, and verbs as a person types them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_lake.verbs import Workspace, parse_words, run
from tests.verbs.samples import sample_lake

Do = Callable[[str], Any]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A terminal's workspace with the sample lake."""
    monkeypatch.chdir(tmp_path)
    sample_lake(tmp_path / "lake")
    return Workspace(url=str(tmp_path / "lake"))


@pytest.fixture
def do(workspace: Workspace) -> Do:
    """Run a verb and return its answer."""

    def do(line: str) -> Any:
        verb, options = parse_words(shlex.split(line), prefix="jupyter lake")
        return run(verb, workspace, options)

    return do
