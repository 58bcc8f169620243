"""What a Binder session starts with is the demo: its lake filled, its notebook there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jupyter_lake

BINDER = Path(__file__).parents[2] / "binder"


def test_a_session_finds_the_demos_lake(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "JUPYTER_LAKE_URL"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    subprocess.run([BINDER / "fill"], cwd=tmp_path, env=environment, check=True)
    started = subprocess.run(
        [BINDER / "start", "printenv", "JUPYTER_LAKE_URL"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    lake = jupyter_lake.open(started.stdout.strip())
    assert lake.sql("SELECT count(*) FROM flights.flights").fetchall() == [(336_776,)]
    assert (tmp_path / "demo" / "delays.ipynb").is_file()


def test_the_image_is_built_with_what_the_tests_passed_with() -> None:
    build = (BINDER / "postBuild").read_text()
    assert "--constraint tests/constraints.txt" in build
    assert "binder/fill" in build
