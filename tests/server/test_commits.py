"""Commits: pages of them, what they changed, one in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.jupyter import JupyterServer
    from tests.server.conftest import Api


def test_a_log_is_newest_first_with_the_names_of_its_commits(api: Api) -> None:
    answer = api.get("repos/sales/commits", ref="fix").json()
    assert [commit["message"] for commit in answer["commits"]] == [
        "Without notes",
        "February",
        "January",
    ]
    assert [commit["refs"] for commit in answer["commits"]] == [["fix"], ["main"], []]
    assert answer["next"] is None


def test_pages_join_without_gap_or_overlap(api: Api, lake: Lake) -> None:
    repo = lake.repo("sales")
    for number in range(5):
        with repo.transaction("main", message=str(number)) as tx:
            tx.write("counter.txt", str(number).encode())
    start: int | None = 0
    seen = []
    while start is not None:
        page = api.get("repos/sales/commits", start=start, limit=3).json()
        seen += [commit["id"] for commit in page["commits"]]
        start = page["next"]
    assert seen == [commit.id for commit in repo.log("main", limit=None)]


def test_a_log_follows_a_path(api: Api) -> None:
    answer = api.get("repos/sales/commits", path="notes").json()
    assert [commit["message"] for commit in answer["commits"]] == ["January"]


def test_summaries_count_files_and_rows(api: Api, lake: Lake) -> None:
    repo = lake.repo("sales")
    main, fix = repo.resolve("main"), repo.resolve("fix")
    found = api.get("repos/sales/changes", commits=f"{main},{fix}").json()["changes"]
    assert (found[main]["files"], found[main]["added"], found[main]["rows"]) == (1, 1, 2)
    assert (found[fix]["removed"], found[fix]["rows"]) == (1, None)


def test_a_commit_in_full_says_what_it_changed(api: Api) -> None:
    commit = api.get("repos/sales/commits/main").json()
    assert (commit["author"], commit["message"], commit["made_by"]) == ("bob", "February", None)
    (change,) = commit["changes"]
    assert (change["path"], change["kind"], change["rows"]) == ("orders/02.parquet", "added", 2)


def test_a_log_is_searched_by_message_author_and_id(api: Api, lake: Lake) -> None:
    newest = lake.repo("sales").resolve("fix")
    found = {
        text: [commit["message"] for commit in _found(api, text)]
        for text in ("JANU", "ana", newest.rpartition(":")[2][:8], "nowhere")
    }
    assert list(found.values()) == [
        ["January"],
        ["Without notes", "January"],
        ["Without notes"],
        [],
    ]


def _found(api: Api, text: str) -> list[dict[str, str]]:
    answer = api.get("repos/sales/commits", ref="fix", find=text).json()
    commits: list[dict[str, str]] = answer["commits"]
    return commits


def test_provenance_names_the_notebook_as_the_file_browser_does(
    api: Api, lake: Lake, server: JupyterServer
) -> None:
    repo = lake.repo("sales")
    for notebook in (server.root / "work" / "delays.ipynb", "/elsewhere/delays.ipynb"):
        made = {"run": "r1", "notebook": str(notebook), "cell": "c1", "inputs": []}
        with repo.transaction("main", message="made", provenance=made) as tx:
            tx.write("x.txt", str(notebook).encode())
    newest, before = (
        api.get(f"repos/sales/commits/{ref}").json()["made_by"] for ref in ("main", "main~1")
    )
    assert (newest["notebook"], newest["cell"]) == ("/elsewhere/delays.ipynb", "c1")
    assert before["notebook"] == "work/delays.ipynb"
