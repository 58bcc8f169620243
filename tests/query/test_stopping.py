"""A long query can be watched, and stopped; the session goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_lake.query import Session
from tests.query.lakes import count, sales_lake

LONG = "SELECT count(*) FROM range(10_000_000_000) a, sales.orders WHERE hash(a.range) <> 1"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(sales_lake(tmp_path))


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Python hears the stop button, even where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _press_stop_when(running: threading.Event) -> threading.Thread:
    def press() -> None:
        assert running.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_the_stop_button_stops_the_query_and_not_the_session(session: Session) -> None:
    running = threading.Event()

    def tell(number: int) -> int:
        running.set()
        return number

    session.connection.create_function("tell", tell, ["BIGINT"], "BIGINT")
    session.sql("CREATE TEMP TABLE mine AS SELECT 1 AS a")
    result = session.sql(f"{LONG} AND tell(a.range) = 0")
    thread = _press_stop_when(running)
    with pytest.raises(KeyboardInterrupt):
        result.fetchall()
    thread.join()
    assert count(session, "sales.orders") == 6
    assert count(session, "mine") == 1


def test_a_stop_before_duckdb_has_begun_is_heard(session: Session) -> None:
    started = threading.Event()

    def work() -> object:
        started.set()
        time.sleep(0.3)  # as long as nothing can be interrupted yet
        return session.connection.sql(LONG.replace("sales.orders", "range(6)")).fetchall()

    thread = _press_stop_when(started)
    with pytest.raises(KeyboardInterrupt):
        session.runner.run(work)
    thread.join()
    assert count(session, "sales.orders") == 6


def test_progress_is_told_while_a_query_runs(session: Session) -> None:
    told: list[tuple[float | None, float]] = []
    enough = threading.Event()

    def progress(share: float | None, seconds: float) -> None:
        told.append((share, seconds))
        if len(told) == 2:
            enough.set()

    session.runner.progress = progress
    assert session.runner.run(lambda: enough.wait(60))
    assert len(told) >= 3
    assert told[-1][0] == 1.0
    assert all(seconds >= 1.0 for _, seconds in told)
    assert all(share is None or 0 <= share <= 1 for share, _ in told)


def test_a_short_query_says_nothing(session: Session) -> None:
    told: list[float] = []
    session.runner.progress = lambda _share, seconds: told.append(seconds)
    session.sql("SELECT 1").fetchall()
    assert told == []


def test_queries_run_from_other_threads(session: Session) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(count(session, "sales.orders")))
    thread.start()
    thread.join()
    assert found == [6]
