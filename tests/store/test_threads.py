"""Threads that draw from one queue: each item once, and the first error told."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_lake.store.threads import Threads


@given(items=st.lists(st.integers(), unique=True), workers=st.integers(1, 5))
def test_every_item_is_done_once_and_answered(items: list[int], workers: int) -> None:
    threads = Threads(workers)
    done: Counter[int] = Counter()

    def task(item: int) -> int:
        done[item] += 1
        return item * 2

    try:
        answers = threads.each(items, task).result(timeout=60)
    finally:
        threads.close()
    assert answers == {item: item * 2 for item in items}
    assert done == Counter(items)


@pytest.mark.parametrize("error", [ValueError("no"), IndexError("nor this"), KeyboardInterrupt()])
def test_an_error_is_told(error: BaseException) -> None:
    threads = Threads(2)
    done: list[int] = []

    def task(item: int) -> None:
        if item == 5:
            raise error
        done.append(item)

    coming = threads.each(range(100), task)
    with pytest.raises(type(error)):
        coming.result(timeout=60)
    threads.close()
    assert 5 not in done


def test_long_tasks_do_not_hold_up_short_ones() -> None:
    threads = Threads(2)
    others = threading.Event()
    count = iter(range(100))

    def task(item: int) -> None:
        if item == 0:
            assert others.wait(timeout=60)
        elif next(count) == 98:
            others.set()

    assert len(threads.each(range(100), task).result(timeout=60)) == 100
    threads.close()


def test_after_the_end_nothing_begins() -> None:
    threads = Threads(1)
    begun, go = threading.Event(), threading.Event()
    done: list[int] = []

    def task(item: int) -> None:
        begun.set()
        assert go.wait(timeout=60)
        done.append(item)

    threads.each(range(10), task)
    assert begun.wait(timeout=60)
    ending = threading.Thread(target=threads.close)
    ending.start()
    while threads._drawings[0]._items:
        time.sleep(0.001)
    go.set()
    ending.join(timeout=60)
    assert done == [0]
