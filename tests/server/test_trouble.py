"""What goes wrong is answered as kind, message and hint, with the right status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake.lake import Lake
from tests.jupyter import jupyter_server

if TYPE_CHECKING:
    from tests.server.conftest import Api
    from tests.servers import S3Server


@pytest.mark.parametrize(
    ("path", "options", "status", "kind"),
    [
        ("repos/slaes/refs", {}, 404, "repo-not-found"),
        ("repos/sales/commits", {"ref": "mian"}, 404, "ref-not-found"),
        ("repos/sales/files", {"path": "nothing"}, 404, "path-not-found"),
        ("repos/sales/preview", {"path": "notes"}, 404, "dataset-not-found"),
        ("repos/sales/preview", {"path": "orders", "where": "m > 1"}, 400, "query-error"),
        ("repos/sales/commits", {"start": "-1"}, 400, "invalid-input"),
        ("lineage", {}, 400, "invalid-input"),
        ("lineage", {"address": "@@"}, 400, "invalid-address"),
        ("runs/none", {}, 404, "run-not-found"),
        ("no/such/thing", {}, 404, "bad-request"),
    ],
)
def test_mistakes(api: Api, path: str, options: dict[str, str], status: int, kind: str) -> None:
    answer = api.get(path, **options)
    error = answer.json()
    assert (answer.status_code, error["kind"]) == (status, kind)
    assert error["message"].endswith((".", "!", "?"))
    assert "Traceback" not in answer.text


def test_a_missing_lake(api: Api, tmp_path: Path) -> None:
    answer = api.get("lake", lake=str(tmp_path / "nowhere"))
    assert (answer.status_code, answer.json()["kind"]) == (404, "lake-not-found")
    assert answer.json()["hint"]


def test_a_folder_that_is_no_lake(api: Api, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    answer = api.get("lake", lake=str(tmp_path / "folder"))
    assert (answer.status_code, answer.json()["kind"]) == (400, "not-a-lake")


def test_a_lake_that_comes_later_is_found(api: Api, tmp_path: Path) -> None:
    url = str(tmp_path / "later")
    assert api.get("lake", lake=url).status_code == 404
    Lake.open(url, create=True)
    assert api.get("lake", lake=url).status_code == 200


def test_a_lake_that_goes_away_is_missed(api: Api, lake: Lake) -> None:
    assert api.get("lake").status_code == 200
    Path(lake.url).rename(f"{lake.url}-gone")
    assert api.get("lake").json()["kind"] == "lake-not-found"
    another = Lake.open(lake.url, create=True)
    assert api.get("lake").json()["id"] == another.id
    assert api.get("repos").json()["repos"] == []


@pytest.mark.s3
def test_a_bucket_that_refuses(tmp_path: Path, s3_server: S3Server, s3_url: str) -> None:
    import json

    import httpx

    options = s3_server.storage_options | {"secret": "wrong"}
    environment = {"JUPYTER_LAKE_STORAGE_OPTIONS": json.dumps(options)}
    with jupyter_server("jupyter_server", tmp_path, environment=environment) as server:
        url = f"{server.url}jupyter-lake/api/lake"
        answer = httpx.get(url, params={"lake": s3_url}, headers=server.headers, timeout=60)
    assert (answer.status_code, answer.json()["kind"]) == (403, "bad-credentials")
    assert "wrong" not in answer.text


def test_a_question_that_is_no_json(api: Api) -> None:
    answer = api.client.post("repos", params={"lake": api.lake}, content=b"[1]")
    assert (answer.status_code, answer.json()["kind"]) == (400, "invalid-input")
    assert api.post("repos").json()["kind"] == "invalid-input"
