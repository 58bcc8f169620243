"""The command, run in this process, in front of a small lake."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_lake.cli import main
from tests.verbs.samples import sample_lake


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The output as JSON."""
        return json.loads(self.out)


Command = Callable[..., Ended]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run ``jupyter lake`` with these words, where there is no lake yet."""
    monkeypatch.setenv("JUPYTER_LAKE_URL", str(tmp_path / "lake"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ended:
        capsys.readouterr()
        status = main(words)
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture
def lake(command: Command, tmp_path: Path) -> Command:
    """Run a command in front of the sample lake."""
    sample_lake(tmp_path / "lake")
    return command
