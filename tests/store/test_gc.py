"""What gc deletes, and what it leaves alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError, DamagedError, RefNotFoundError, UnreachableError
from jupyter_lake.store import GcReport, Lake, Repo, fsck, gc, trees

if TYPE_CHECKING:
    from tests.servers import S3Server

NONE = timedelta(0)
# S3 tells times by the second: an object just written may seem to be of the next one.
ALL = timedelta(seconds=-2)
DAY = timedelta(days=1)


def fill(repo: Repo, count: int = 4) -> list[str]:
    """Commit a few times; return the commits' ids, newest first."""
    for number in range(count):
        with repo.transaction(message=f"commit {number}") as tx:
            tx.write("always", b"the same")
            tx.write("newest", str(number).encode())
    return [commit.id for commit in repo.log()]


def test_what_is_led_to_stays(any_repo: Repo) -> None:
    fill(any_repo)
    report = gc(any_repo.lake, retention=NONE, grace=ALL)
    assert (report.objects, report.bytes) == (0, 0)
    assert report.kept > 0
    assert fsck(any_repo.lake).clean


@pytest.fixture(params=["trees in commits", "trees apart"])
def trees_of_their_own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether commits have trees and ranges as objects of their own."""
    apart = bool(request.param == "trees apart")
    if apart:
        monkeypatch.setattr(trees, "INLINE_ENTRIES", 0)
    return apart


def test_what_nothing_leads_to_goes(any_repo: Repo, trees_of_their_own: bool) -> None:
    lists = 2 if trees_of_their_own else 0
    newest, _, older, _ = fill(any_repo)
    any_repo.undo()
    any_repo.undo()
    dry = gc(any_repo.lake, retention=NONE, grace=ALL, dry_run=True)
    assert any_repo.lake.objects.info(any_repo.keys.commit(newest)) is not None
    report = gc(any_repo.lake, retention=NONE, grace=ALL)
    assert (
        report.deleted
        == dry.deleted
        == {"commits": 2, "changes": 0, "trees": lists, "ranges": lists, "objects": 2}
    )
    assert report.freed == dry.freed
    assert "would delete 2 commits" in repr(dry)
    assert "deleted 2 commits" in repr(report)
    assert any_repo.commit().id == older
    assert any_repo.commit().read("newest") == b"1"
    assert fsck(any_repo.lake).clean
    assert gc(any_repo.lake, retention=NONE, grace=ALL).objects == 0


def test_the_log_is_kept_for_the_retention(repo: Repo) -> None:
    newest = fill(repo)[0]
    repo.undo()
    repo.create_branch("old")
    repo.delete_branch("old")
    assert gc(repo.lake, retention=DAY, grace=ALL).objects == 0
    assert repo.commit(newest).read("newest") == b"3"


def test_where_a_branch_stood_when_the_retention_began_is_kept(repo: Repo) -> None:
    fill(repo)
    before = repo.commit()
    repo.undo()
    moved = repo.branch("main").when
    from jupyter_lake.store.reach import Reach

    reach = Reach(repo.lake.objects, repo.keys)
    assert before.id not in reach.roots(moved + timedelta(microseconds=1))
    assert before.id in reach.roots(moved)


def test_a_dry_run_writes_nothing(
    s3_url: str, storage_options: dict[str, object], s3_server: S3Server
) -> None:
    repo = Lake.create(s3_url, storage_options=storage_options).create_repo("sales")
    fill(repo)
    repo.undo()
    reader = Lake.open(s3_url, storage_options=s3_server.reader_options)
    assert gc(reader, retention=NONE, grace=ALL, dry_run=True).deleted["commits"] == 1
    with pytest.raises(AccessDeniedError):
        gc(reader, retention=NONE, grace=ALL)
    assert fsck(reader).clean


def test_tags_keep(repo: Repo) -> None:
    fill(repo)
    repo.create_tag("v1")
    repo.undo()
    assert gc(repo.lake, retention=NONE, grace=ALL).objects == 0
    repo.delete_tag("v1")
    assert gc(repo.lake, retention=NONE, grace=ALL).deleted["commits"] == 1


def test_what_is_young_is_spared(repo: Repo) -> None:
    fill(repo)
    repo.undo()
    report = gc(repo.lake, retention=NONE, grace=timedelta(minutes=1))
    assert report.objects == 0
    assert report.young > 0
    assert "spared" in repr(report)


def test_unfinished_uploads_go_as_nothing_leads_to_them(repo: Repo) -> None:
    fill(repo)
    tx = repo.transaction()
    tx.write("never", b"committed")
    tx.rollback()
    gc(repo.lake, retention=NONE, grace=ALL)
    report = fsck(repo.lake)
    assert report.clean
    assert report.unreachable == 0


def test_a_shorter_retention_is_no_obstacle_to_a_longer_one_later(repo: Repo) -> None:
    fill(repo)
    repo.undo()
    assert gc(repo.lake, retention=NONE, grace=ALL).deleted["commits"] == 1
    assert gc(repo.lake, retention=DAY, grace=ALL).objects == 0
    assert fsck(repo.lake).clean


def test_undo_does_not_lead_to_what_is_gone(any_repo: Repo) -> None:
    fill(any_repo)
    any_repo.create_branch("fix", from_="main")
    with any_repo.transaction("fix") as tx:
        tx.write("more", b"x")
    lost = tx.commit.id
    any_repo.undo("fix")
    gc(any_repo.lake, retention=NONE, grace=ALL)
    for refused in (
        lambda: any_repo.create_branch("again", from_=lost),
        lambda: any_repo.create_tag("again", lost),
    ):
        with pytest.raises(RefNotFoundError):
            refused()
    assert fsck(any_repo.lake).clean


def test_nothing_is_deleted_where_something_is_missing(
    repo: Repo, trees_of_their_own: bool
) -> None:
    fill(repo)
    range_key = repo.keys.range(repo.commit().tree.ranges[0].id)
    key = range_key if trees_of_their_own else repo.keys.commit(repo.resolve("main~2"))
    path = repo.lake.objects.local_path(key)
    assert path is not None
    path.unlink()
    repo.undo()
    before = {info.key for info in repo.lake.objects.list("repos/")}
    with pytest.raises(DamagedError, match="fsck"):
        raise_with_hint(repo.lake)
    assert {info.key for info in repo.lake.objects.list("repos/")} == before


def raise_with_hint(lake: Lake) -> GcReport:
    try:
        return gc(lake, retention=DAY, grace=ALL)
    except DamagedError as error:
        raise DamagedError(f"{error.message} {error.hint}") from error


def test_only_one_repo(repo: Repo) -> None:
    fill(repo)
    other = repo.lake.create_repo("other")
    fill(other)
    repo.undo()
    other.undo()
    assert gc(repo.lake, repo="other", retention=NONE, grace=ALL).deleted["commits"] == 1
    assert gc(repo.lake, retention=NONE, grace=ALL).deleted["commits"] == 1


def test_content_that_was_collected_can_come_back(any_repo: Repo) -> None:
    fill(any_repo)
    any_repo.undo()
    gc(any_repo.lake, retention=NONE, grace=ALL)
    with any_repo.transaction(message="the same again") as tx:
        tx.write("newest", b"3")
    assert tx.commit.read("newest") == b"3"
    assert fsck(any_repo.lake).clean


def test_a_transaction_open_for_long_commits_nothing_that_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jupyter_lake.store.uploads.YOUNG_SECONDS", -1.0)
    repo = Lake.create(f"memory://{uuid4().hex}").create_repo("sales")
    fill(repo)
    kept, lost = repo.transaction(message="kept"), repo.transaction(message="lost")
    kept.write("long", b"ago")
    kept.finish()
    assert repo.commit().read("long") == b"ago"
    lost.write("longer", b"still")
    gc(repo.lake, retention=NONE, grace=ALL)
    with pytest.raises(UnreachableError, match="open for so long") as caught:
        lost.finish()
    assert caught.value.kind == "collected"
    assert fsck(repo.lake).clean


def test_what_was_written_long_before_the_commit_is_as_young_as_the_commit(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.store.localuploads.LONG_SECONDS", -1.0)
    keys, objects = repo.keys, repo.lake.objects
    with repo.transaction(message="took two days") as tx:
        tx.write("begun", b"two days ago")
        (written,) = objects.local_path(keys.prefix).rglob(".*.unfinished")  # type: ignore[union-attr]
        os.utime(written, (0, 0))
    info = objects.info(keys.object(tx.commit.entry("begun").digest))
    assert info is not None
    assert datetime.now(UTC) - info.modified < DAY
