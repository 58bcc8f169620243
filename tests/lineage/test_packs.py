"""Runs pile up in packs, so that reading many takes few requests; none is lost or counted twice."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake import store
from jupyter_lake.errors import AccessDeniedError
from jupyter_lake.lineage import packs
from jupyter_lake.lineage.batches import BATCHES, PACKS, ROOT, encode_batch, upload_batch
from jupyter_lake.lineage.run_reader import RunReader, read_runs
from jupyter_lake.lineage.runs import Run, RunRead, Upstream, new_run_id

if TYPE_CHECKING:
    from jupyter_lake.store import ObjectInfo, ObjectStore

START = datetime(2026, 11, 1, tzinfo=UTC)


def made(number: int, *, status: str = "ok", revision: int = 1, run_id: str | None = None) -> Run:
    return Run(
        run_id=run_id or new_run_id(),
        notebook=f"/home/user{number % 7}/work.ipynb",
        cell_id=f"cell-{number % 40}",
        execution_count=number,
        source=f"total = {number}",
        user=f"user{number % 7}",
        started=START + timedelta(seconds=number),
        seconds=0.5,
        status=status,
        reads=(RunRead("sales", f"{number:064x}", "orders", ("a", "b"), "sql"),),
        upstream=(Upstream(new_run_id(), ("x",)),),
        revision=revision,
    )


class Counted:
    """An object store that counts what is asked of it, and may forbid deleting."""

    def __init__(self, objects: ObjectStore, *, deletes: bool = True) -> None:
        self._objects = objects
        self._deletes = deletes
        self.requests: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._objects, name)

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        self.requests.append(f"GET {key}")
        return self._objects.get(key, start=start, end=end)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        found = list(self._objects.list(prefix, after=after))
        self.requests += [f"LIST {prefix}"] * (len(found) // 1000 + 1)
        return iter(found)

    def delete(self, keys: object) -> None:
        if not self._deletes:
            raise AccessDeniedError("no deleting here")
        self._objects.delete(keys)  # type: ignore[arg-type]


def bring(objects: ObjectStore, count: int, *, each: int = 1) -> list[Run]:
    """Upload and pack as many small batches as uploaders would."""
    runs = [made(number) for number in range(count)]
    for start in range(0, count, each):
        upload_batch(objects, new_run_id(), runs[start : start + each])
        packs.pack(objects)
    return runs


def test_a_hundred_thousand_runs_are_read_in_twenty_requests_from_s3(
    s3_url: str, storage_options: dict[str, object]
) -> None:
    objects = store.Lake.create(s3_url, storage_options=storage_options).objects
    # As many batches as a team brings in a minute, each far larger, to be done sooner.
    template = gzip.decompress(
        encode_batch([replace(made(n), reads=(), upstream=()) for n in range(2_000)])
    ).decode()
    for number in range(50):
        ids = re.sub(r'("run_id":"[0-9a-f-]{28})[0-9a-f]{4}', rf"\g<1>{number:04x}", template)
        objects.create(f"{BATCHES}{new_run_id()}.jsonl.gz", gzip.compress(ids.encode(), 1))
        packs.pack(objects)
    counted = Counted(objects)
    log = RunReader(counted).log()
    assert log.table.num_rows == 100_000
    assert len(counted.requests) <= 20, counted.requests


def test_each_run_is_there_once_however_often_it_was_packed(lake: store.Lake) -> None:
    runs = bring(lake.objects, 200)
    table = read_runs(lake).table
    assert sorted(table["run_id"].to_pylist()) == sorted(run.run_id for run in runs)
    assert len(list(lake.objects.list(PACKS))) <= 5
    assert len(list(lake.objects.list(BATCHES))) < packs.LOOSE


def test_a_run_comes_back_from_a_pack_as_it_went_in(lake: store.Lake) -> None:
    runs = bring(lake.objects, 40)
    assert read_runs(lake).runs([runs[3].run_id]) == [runs[3]]


def test_the_later_record_of_a_run_holds(lake: store.Lake) -> None:
    run_id = new_run_id()
    upload_batch(lake.objects, new_run_id(), [made(1, status="ok", revision=2, run_id=run_id)])
    upload_batch(lake.objects, new_run_id(), [made(1, status="running", revision=1, run_id=run_id)])
    assert [run.status for run in read_runs(lake).runs([run_id])] == ["ok"]
    assert packs.pack(lake.objects, loose=2)
    assert [run.status for run in read_runs(lake).runs([run_id])] == ["ok"]


def test_packers_at_once_lose_nothing(lake: store.Lake) -> None:
    runs = [made(number) for number in range(64)]
    for run in runs:
        upload_batch(lake.objects, new_run_id(), [run])
    threads = [threading.Thread(target=packs.pack, args=(lake.objects,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_runs(lake).table.num_rows == 64


def test_where_nothing_may_be_deleted_runs_still_count_once_and_packing_ends(
    lake: store.Lake,
) -> None:
    objects = Counted(lake.objects, deletes=False)
    bring(objects, 60)
    assert read_runs(lake).table.num_rows == 60
    before = len(list(lake.objects.list(ROOT)))
    assert not packs.pack(objects) or len(list(lake.objects.list(ROOT))) <= before + 1
    counted = Counted(lake.objects)
    RunReader(counted).log()
    assert sum(request.startswith("GET") for request in counted.requests) <= 40


def test_a_packer_that_dies_before_it_deletes_leaves_every_run_once(
    lake: store.Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        pass

    class Dying(Counted):
        def delete(self, keys: object) -> None:
            raise Killed

    for number in range(20):
        upload_batch(lake.objects, new_run_id(), [made(number)])
    with pytest.raises(Killed):
        packs.pack(Dying(lake.objects))
    counted = Counted(lake.objects)
    log = RunReader(counted).log()
    assert log.table.num_rows == 20
    assert sum(request.startswith("GET") for request in counted.requests) == 1


def test_a_reader_that_is_overtaken_by_a_packer_looks_again(lake: store.Lake) -> None:
    class Overtaken(Counted):
        def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
            found = list(super().list(prefix, after=after))
            packs.pack(self._objects, loose=2)
            return iter(found)

    for number in range(10):
        upload_batch(lake.objects, new_run_id(), [made(number)])
    log = RunReader(Overtaken(lake.objects)).log()
    assert log.table.num_rows == 10


def test_uploading_a_batch_twice_is_uploading_it_once(lake: store.Lake, tmp_path: Path) -> None:
    runs = [made(1), made(2)]
    upload_batch(lake.objects, "one-id", runs)
    upload_batch(lake.objects, "one-id", runs)
    assert len(list(lake.objects.list(ROOT))) == 1
