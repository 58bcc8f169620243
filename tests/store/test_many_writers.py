"""Eight processes commit to one branch: nothing is lost, nothing is there twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import uuid4

import pytest

from jupyter_lake.store import Lake, fsck
from tests.servers import BUCKET, S3Server
from tests.store.writer import content_of, path_of, write

WRITERS = 8
COMMITS = 25

# Each process is forked from one that has nothing but imported what they need.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.store.writer", "s3fs"])


class Writers:
    """The processes, and what they have noted."""

    def __init__(self, url: str, notes: Path, environment: Mapping[str, str]) -> None:
        self.url = url
        self.notes = notes
        self.environment = environment
        self.running: dict[int, ForkServerProcess] = {}
        notes.mkdir()

    def start(self, number: int) -> None:
        given = (self.environment, self.url, number, COMMITS, self.notes / str(number))
        self.running[number] = processes.Process(target=write, args=given)
        self.running[number].start()

    def wait(self) -> None:
        for number, process in self.running.items():
            process.join(timeout=120)
            assert process.exitcode == 0, f"writer {number} failed"

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.join()

    def acknowledged(self) -> list[str]:
        return [line for note in self.notes.iterdir() for line in note.read_text().splitlines()]


def check(lake: Lake, writers: Writers) -> None:
    repo = lake.repo("sales")
    wanted = {path_of(n, c): content_of(n, c) for n in range(WRITERS) for c in range(COMMITS)}
    head = repo.commit()
    assert {entry.path: head.read(entry.path) for entry in head.entries()} == wanted
    log = repo.log(limit=None)
    assert Counter(commit.message for commit in log) == dict.fromkeys(wanted, 1)
    assert len(repo.branch_log()) == len(wanted)
    for commit in log:
        assert [change.path for change in commit.changes()] == [commit.message]
    acknowledged = writers.acknowledged()
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(wanted)
    report = fsck(lake)
    assert report.clean, report


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Mapping[str, str]]:
    """Return a lake's URL, and the environment in which a process can open it."""
    if request.param == "local":
        return str(tmp_path / "lake"), {}
    server: S3Server = request.getfixturevalue("s3_server")
    return f"s3://{BUCKET}/{uuid4().hex}", server.environment


@pytest.fixture
def lake(place: tuple[str, Mapping[str, str]], monkeypatch: pytest.MonkeyPatch) -> Lake:
    for name, value in place[1].items():
        monkeypatch.setenv(name, value)
    lake = Lake.create(place[0])
    lake.create_repo("sales")
    return lake


def test_all_commits_of_all_writers_are_there_once(
    lake: Lake, place: tuple[str, Mapping[str, str]], tmp_path: Path
) -> None:
    writers = Writers(place[0], tmp_path / "notes", place[1])
    try:
        for number in range(WRITERS):
            writers.start(number)
        writers.wait()
    finally:
        writers.stop()
    check(lake, writers)
    assert len(writers.acknowledged()) == WRITERS * COMMITS


def test_so_they_are_when_writers_are_killed(
    lake: Lake, place: tuple[str, Mapping[str, str]], tmp_path: Path
) -> None:
    writers = Writers(place[0], tmp_path / "notes", place[1])
    dice = random.Random(7)
    kills = 0
    try:
        for number in range(WRITERS):
            writers.start(number)
        while kills < 12:
            time.sleep(dice.uniform(0.1, 0.5))
            number = dice.randrange(WRITERS)
            if writers.running[number].is_alive():
                writers.running[number].kill()
                writers.running[number].join()
                kills += 1
                acknowledged = writers.acknowledged()
                if acknowledged:
                    head = lake.repo("sales").commit()
                    assert set(acknowledged) <= {entry.path for entry in head.entries()}
            elif all(each.exitcode == 0 for each in writers.running.values()):
                break
            writers.start(number)
        writers.wait()
    finally:
        writers.stop()
    check(lake, writers)
    assert kills > 0
