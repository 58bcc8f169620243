"""The terminal in front of a real S3 server: the line of work, and the doors that are shut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.verbs.samples import sample_lake

if TYPE_CHECKING:
    from tests.cli.conftest import Command
    from tests.servers import S3Server

pytestmark = pytest.mark.s3


@pytest.fixture
def bucket(s3_server: S3Server, s3_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample lake in a bucket, its URL and keys in the environment."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    sample_lake(s3_url)
    return s3_url


def test_the_same_line_as_in_a_folder(bucket: str, command: Command) -> None:
    assert "Orders of 2026-01" in command("--lake", bucket, "log", "sales").out
    counted = command(
        "--lake", bucket, "sql", 'SELECT count(*) AS n FROM "sales@v1".orders', "--format", "csv"
    )
    assert counted.out == '"n"\n5\n'


def test_a_wrong_key_is_told_in_two_lines(
    bucket: str, s3_server: S3Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = s3_server.storage_options | {"secret": "wrong"}
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(options))
    ended = command("--lake", bucket, "repos")
    assert (ended.status, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 2
    assert "wrong" not in ended.err


def test_who_may_only_read_reads_and_is_told_when_writing(
    bucket: str, s3_server: S3Server, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(s3_server.reader_options))
    assert command("--lake", bucket, "ls", "sales").status == 0
    ended = command("--lake", bucket, "create", "mine")
    assert ended.status == 1
    assert len(ended.err.splitlines()) == 2


def test_a_bucket_that_is_not_there(bucket: str, command: Command) -> None:
    ended = command("--lake", "s3://no-such-bucket-anywhere/lake", "repos")
    assert ended.status == 1
    assert len(ended.err.splitlines()) == 2
