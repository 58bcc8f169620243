"""DuckDB reads a bucket's files through many threads and gets what is there."""

from __future__ import annotations

import gzip
import io
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from jupyter_lake.errors import AccessDeniedError, ChangedError, DamagedError, QueryError
from jupyter_lake.query import Session
from jupyter_lake.query.fetching import PlainSource
from jupyter_lake.query.rangedfile import RangedFile
from jupyter_lake.query.remote import RemoteFileSystem, physical, register_remote
from jupyter_lake.store import Lake
from jupyter_lake.store.backends import s3_config
from jupyter_lake.store.entries import DataFile, Entry
from jupyter_lake.store.external import Pin
from jupyter_lake.store.objectstore import ObjectStore, open_store
from tests.query.remote_files import as_lake, counted, upload

if TYPE_CHECKING:
    from tests.servers import S3Server

pytestmark = pytest.mark.s3

ROWS = 60_000
JSON = "read_json({files}, format = 'newline_delimited', columns = {columns}"
CSV = "read_csv({files}, header = true, columns = {columns}"
KINDS = {
    "parquet": ("(FORMAT parquet, ROW_GROUP_SIZE 5000)", "read_parquet({files})"),
    "csv": ("(FORMAT csv)", f"{CSV})"),
    "csv.gz": ("(FORMAT csv)", f"{CSV}, compression = 'gzip')"),
    "jsonl": ("(FORMAT json)", f"{JSON})"),
    "jsonl.gz": ("(FORMAT json)", f"{JSON}, compression = 'gzip')"),
}
SELECTED = (
    "'word-' || (hash(i) % 9999) AS word, (hash(i * 3) % 1000)::BIGINT AS amount "
    f"FROM range({ROWS}) t(i)"
)
SUMS = "count(*), sum(id), sum(amount), count(DISTINCT word), sum(hash(word, id)::HUGEINT)"
COLUMNS = "{'id': 'BIGINT', 'word': 'VARCHAR', 'amount': 'BIGINT'}"


