"""gc beside people who commit, undo and read: it takes nothing that anybody still needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jupyter_lake.store import Lake, fsck
from tests.servers import BUCKET, S3Server
from tests.store.racer import content

# A short race finds little (a grace of 50 ms went unnoticed in one); CI lets them race a minute.
SECONDS = float(os.environ.get("RACE_SECONDS", "10"))
ENOUGH = 20  # objects
SCRIPT = Path(__file__).with_name("racer.py")
ROLES = ("commits", "commits", "scratches", "scratches", "reads", "collects")


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_nothing_that_is_needed_is_collected(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, environment = str(tmp_path / "lake"), {}
    if kind == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        url, environment = f"s3://{BUCKET}/{uuid4().hex}", server.environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lake = Lake.create(url)
    repo = lake.create_repo("sales")
    with repo.transaction(message="first") as tx:
        tx.write("first", content(0))

    folder = tmp_path / "told"
    folder.mkdir()
    told = race(url, environment, folder)

    paths = {path: which for each in told["commits"] for path, which in each["paths"].items()}
    head = Lake.open(url).repo("sales").commit()
    found = {entry.path: head.read(entry.path) for entry in head.entries()}
    assert found == {"first": content(0)} | {p: content(which) for p, which in paths.items()}
    report = fsck(lake)
    assert report.clean, report
    assert len(paths) > 10
    assert all(each["rounds"] > 1 for each in told["scratches"])
    assert told["reads"][0]["files"] > 10
    assert told["collects"][0]["deleted"] > ENOUGH


def collected(folder: Path) -> int:
    """Return how many objects the collector has deleted so far."""
    note = folder / "deleted"
    return int(note.read_text() or 0) if note.exists() else 0


def race(url: str, environment: Mapping[str, str], folder: Path) -> dict[str, list[Any]]:
    """Let all work at once, until enough was collected; return what each has done, by role."""
    processes = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), role, url, str(number), str(folder)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
        )
        for number, role in enumerate(ROLES)
    ]
    told: dict[str, list[Any]] = {role: [] for role in ROLES}
    try:
        begun = time.monotonic()
        while time.monotonic() < begun + SECONDS or collected(folder) <= ENOUGH:
            assert time.monotonic() < begun + SECONDS + 90, "nothing is collected"
            assert all(process.poll() in (None, 0) for process in processes), "one has failed"
            time.sleep(0.2)
        (folder / "stop").touch()
        for role, process in zip(ROLES, processes, strict=True):
            output, _ = process.communicate(timeout=90)
            assert process.returncode == 0, f"who {role} failed"
            told[role].append(json.loads(output))
    finally:
        for process in processes:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
    return told
