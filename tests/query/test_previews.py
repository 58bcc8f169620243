"""Previews say what a path is, from little of it, and let nothing out that wasn't asked for."""

from __future__ import annotations

import base64
import gzip
import json
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from jupyter_lake import access
from jupyter_lake.errors import LakeError, PathNotFoundError, QueryError
from jupyter_lake.query import Session
from jupyter_lake.query.image_size import pixels_of
from jupyter_lake.query.locked import locked_runner
from jupyter_lake.query.previews import preview
from jupyter_lake.store import Commit, Lake
from tests.query.remote_files import counted

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {
            "cell_type": "code",
            "source": "1 + 1",
            "outputs": [{"output_type": "execute_result", "data": {"text/plain": ["2"]}}],
        },
    ],
    "metadata": {"kernelspec": {"language": "python"}},
    "nbformat": 4,
}
FILES: dict[str, bytes] = {
    "notes.md": "# Überschrift\n".encode(),
    "pixel.png": PIXEL,
    "setup.json": json.dumps({"retries": 3, "hosts": ["a", "b"]}).encode(),
    "broken.json": b'{"retries": 3,',
    "rows.json": json.dumps([{"a": 1}, {"a": 2}]).encode(),
    "lines.jsonl": b'{"a": 1, "b": {"c": [1, 2]}}\n{"a": 2, "b": null}\n',
    "analysis.ipynb": json.dumps(NOTEBOOK).encode(),
    "model.bin": bytes(range(256)) * 10,
    "latin.txt": "Größe".encode("latin-1"),
    "empty.txt": b"",
    "small.csv": b"day,name,amount\n2026-01-01,ann,1.5\n2026-01-02,bob,\n2026-01-03,ann,3.5\n",
    "packed.csv.gz": gzip.compress(b"x,y\n1,2\n3,4\n"),
}


@pytest.fixture
def lake(lake_url: str) -> Lake:
    return Lake.create(lake_url)


@pytest.fixture
def local_lake(tmp_path: Path) -> Lake:
    return Lake.create(str(tmp_path / "lake"))


def _commit(lake: Lake, files: dict[str, Any]) -> Commit:
    with lake.create_repo("sales").transaction("main", message="files") as tx:
        for path, data in files.items():
            tx.write(path, data)
    assert tx.commit is not None
    return tx.commit


def _orders(part: int, rows: int = 1000) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(range(part * rows, (part + 1) * rows), pa.int64()),
            "region": [("north", "south", None, "east")[i % 4] for i in range(rows)],
            "amount": [i / 10 for i in range(rows)],
            "tags": [["a", "b"]] * rows,
        }
    )


def test_every_kind_of_file_on_every_kind_of_store(lake: Lake) -> None:
    commit = _commit(lake, FILES | {"orders/0.parquet": _orders(0)})
    kinds = {path: preview(commit, path).kind for path in [*FILES, "orders", "orders/0.parquet"]}
    assert kinds == {
        "notes.md": "text",
        "pixel.png": "image",
        "setup.json": "json",
        "broken.json": "text",
        "rows.json": "table",
        "lines.jsonl": "table",
        "analysis.ipynb": "notebook",
        "model.bin": "binary",
        "latin.txt": "binary",
        "empty.txt": "text",
        "small.csv": "table",
        "packed.csv.gz": "table",
        "orders": "table",
        "orders/0.parquet": "table",
    }


def test_all_of_it_is_json(local_lake: Lake) -> None:
    commit = _commit(local_lake, FILES)
    for path, data in FILES.items():
        found = preview(commit, path).to_dict()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert found["path"] == path
        assert found["address"] == f"sales@{commit.id}/{path}"
        assert found["bytes"] == len(data)


def test_what_files_hold(local_lake: Lake) -> None:
    commit = _commit(local_lake, FILES)
    content = {path: preview(commit, path).content for path in FILES}
    assert content["notes.md"]["text"] == "# Überschrift\n"
    assert content["pixel.png"] == {"mime": "image/png", "data": base64.b64encode(PIXEL).decode()}
    assert content["setup.json"]["value"] == {"retries": 3, "hosts": ["a", "b"]}
    assert content["analysis.ipynb"]["cells"] == [
        {"type": "markdown", "source": "# Title\ntext", "outputs": []},
        {"type": "code", "source": "1 + 1", "outputs": ["2"]},
    ]
    assert str(content["model.bin"]["hex"]).startswith("00000000  00 01 02")
    assert content["lines.jsonl"]["rows"] == [[1, {"c": [1, 2]}], [2, None]]
    assert content["packed.csv.gz"]["rows"] == [[1, 2], [3, 4]]


