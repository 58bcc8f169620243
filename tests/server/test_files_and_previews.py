"""Files at a commit, folder by folder, and a look into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.lake import Lake
    from tests.server.conftest import Api


def test_a_folder_lists_folders_first_and_says_what_they_hold(api: Api) -> None:
    answer = api.get("repos/sales/files").json()
    assert [(entry["name"], entry["folder"], entry["kind"]) for entry in answer["entries"]] == [
        ("notes", True, "text"),
        ("orders", True, "table"),
    ]
    assert answer["entries"][1]["files"] == 2


def test_files_are_those_of_the_commit(api: Api) -> None:
    answer = api.get("repos/sales/files", ref="main~1", path="orders").json()
    (entry,) = answer["entries"]
    assert (entry["path"], entry["rows"], entry["kind"]) == ("orders/01.parquet", 3, "table")


def test_a_long_folder_comes_in_pages(api: Api, lake: Lake) -> None:
    with lake.repo("sales").transaction("main", message="many") as tx:
        for number in range(7):
            tx.write(f"many/{number}.txt", b"x")
    first = api.get("repos/sales/files", path="many", limit=5).json()
    rest = api.get("repos/sales/files", path="many", limit=5, start=first["next"]).json()
    names = [entry["name"] for entry in first["entries"] + rest["entries"]]
    assert names == [f"{number}.txt" for number in range(7)]
    assert (first["total"], rest["next"]) == (7, None)


def test_a_table_shows_rows_columns_and_its_commit(api: Api, lake: Lake) -> None:
    answer = api.get("repos/sales/preview", path="orders", limit=2).json()
    assert answer["kind"] == "table"
    assert answer["commit"] == lake.repo("sales").resolve("main")
    assert [column["name"] for column in answer["columns"]] == ["n", "region"]
    assert answer["total_rows"] == 5
    assert len(answer["rows"]) == 2
    assert answer["columns"][1]["nulls"] == 1


def test_a_filter_is_applied(api: Api) -> None:
    answer = api.get("repos/sales/preview", path="orders", where="n > 3").json()
    assert [row[0] for row in answer["rows"]] == [4, 5]


def test_rows_are_sorted_by_a_column(api: Api) -> None:
    up = api.get("repos/sales/preview", path="orders", order="region").json()
    assert [row[1] for row in up["rows"]] == ["n", "n", "n", "s", None]
    down = api.get("repos/sales/preview", path="orders", order="n", descending="true", limit=2)
    assert [row[0] for row in down.json()["rows"]] == [5, 4]


def test_rows_are_not_sorted_by_what_is_no_column(api: Api) -> None:
    answer = api.get("repos/sales/preview", path="orders", order="regio")
    assert answer.status_code == 400
    assert "region" in answer.json()["hint"]


def test_a_filter_reaches_nothing_but_the_table(api: Api) -> None:
    answer = api.get(
        "repos/sales/preview",
        path="orders",
        where="n IN (SELECT 1 FROM read_text('/etc/passwd'))",
    )
    assert answer.status_code == 400
    assert "root:" not in answer.text


def test_text_is_shown_as_text(api: Api) -> None:
    answer = api.get("repos/sales/preview", path="notes/read me.txt").json()
    assert (answer["kind"], answer["text"]) == ("text", "hello")
