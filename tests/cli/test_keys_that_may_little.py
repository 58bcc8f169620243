"""Who may only read, or only read one repo, reads; what is not allowed is told in two lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from jupyter_lake.lake import Lake
from tests.servers import GUARDED
from tests.verbs.samples import sample_lake

if TYPE_CHECKING:
    from tests.cli.conftest import Command, Ended
    from tests.servers import S3Server

pytestmark = pytest.mark.s3

Say = Callable[..., "Ended"]

LOOKS = [
    "log sales",
    "log sales/orders -n 2",
    "ls sales/orders",
    "show sales",
    "blame sales/regions.csv",
    "diff sales@main~1 sales@main",
    "branches sales",
    "sql SELECT count(*) FROM sales.orders",
    "get sales/regions.csv got.csv",
]
DEEDS = [
    "create mine",
    "put here.txt sales -m x",
    "rm sales/regions.csv -m x",
    "branch sales mine",
    "branch sales draft --delete",
    "tag sales mine",
    "merge sales@main --into draft",
    "revert sales@main",
    "undo sales@main",
    "import {elsewhere} sales/new -m x",
    "gc",
]


@pytest.fixture
def bucket(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> str:
    """The sample lake in a bucket, beside it a second repo; and a file to put."""
    url = f"s3://{GUARDED}/{uuid4().hex}"
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    sample_lake(url)
    with Lake.open(url).create_repo("secret").transaction(message="m") as tx:
        tx.write("salaries.csv", b"who,much\n")
    (tmp_path / "here.txt").write_text("new")
    return url


@pytest.fixture
def reader(
    bucket: str, s3_server: S3Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> Say:
    """Say a verb as somebody who may read everything."""
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(s3_server.reader_options))
    return lambda line: command("--lake", bucket, *words(line, bucket))


@pytest.fixture
def guest(
    bucket: str, s3_server: S3Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> Say:
    """Say a verb as somebody who may read the repo ``sales``."""
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(s3_server.guest_options))
    return lambda line: command("--lake", bucket, *words(line, bucket))


def words(line: str, bucket: str) -> list[str]:
    line = line.format(elsewhere=f"{bucket}/lake.json")
    return line.split(" ", 1) if line.startswith("sql") else line.split()


def check_told(ended: Ended, line: str) -> None:
    assert ended.status == 1, line
    assert len(ended.err.splitlines()) == 2, ended.err
    assert "permission" in ended.err.splitlines()[0], ended.err
    assert "Traceback" not in ended.err + ended.out


def test_a_reader_reads(reader: Say) -> None:
    for line in [*LOOKS, "repos", "fsck sales"]:
        ended = reader(line)
        assert (ended.status, ended.err) == (0, ""), line


def test_a_reader_is_told_what_is_not_allowed(reader: Say) -> None:
    for line in DEEDS:
        check_told(reader(line), line)


def test_a_guest_reads_the_one_repo(guest: Say) -> None:
    for line in LOOKS:
        ended = guest(line)
        assert (ended.status, ended.err) == (0, ""), line


def test_a_guest_is_told_what_is_not_allowed(guest: Say) -> None:
    for line in [*DEEDS, "repos", "log secret", "get secret/salaries.csv got.csv"]:
        check_told(guest(line), line)
    unseen = guest("sql SELECT * FROM secret.salaries")
    assert (unseen.status, len(unseen.err.splitlines())) == (1, 2)