@pytest.fixture
def objects(s3_url: str, storage_options: dict[str, object]) -> ObjectStore:
    return open_store(s3_url, storage_options)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Four files of each kind with the same rows."""
    folder = tmp_path_factory.mktemp("written")
    connection = duckdb.connect()
    files: dict[str, list[Path]] = {}
    for kind, (options, _) in KINDS.items():
        for part in range(4):
            plain = folder / f"{part}.{kind.removesuffix('.gz')}"
            connection.execute(
                f"COPY (SELECT {part} * {ROWS} + i AS id, {SELECTED}) TO '{plain}' {options}"
            )
            path = folder / f"{part}.{kind}"
            if kind.endswith(".gz"):
                path.write_bytes(gzip.compress(plain.read_bytes(), 1))
            files.setdefault(kind, []).append(path)
    connection.close()
    return files


@pytest.fixture
def remote(objects: ObjectStore, written: dict[str, list[Path]]) -> dict[str, list[DataFile]]:
    return {kind: [upload(objects, path) for path in paths] for kind, paths in written.items()}


@pytest.fixture
def connection(objects: ObjectStore) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    register_remote(connection, as_lake(objects))
    connection.execute("SET threads = 16")
    yield connection
    connection.close()


def _table(kind: str, files: list[DataFile]) -> str:
    names = "[" + ", ".join(f"'{physical(file)}'" for file in files) + "]"
    return KINDS[kind][1].format(files=names, columns=COLUMNS)


@pytest.mark.parametrize("kind", KINDS)
def test_sixteen_threads_get_the_rows_that_are_there(
    kind: str, remote: dict[str, list[DataFile]], connection: duckdb.DuckDBPyConnection
) -> None:
    query = f"SELECT {SUMS} FROM {_table(kind, remote[kind])}"
    expected = duckdb.sql(
        f"SELECT {SUMS} FROM (SELECT part * {ROWS} + i AS id, {SELECTED}, range(4) p(part))"
    ).fetchall()
    for _ in range(3):
        assert connection.sql(query).fetchall() == expected


def test_queries_side_by_side_do_not_lead_each_other_astray(
    remote: dict[str, list[DataFile]], connection: duckdb.DuckDBPyConnection
) -> None:
    def ask(seed: int) -> tuple[int, list[tuple[object, ...]]]:
        kind = list(KINDS)[seed % len(KINDS)]
        wanted = seed * 997 % (4 * ROWS)
        with connection.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT id FROM {_table(kind, remote[kind])} WHERE id = {wanted}"
            ).fetchall()
        return wanted, rows

    with ThreadPoolExecutor(4) as pool:
        for wanted, rows in pool.map(ask, range(40)):
            assert rows == [(wanted,)]


def test_a_seek_is_for_the_read_of_its_own_thread() -> None:
    content = random.Random(7).randbytes(100_000)
    file = RangedFile(PlainSource(lambda start, end: content[start:end], len(content)))
    barrier = threading.Barrier(16)

    def read(thread: int) -> bool:
        right = True
        for turn in range(20):
            start = thread * 1000 + turn
            file.seek(start)
            barrier.wait()  # all have sought before any reads
            right &= file.tell() == start and file.read(50) == content[start : start + 50]
            barrier.wait()
        return right

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(read, range(16)))


def test_threads_that_take_turns_see_one_file() -> None:
    content = random.Random(8).randbytes(10_000)
    file = RangedFile(PlainSource(lambda start, end: content[start:end], len(content)))
    plain = io.BytesIO(content)
    dice = random.Random(9)
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:

        def both(action: str, *given: int) -> None:
            thread = dice.choice((first, second))
            done = thread.submit(getattr(file, action), *given).result()
            assert done == getattr(plain, action)(*given)

        for _ in range(200):
            if dice.random() < 0.5:
                both("seek", dice.randrange(11_000))
                both("tell")
            both("read", dice.randrange(100))


def test_thousands_of_reads_of_one_file_from_sixteen_threads(
    objects: ObjectStore, tmp_path: Path
) -> None:
    content = random.Random(1).randbytes(3_000_000)
    (tmp_path / "bytes").write_bytes(content)
    filesystem = RemoteFileSystem(objects)
    file = filesystem.open(physical(upload(objects, tmp_path / "bytes")))

    def read(seed: int) -> int:
        dice = random.Random(seed)
        for _ in range(300):
            start = dice.randrange(len(content))
            length = dice.choice((1, 100, 5_000, 200_000))
            file.seek(start)
            assert file.read(length) == content[start : start + length]
        return 300

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(read, range(16))) == 4800


def test_a_block_that_two_threads_want_is_fetched_once(
    objects: ObjectStore, tmp_path: Path
) -> None:
    (tmp_path / "bytes").write_bytes(random.Random(2).randbytes(1_500_000))
    name = physical(upload(objects, tmp_path / "bytes"))
    with counted() as requests:
        source = RemoteFileSystem(objects).source(name)
        barrier = threading.Barrier(8)

        def read() -> bytes:
            barrier.wait()
            return source.read(100_000, 900_000)

        with ThreadPoolExecutor(8) as pool:
            parts = {future.result() for future in [pool.submit(read) for _ in range(8)]}
    assert len(parts) == 1
    assert len(requests.ranges) == 1


def test_reading_in_order_fetches_ahead_in_few_requests(
    objects: ObjectStore, tmp_path: Path
) -> None:
    content = random.Random(3).randbytes(6_000_000)
    (tmp_path / "bytes").write_bytes(content)
    with counted() as requests:
        file = RemoteFileSystem(objects).open(physical(upload(objects, tmp_path / "bytes")))
        assert b"".join(iter(lambda: file.read(20_000), b"")) == content
    assert len(requests.ranges) < 12


def test_what_was_read_once_is_not_fetched_again(
    remote: dict[str, list[DataFile]], objects: ObjectStore
) -> None:
    def total() -> object:
        with duckdb.connect() as fresh:
            register_remote(fresh, as_lake(objects))
            return fresh.sql(
                f"SELECT sum(amount) FROM {_table('parquet', remote['parquet'])}"
            ).fetchall()

    with counted() as first:
        expected = total()
    with counted() as second:
        assert total() == expected
    assert first.ranges
    assert second.ranges == []


@pytest.mark.parametrize("hindrance", ["no cache", "no folder"])
def test_queries_do_without_a_cache(
    hindrance: str,
    remote: dict[str, list[DataFile]],
    objects: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    if hindrance == "no cache":
        monkeypatch.setenv("JUPYTER_LAKE_CACHE_BYTES", "0")
    (tmp_path / "file").write_text("no folder")
    folder = tmp_path / ("cache" if hindrance == "no cache" else "file")
    monkeypatch.setenv("JUPYTER_LAKE_CACHE_DIR", str(folder))
    for kind in ("parquet", "csv.gz"):
        with duckdb.connect() as fresh:
            register_remote(fresh, as_lake(objects))
            counted_rows = fresh.sql(f"SELECT count(*) FROM {_table(kind, remote[kind])}")
            assert counted_rows.fetchall() == [(4 * ROWS,)]
    assert not list(folder.glob("**/*"))


def test_a_missing_object_is_named(
    objects: ObjectStore, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "bytes").write_bytes(b"x" * 1000)
    file = upload(objects, tmp_path / "bytes")
    objects.delete([file.url.removeprefix(objects.url + "/")])
    filesystem = RemoteFileSystem(objects)
    with pytest.raises(DamagedError, match="is gone"):
        filesystem.open(physical(file)).read()
    assert isinstance(filesystem.take_failure(), DamagedError)
    assert filesystem.take_failure() is None


def test_a_query_says_why_a_file_cannot_be_read(
    s3_url: str,
    storage_options: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    lake = Lake.create(s3_url, storage_options=storage_options)
    with lake.create_repo("sales").transaction("main", message="one") as tx:
        tx.write("gone/1.parquet", pa.table({"a": range(500_000)}))
        tx.write("there/1.csv", b"a,b\n1,2\n")
    [gone] = lake.repo("sales").commit().files("gone")
    lake.objects.delete([gone.url.removeprefix(lake.url + "/")])
    session = Session(lake)
    with pytest.raises(DamagedError, match="is gone"):
        session.sql("SELECT sum(a) FROM sales.gone").fetchall()
    with pytest.raises(QueryError, match="nonsense"):
        session.sql("SELECT nonsense FROM sales.there").fetchall()

    real = s3_config.obstore_for
    wrong = storage_options | {"secret": "wrong"}
    monkeypatch.setattr(s3_config, "obstore_for", lambda bucket, _: real(bucket, wrong))
    monkeypatch.setenv("JUPYTER_LAKE_CACHE_DIR", str(tmp_path / "another"))
    with pytest.raises(AccessDeniedError, match="may not read"):
        Session(lake).sql("FROM sales.there").fetchall()


def test_an_imported_object_that_changed_is_refused(
    s3_server: S3Server, objects: ObjectStore
) -> None:
    objects.put("raw/a.csv", b"a\n1\n")
    info = objects.info("raw/a.csv")
    assert info is not None
    url = objects.physical_url("raw/a.csv")
    pin = Pin(size=info.size, etag=info.etag)
    entry = Entry("a.csv", info.size, location=url, pin_text=pin.encode())
    name = physical(DataFile(entry.path, url, entry.size, None, None, entry))
    filesystem = RemoteFileSystem(objects)
    objects.put("raw/a.csv", b"a\n2\n")
    with pytest.raises(ChangedError, match="no longer what was imported"):
        filesystem.open(name).read()
    objects.put("raw/a.csv", b"a\n1\n")
    assert filesystem.open(name).read() == b"a\n1\n"


def test_a_file_behaves_like_any_other_for_one_reader() -> None:
    content = b"first\nsecond\n" + bytes(range(256)) * 1000
    file = RangedFile(PlainSource(lambda start, end: content[start:end], len(content)))
    plain = io.BytesIO(content)
    for each in (file, plain):
        each.seek(3)
    assert file.read(4) == plain.read(4)
    assert file.tell() == plain.tell()
    assert file.seek(-10, io.SEEK_END) == plain.seek(-10, io.SEEK_END)
    assert file.read() == plain.read()
    assert file.read(5) == b""
    file.seek(0)
    assert file.readline() == b"first\n"
    assert file.readline() == b"second\n"
    buffer = bytearray(8)
    assert file.readinto(buffer) == 8
    assert buffer == content[13:21]
    assert file.read1() == content[21 : 21 + 64 * 1024]
    with pytest.raises(ValueError, match="no byte -1"):
        file.seek(-1)
    file.close()
    assert file.closed