def test_a_small_table_is_summed_up_in_full(local_lake: Lake) -> None:
    found = preview(_commit(local_lake, FILES), "small.csv").to_dict()
    assert (found["format"], found["total_rows"], found["summary_rows"]) == ("csv", 3, 3)
    assert found["summary_complete"] is True
    assert found["rows"][0] == ["2026-01-01", "ann", 1.5]
    day, name, amount = found["columns"]
    assert (day["type"], day["min"], day["max"]) == ("DATE", "2026-01-01", "2026-01-03")
    assert day["histogram"][0] == {
        "from": "2026-01-01 00:00:00",
        "to": "2026-01-01 02:24:00",
        "count": 1,
    }
    assert name["top"] == [{"value": "ann", "count": 2}, {"value": "bob", "count": 1}]
    assert (amount["nulls"], amount["distinct"], amount["min"], amount["max"]) == (1, 2, 1.5, 3.5)
    assert sum(bin_["count"] for bin_ in amount["histogram"]) == 2


def test_a_large_table_is_sampled_and_the_manifest_fills_in(
    local_lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.preview_table._SAMPLE_ROWS", 1000)
    commit = _commit(local_lake, {f"orders/{i}.parquet": _orders(i) for i in range(8)})
    found = preview(commit, "orders", limit=5).to_dict()
    assert (found["files"], found["total_rows"]) == (8, 8000)
    assert (found["summary_rows"], found["summary_complete"]) == (1000, False)
    assert [row[0] for row in found["rows"]] == [0, 1, 2, 3, 4]
    columns = {column["name"]: column for column in found["columns"]}
    assert (columns["id"]["min"], columns["id"]["max"]) == (0, 7999)
    assert columns["region"]["nulls"] == 2000
    assert columns["tags"]["type"] == "VARCHAR[]"
    assert columns["tags"]["histogram"] is None


def test_a_condition_is_applied_to_all_rows(local_lake: Lake) -> None:
    commit = _commit(local_lake, {f"orders/{i}.parquet": _orders(i) for i in range(4)})
    found = preview(commit, "orders", where="id >= 3500 AND region = 'north'", limit=2).to_dict()
    assert (found["total_rows"], found["matching_rows"]) == (4000, 125)
    assert [row[0] for row in found["rows"]] == [3500, 3504]
    assert found["columns"][0]["min"] == 3500


@pytest.mark.parametrize(
    "where",
    [
        "no_such_column = 1",
        "id >",
        "1 = 1) ; COPY (SELECT 1) TO '{secret}' --",
        "1 = 1; COPY (SELECT 1) TO '{secret}'",
        "id IN (SELECT length(content) FROM read_text('{secret}'))",
        "id IN (FROM read_csv('/etc/passwd', columns = {{'a': 'INT'}}))",
        "(SELECT count(*) FROM glob('/*')) > 0",
        "id IN (SELECT a FROM secret_frame)",
    ],
)
def test_a_condition_reaches_nothing_but_the_table(
    local_lake: Lake, tmp_path: Path, where: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    secret_frame = pa.table({"a": [1]})
    commit = _commit(local_lake, {"orders/0.parquet": _orders(0)})
    with pytest.raises(QueryError) as caught:
        preview(commit, "orders", where=where.format(secret=secret))
    assert caught.value.hint
    assert secret.read_text() == "secret"
    assert len(secret_frame) == 1


def test_no_file_of_the_lake_can_be_written_through_a_condition(local_lake: Lake) -> None:
    commit = _commit(local_lake, {"orders/0.parquet": _orders(0)})
    [file] = commit.files("orders")
    before = Path(file.url).read_bytes()
    with pytest.raises(QueryError):
        preview(commit, "orders", where=f"1=1); COPY (SELECT 1 AS a) TO '{file.url}'; --")
    assert Path(file.url).read_bytes() == before


def test_looking_ends_in_time(local_lake: Lake) -> None:
    commit = _commit(local_lake, {"orders/0.parquet": _orders(0)})
    slow = "(SELECT count(*) FROM range(3000000) a, range(3000000) b WHERE hash(a, b) = 1) >= 0"
    found = preview(commit, "orders", where=slow, seconds=0.3).to_dict()
    assert found["rows"] == []
    assert found["total_rows"] == 1000
    assert found["notes"] == ["There was no time to look at everything."]


def test_looking_is_not_reading(local_lake: Lake, seen: list[access.Event]) -> None:
    commit = _commit(local_lake, FILES)
    seen.clear()
    for path in FILES:
        preview(commit, path)
    assert seen == []


@pytest.fixture
def seen() -> Iterator[list[access.Event]]:
    events: list[access.Event] = []
    unsubscribe = access.subscribe(events.append)
    yield events
    unsubscribe()


def test_what_is_not_there_is_named(local_lake: Lake) -> None:
    commit = _commit(local_lake, FILES)
    with pytest.raises(LakeError, match=r"'nots\.md'") as caught:
        preview(commit, "nots.md")
    assert "notes.md" in caught.value.hint
    with pytest.raises(PathNotFoundError):
        commit.entry("nots.md")


def test_values_that_json_or_browsers_would_spoil(local_lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    duckdb.connect().execute(
        "COPY (SELECT 9007199254740993::BIGINT AS big, 'NaN'::DOUBLE AS nan, "
        "TIMESTAMPTZ '2026-01-01 12:00:00+00' AS moment, 1.10::DECIMAL(9,2) AS price, "
        "'\\x00\\xFF'::BLOB AS bytes, repeat('x', 5000) AS long, uuid() AS id, "
        "INTERVAL 3 DAY AS span, DATE 'infinity' AS never, "
        "{'a': TIMESTAMP '2026-01-01'} AS nested, "
        f"TIME '12:00' AS hour) TO '{path}' (FORMAT parquet)"
    )
    found = preview(_commit(local_lake, {"odd.parquet": path}), "odd.parquet").to_dict()
    row = dict(zip((c["name"] for c in found["columns"]), found["rows"][0], strict=True))
    assert row["big"] == "9007199254740993"
    assert row["nan"] == "nan"
    assert row["moment"] == "2026-01-01 12:00:00+00"
    assert row["price"] == "1.10"
    assert row["bytes"] == "00 ff"
    assert len(row["long"]) == 1001
    assert row["never"] == "infinity"
    assert row["nested"] == {"a": "2026-01-01 00:00:00"}
    json.dumps(found, allow_nan=False)


@pytest.mark.s3
def test_little_of_a_large_dataset_is_fetched(
    s3_url: str, storage_options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_lake.query.preview_table._SAMPLE_ROWS", 2000)
    lake = Lake.create(s3_url, storage_options=storage_options)
    commit = _commit(lake, {f"orders/{i}.parquet": _orders(i) for i in range(40)})
    with counted() as requests:
        assert preview(commit, "orders").to_dict()["total_rows"] == 40_000
    assert len(requests.objects) <= 4


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = b"\0" * (width // 8 + 1)
    rows = b"".join(packer.compress(row * 1000) for _ in range(height // 1000)) + packer.flush()
    size = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_gigabytes_is_not_handed_out(local_lake: Lake) -> None:
    bomb = _png(20_000, 20_000)
    assert len(bomb) < 2**20
    commit = _commit(local_lake, {"bomb.png": bomb, "pixel.png": PIXEL})
    assert preview(commit, "bomb.png").content == {"mime": "image/png", "data": None}
    assert preview(commit, "pixel.png").content["data"]


@pytest.mark.parametrize(
    ("head", "pixels"),
    [
        (PIXEL, 1),
        (b"GIF89a" + struct.pack("<HH", 30, 20), 600),
        (b"BM" + bytes(16) + struct.pack("<ii", 30, -20), 600),
        (b"RIFF....WEBPVP8X" + bytes(8) + b"\x1d\0\0" + b"\x13\0\0", 600),
        (b"RIFF....WEBPVP8L" + bytes(5) + struct.pack("<I", 29 | 19 << 14), 600),
        (b"RIFF....WEBPVP8 " + bytes(10) + struct.pack("<HH", 30, 20), 600),
        (b"\xff\xd8\xff\xe0\0\x04..\xff\xc2\0\x11\x08" + struct.pack(">HH", 20, 30), 600),
        (b"\xff\xd8\xff\xe0\xff\xff", None),
        (b"GIF8", None),
        (b"<svg/>", None),
    ],
)
def test_a_pictures_size_stands_in_its_head(head: bytes, pixels: int | None) -> None:
    assert pixels_of(head) == pixels


ODD: dict[str, tuple[bytes, str]] = {
    "deep.json": (b"[" * 100_000 + b"]" * 100_000, "text"),
    "one-line.json": (b'{"a": [' + b"1," * 5_000_000 + b"1]}", "text"),
    "text.json": (b'"' + b"x" * 5_000_000 + b'"', "text"),
    "one-line.csv": (b"a," * 3_000_000, "text"),
    "one-line.csv.gz": (gzip.compress(b"a," * 3_000_000), "binary"),
    "noise.bin": (random.Random(1).randbytes(1_000_000), "binary"),
    "noise.txt": (random.Random(2).randbytes(1_000_000), "binary"),
    "odd.ipynb": (
        b'{"cells": [{"outputs": null}, {"outputs": [{"data": null}, 7]}, 5], "metadata": null}',
        "notebook",
    ),
    "loud.ipynb": (
        json.dumps(
            {
                "cells": [
                    {"source": "x" * 1_000_000, "outputs": [{"text": "y" * 1_000_000}, *[{}] * 500]}
                ],
                "metadata": {"kernelspec": None},
            }
        ).encode(),
        "notebook",
    ),
}


@pytest.mark.parametrize("path", ODD)
def test_what_is_odd_or_huge_is_shown_in_part(local_lake: Lake, path: str) -> None:
    data, kind = ODD[path]
    found = preview(_commit(local_lake, {path: data}), path)
    assert found.kind == kind
    assert len(json.dumps(found.to_dict())) < 1_000_000


def test_a_table_of_three_thousand_columns(local_lake: Lake) -> None:
    table = pa.table({f"c{number}": [number] for number in range(3000)})
    commit = _commit(local_lake, {"wide.parquet": table})
    content = preview(commit, "wide.parquet", seconds=60).content
    columns: Any = content["columns"]
    assert [len(columns), columns[0]["distinct"], columns[-1]["distinct"]] == [3000, 1, None]
    assert content["notes"] == ["Only the first 200 columns are summed up."]


@pytest.mark.parametrize("data", [b"", b"hello", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_a_broken_table_is_named_as_it_is_in_the_commit(local_lake: Lake, data: bytes) -> None:
    commit = _commit(local_lake, {"broken.parquet": data})
    for look in (
        lambda: preview(commit, "broken.parquet"),
        lambda: Session(local_lake).sql("FROM sales.broken"),
    ):
        with pytest.raises(QueryError) as caught:
            look()
        assert "objects/" not in caught.value.message


FORBIDDEN = [
    "FROM read_text('/etc/passwd')",
    "FROM read_blob('/etc/passwd')",
    "FROM read_csv('/etc/passwd', header = false)",
    "FROM '/etc/passwd'",
    "FROM read_text('{allowed}/../../../../../../../../../../etc/passwd')",
    "FROM read_text('file:///etc/passwd')",
    "FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '/dev/stdout'",
    "CREATE TABLE t (a VARCHAR); COPY t FROM '/etc/passwd'",
    "ATTACH '{folder}/other.db'",
    "ATTACH '/etc/passwd' AS p (TYPE sqlite)",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '/etc'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "FROM read_csv('http://127.0.0.1:9/x.csv')",
    "FROM read_text('s3://bucket/key')",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "SET GLOBAL allowed_paths = ['/etc/passwd']",
    "SET allowed_directories = ['/']",
    "SET temp_directory = '{folder}'",
    "SET memory_limit = '100GB'",
    "SET python_enable_replacements = true",
    "PRAGMA enable_external_access = true",
    "CREATE SECRET (TYPE s3)",
    "FROM secret_frame",
    "PRAGMA enable_profiling = 'json'",
    "SET profiling_output = '{folder}/profile'",
]


def test_a_locked_connection_reaches_its_files_and_nothing_else(
    local_lake: Lake, tmp_path: Path
) -> None:
    commit = _commit(local_lake, {"orders/0.parquet": _orders(0), "other.csv": b"a\n1\n"})
    [file] = commit.files("orders")
    [other] = commit.files("other.csv")
    outside = tmp_path / "outside"
    outside.mkdir()
    secret_frame = pa.table({"a": [1]})
    connection = locked_runner(local_lake, [file.url]).connection
    marks = {"{folder}": str(outside), "{allowed}": str(Path(file.url).parent)}
    for statement in [*FORBIDDEN, f"FROM read_csv('{other.url}')"]:
        for mark, text in marks.items():
            statement = statement.replace(mark, text)  # noqa: PLW2901
        with pytest.raises(duckdb.Error):
            connection.sql(statement).fetchall()
    assert len(secret_frame) == 1
    assert list(outside.iterdir()) == []
    [(rows,)] = connection.sql(f"SELECT count(*) FROM read_parquet('{file.url}')").fetchall()
    assert rows == 1000
    connection.close()
