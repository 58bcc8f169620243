"""Threads that DuckDB starts are remembered from call to call, and not without bound."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import fsspec
import pytest

from jupyter_lake.query import foreign_threads


class Watched(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """One Parquet file in memory, and a note of each thread that lost what it had stored here."""

    protocol = "watched"
    cachable = False

    def __init__(self, path: Path) -> None:
        super().__init__(skip_instance_cache=True)
        self._content = path.read_bytes()
        self._mine = threading.local()
        self._seen: set[int] = set()
        self.forgetful: set[int] = set()

    def _look(self) -> None:
        caller = threading.get_ident()
        foreign_threads.keep_thread_state()
        if caller in self._seen and not hasattr(self._mine, "stored"):
            self.forgetful.add(caller)
        self._seen.add(caller)
        self._mine.stored = True

    def open(self, path: str, mode: str = "rb", **_options: object) -> object:
        self._look()
        return io.BytesIO(self._content)

    def size(self, path: str) -> int:
        self._look()
        return len(self._content)

    def modified(self, path: str) -> datetime:
        self._look()
        return datetime(2000, 1, 1, tzinfo=UTC)

    def info(self, path: str, **_options: object) -> dict[str, object]:
        return {"name": path, "size": len(self._content), "type": "file"}

    def glob(self, path: str, maxdepth: int | None = None, **_options: object) -> list[str]:
        return [path]

    def exists(self, path: str, **_options: object) -> bool:
        return True


def _query(folder: Path) -> set[int]:
    duckdb.sql(f"COPY (SELECT range AS n FROM range(1000)) TO '{folder}/a.parquet'")
    watched = Watched(folder / "a.parquet")
    with duckdb.connect() as connection:
        connection.execute("SET threads = 4")
        connection.register_filesystem(watched)
        names = [f"watched://{number}.parquet" for number in range(40)]
        rows = connection.sql(f"SELECT count(DISTINCT n) FROM read_parquet({names})").fetchall()
    assert rows == [(1000,)]
    return watched.forgetful


def test_a_thread_of_duckdb_keeps_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_threads, "_kept", set())
    assert _query(tmp_path) == set()


def test_no_more_than_a_few_dozen_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: set[int] = set()
    monkeypatch.setattr(foreign_threads, "_kept", kept)
    monkeypatch.setattr(foreign_threads, "_MOST", 3)
    barrier = threading.Barrier(10)

    def call() -> None:
        barrier.wait()
        foreign_threads.keep_thread_state()
        barrier.wait()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 3
