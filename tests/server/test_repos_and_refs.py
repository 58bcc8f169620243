"""The panel's top: which lake, which repos, which branches and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Api


def test_a_lake_says_where_it_lies_and_who_asks(api: Api, lake: Lake) -> None:
    answer = api.get("lake").json()
    assert (answer["url"], answer["name"], answer["user"]) == (lake.url, "lake", "ana")


def test_repos_come_with_the_head_of_their_default_branch(api: Api, lake: Lake) -> None:
    lake.create_repo("empty")
    empty, sales = api.get("repos").json()["repos"]
    assert (empty["name"], empty["head"]) == ("empty", None)
    assert sales["description"] == "What was sold"
    assert sales["head"]["commit"] == lake.repo("sales").resolve("main")
    assert (sales["head"]["number"], sales["branches"]) == (2, 2)


def test_refs_begin_with_the_default_branch(api: Api, lake: Lake) -> None:
    lake.repo("sales").create_tag("v1", "main~1")
    answer = api.get("repos/sales/refs").json()
    assert [branch["name"] for branch in answer["branches"]] == ["main", "fix"]
    assert answer["tags"][0]["commit"] == lake.repo("sales").resolve("main~1")


def test_an_empty_repo_has_no_commits_and_no_files(api: Api, lake: Lake) -> None:
    lake.create_repo("empty")
    assert api.get("repos/empty/commits").json()["commits"] == []
    assert api.get("repos/empty/files").json()["entries"] == []


def test_repos_branches_and_tags_are_made(api: Api, lake: Lake) -> None:
    assert api.post("repos", name="new").status_code == 200
    assert api.post("repos/sales/branches", name="try", **{"from": "main~1"}).status_code == 200
    assert api.post("repos/sales/tags", name="v1", ref="main").status_code == 200
    repo = lake.repo("sales")
    assert repo.resolve("try") == repo.resolve("main~1")
    assert repo.resolve("v1") == repo.resolve("main")
    assert lake.repo("new").name == "new"


def test_a_branch_goes_and_undo_brings_the_last_step_back(api: Api, lake: Lake) -> None:
    repo = lake.repo("sales")
    before = repo.resolve("main~1")
    assert api.post("repos/sales/branches/main/undo").json()["commit"] == before
    assert repo.resolve("main") == before
    assert api.delete("repos/sales/branches/fix").status_code == 200
    assert [branch.name for branch in repo.branches()] == ["main"]


def test_a_lake_is_made_where_that_is_asked_for(api: Api, tmp_path: Path) -> None:
    url = str(tmp_path / "another")
    missing = api.post("lake", url=url)
    assert (missing.status_code, missing.json()["kind"]) == (404, "lake-not-found")
    assert api.post("lake", url=url, create=True).json()["url"] == url
    assert Lake.open(url).repos() == []


def test_files_are_imported_where_they_lie(api: Api, lake: Lake, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "may.csv").write_text("n\n1\n")
    answer = api.post("repos/sales/imports", url=str(raw), path="raw", message="May").json()
    newest = lake.repo("sales").commit("main")
    assert (answer["commit"], answer["files"]) == (newest.id, 1)
    assert (newest.message, newest.author) == ("May", "ana")
    assert newest.entry("raw/may.csv").location is not None


def test_what_can_not_be_imported_is_told(api: Api, tmp_path: Path) -> None:
    answer = api.post("repos/sales/imports", url=str(tmp_path / "nowhere"))
    assert answer.status_code == 404
    assert "nowhere" in answer.json()["message"]
