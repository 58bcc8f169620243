"""What always follows on a read is fetched along with it, and what doesn't is not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jupyter_lake.query.blocks import BLOCK_BYTES, CachedObject
from jupyter_lake.query.cachefolder import BlockCache
from jupyter_lake.query.fetching import CachedSource
from jupyter_lake.query.habits import Habits

CONTENT = random.Random(6).randbytes(4 << 20)
START, FIRST, SECOND = 1_000_000, 100_000, 700_000


class Bucket:
    """Objects of the same content, read by one reader; `fetched` holds (object, start, end)."""

    def __init__(self, folder: Path) -> None:
        self.fetched: list[tuple[int, int, int]] = []
        self._cache = BlockCache(folder, capacity=1 << 30)
        self._habits = Habits()

    def source(self, number: int) -> CachedSource:
        def fetch(start: int, end: int) -> bytes:
            self.fetched.append((number, start, end))
            return CONTENT[start:end]

        cached = CachedObject(self._cache, f"{number:064x}", len(CONTENT))
        return CachedSource(fetch, cached, self._habits)

    def requests(self, number: int) -> int:
        return sum(found == number for found, _, _ in self.fetched)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path / "blocks")


def test_two_reads_that_always_follow_each_other_become_one_request(bucket: Bucket) -> None:
    dice = random.Random(7)
    for number in range(20):
        source, start = bucket.source(number), dice.randrange(1_000_000)
        middle = start + FIRST
        end = middle + SECOND - dice.randrange(1000)
        assert source.read(start, middle) == CONTENT[start:middle]
        assert source.read(middle, end) == CONTENT[middle:end]
    assert [bucket.requests(number) for number in range(2)] == [2, 2]
    assert [bucket.requests(number) for number in range(3, 20)] == [1] * 17


def test_a_second_read_that_comes_seldom_is_not_fetched_ahead(bucket: Bucket) -> None:
    for number in range(40):
        source = bucket.source(number)
        source.read(START, START + FIRST)
        if number % 4 == 0:
            source.read(START + FIRST, START + FIRST + SECOND)
    fetched = sum(end - start for _, start, end in bucket.fetched)
    assert fetched <= 40 * (FIRST + BLOCK_BYTES) + 10 * (SECOND + BLOCK_BYTES)


def test_a_habit_that_ends_is_given_up() -> None:
    habits = Habits()
    for number in range(50):
        habits.after(str(number), 0, FIRST)
        habits.after(str(number), FIRST, FIRST + SECOND)
    assert habits.after("then", 0, FIRST) >= SECOND
    later = [habits.after(f"later {number}", 0, FIRST) for number in range(200)]
    assert later[-1] == 0
    assert later.count(0) > 100
