"""The store: many files, many commits, many entries, and round trips to a bucket.

Peers (deltalake, pyiceberg, lance, dvc) are measured in the same run. Of their commits
none would survive a power cut: but for pyiceberg's catalog nothing is ever synced. So
commits are compared thrice: ours, synced, with theirs as they are; with theirs when
somebody syncs their files after each; and ours when it isn't synced, either.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pyarrow as pa

from jupyter_lake.demo import flights
from jupyter_lake.store import Lake, Repo, filesystems, open_store, syncing
from tests.benchmarks.harness import Row, against, median, seconds

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectStore

FILES = 10_000
FILE_BYTES = 100_000
COMMITS = 100
LONG_LOG = 10_000
ENTRIES = 1_000_000
DELAY = 0.02

_numbers = count()


def rows() -> Iterator[Row]:
    """Yield the figures of the store."""
    with tempfile.TemporaryDirectory(prefix="lake-bench-") as folder:
        os.environ["JUPYTER_LAKE_CACHE_DIR"] = f"{folder}/cache"
        place = Path(folder)
        yield from twelve_commits(place)
        yield from many_files(place)
        yield from many_commits(place)
        yield from long_log(place)
        yield from many_entries(place)
        yield from round_trips()


def twelve_commits(place: Path) -> Iterator[Row]:
    """The demo's year of flights: a commit a month, and plain copies of the same files."""
    filled = flights.fill(Lake.create(str(place / "flights")))
    months = [
        {change.path: _source(filled, change.path) for change in commit.changes()}
        for commit in reversed(filled.log())
    ]

    def ours() -> None:
        repo = _repo(place)
        for month in months:
            with repo.transaction(message="a month", author="bench") as tx:
                for path, source in month.items():
                    tx.write(path, source)

    def copies() -> None:
        target = place / f"copy{next(_numbers)}"
        (target / "flights").mkdir(parents=True)
        for month in months:
            for path, source in month.items():
                shutil.copyfile(source, target / path)
            syncing.sync_all(f"{target}/{path}" for path in month)
            syncing.sync_all({str((target / path).parent) for path in month})

    yield against(f"{len(months)} commits of flights", ours, "copies, synced", copies)
    _clear(place)


def _source(repo: Repo, path: str) -> Path:
    return Path(repo.commit().files(path)[0].url)


def many_files(place: Path) -> Iterator[Row]:
    """10,000 files of 100 kB: the first commit, and one after a change."""
    source = place / "source"
    source.mkdir()
    for number in range(FILES):
        (source / f"{number:05}.bin").write_bytes(os.urandom(FILE_BYTES))
    os.sync()
    time.sleep(3)  # files this young are always read again
    repos: list[Repo] = []

    def ours() -> None:
        repos.append(_repo(place))
        with repos[-1].transaction(message="all") as tx:
            tx.write("raw", source)

    def copied_and_hashed() -> None:
        target = place / f"copy{next(_numbers)}"
        target.mkdir()
        for file in sorted(source.iterdir()):
            data = file.read_bytes()
            hashlib.sha256(data).hexdigest()
            (target / file.name).write_bytes(data)

    what = f"{FILES:,} files of 100 kB, first commit"
    yield against(
        what, ours, "copy and sha256", copied_and_hashed, bound=1.3, runs=3, settle=os.sync
    )

    def changed() -> None:
        (source / "00007.bin").write_bytes(os.urandom(FILE_BYTES))
        with repos[-1].transaction(message="one changed") as tx:
            tx.write("raw", source)

    yield Row("... again after one change", median(changed, runs=3), bound=0.3)
    theirs = _dvc_add(place, source)
    os.sync()
    mine = seconds(ours)
    yield Row(what, mine, peer="dvc add", theirs=theirs, ratio=mine / theirs, bound=0.5)
    os.sync()
    with _unsynced():
        mine = seconds(ours)
    yield Row(f"{what}, not synced", mine, peer="dvc add", theirs=theirs, ratio=mine / theirs)
    _clear(place)


def _dvc_add(place: Path, source: Path) -> float:
    """Return the seconds that ``dvc add`` takes for a folder that lies in its work tree."""
    work = place / "dvc"
    shutil.copytree(source, work / "raw")
    os.sync()

    def dvc(*words: str) -> None:
        command = [sys.executable, "-m", "dvc", *words, "--quiet"]
        subprocess.run(command, cwd=work, check=True, capture_output=True)

    dvc("init", "--no-scm")
    return seconds(lambda: dvc("add", "raw"))


def many_commits(place: Path) -> Iterator[Row]:
    """100 commits of a table of 1,000 rows each."""
    tables = [_table(number) for number in range(COMMITS)]

    def ours() -> None:
        repo = _repo(place)
        for number, table in enumerate(tables):
            with repo.transaction(message=f"{number}", author="bench") as tx:
                tx.write(f"t/{number:03}.parquet", table)

    def ours_unsynced() -> None:
        with _unsynced():
            ours()

    what = f"{COMMITS} commits of 1,000 rows"
    for peer, commits, bound, runs in (
        ("deltalake", _deltalake, 0.25, 3),
        ("pyiceberg, SQLite", _pyiceberg, 0.25, 3),
        ("lance", _lance, 1.0, 9),
    ):
        theirs, synced = commits(place, tables, _nothing), commits(place, tables, _Syncing())
        yield against(what, ours, peer, theirs, bound=bound, runs=runs)
        yield against(what, ours, f"{peer}, synced", synced, bound=bound, runs=runs)
        yield against(f"{what}, not synced", ours_unsynced, peer, theirs, bound=bound, runs=runs)
    _clear(place)


def _nothing(folder: str) -> None:
    """Leave a commit to the disk's own time."""


class _Syncing:
    """Syncs the files of a folder that were not there before, and the folders they lie in."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __call__(self, folder: str) -> None:
        new = [path for path in _files_under(folder) if path not in self._seen]
        self._seen.update(new)
        syncing.sync_all([*new, *{os.path.dirname(path) for path in new}])


def _files_under(folder: str) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _files_under(entry.path)
        else:
            yield entry.path


def _table(number: int) -> pa.Table:
    start = number * 1000
    return pa.table(
        {
            "id": pa.array(range(start, start + 1000), pa.int64()),
            "value": pa.array([x / 7 for x in range(1000)], pa.float64()),
            "name": pa.array([f"name-{x % 50}" for x in range(1000)], pa.string()),
        }
    )


After = Callable[[str], None]


def _deltalake(place: Path, tables: list[pa.Table], after: After) -> Callable[[], None]:
    from deltalake import write_deltalake

    def commit_all() -> None:
        target = str(place / f"delta{next(_numbers)}")
        for table in tables:
            write_deltalake(target, table, mode="append")
            after(target)

    return commit_all


def _pyiceberg(place: Path, tables: list[pa.Table], after: After) -> Callable[[], None]:
    from pyiceberg.catalog.sql import SqlCatalog

    def commit_all() -> None:
        target = place / f"iceberg{next(_numbers)}"
        target.mkdir()
        catalog = SqlCatalog(
            "bench", uri=f"sqlite:///{target}/catalog.db", warehouse=f"file://{target}"
        )
        catalog.create_namespace("bench")
        iceberg = catalog.create_table("bench.t", tables[0].schema)
        for table in tables:
            iceberg.append(table)
            after(str(target))

    return commit_all


def _lance(place: Path, tables: list[pa.Table], after: After) -> Callable[[], None]:
    import lance

    def commit_all() -> None:
        target = str(place / f"lance{next(_numbers)}")
        for number, table in enumerate(tables):
            lance.write_dataset(table, target, mode="append" if number else "create")
            after(target)

    return commit_all


def long_log(place: Path) -> Iterator[Row]:
    """10,000 commits on one branch."""
    repo = _repo(place)
    with _unsynced():
        for number in range(LONG_LOG):
            with repo.transaction(message=f"{number}", author="bench") as tx:
                tx.write("a", b"%d" % number)

    def opened() -> Repo:
        return Lake.open(repo.lake.url).repo("bench")

    what = f"{LONG_LOG:,} commits"
    yield Row(f"{what}: log -n 50", median(lambda: opened().log(limit=50)), bound=0.1)
    yield Row(f"{what}: the whole log", median(lambda: opened().log(limit=None)), bound=2)
    calls: list[str] = []
    watched = Lake(_Slow(repo.lake.objects, calls, 0), "bench").repo("bench")
    calls.clear()
    watched.resolve("main")
    # The hint; then, at once, its record, the one behind it, and the commit (a tree apart, too).
    yield Row(f"{what}: requests to read the head", len(calls), unit="requests", bound=5)


def many_entries(place: Path) -> Iterator[Row]:
    """A repo of a million entries, imported without a copy."""
    url = str(place / "million")
    took, memory = _imported(url)
    what = f"{ENTRIES:,} entries"
    yield Row(f"{what}: import", took, bound=30)
    yield Row(f"{what}: memory of the import", memory, unit="MB", bound=500)
    repo = Lake.open(url).repo("bench")

    def change_one() -> None:
        with repo.transaction(message="one", author="bench") as tx:
            tx.write(f"year=07/day=0{next(days)}/x.parquet", b"new")

    days = count(700)
    yield Row(f"{what}: a commit of one file", median(change_one), bound=0.2)

    def opened() -> Repo:
        return Lake.open(url).repo("bench")

    yield Row(
        f"{what}: ls of a folder",
        median(lambda: opened().commit().ls("year=03/day=0333")),
        bound=0.05,
    )
    yield Row(f"{what}: ls of the root", median(lambda: opened().commit().ls()))
    yield Row(
        f"{what}: diff of neighbours", median(lambda: opened().diff("main~1", "main")), bound=0.1
    )


def _imported(url: str) -> tuple[float, float]:
    """Import in a process of its own; return its seconds and megabytes."""
    code = f"from tests.benchmarks import bench_store; bench_store.import_many({url!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    took, memory = map(float, done.stdout.split())
    return took, memory


def import_many(url: str) -> None:
    """Import a million entries and print the seconds and the greatest memory in MB."""
    repo = Lake.create(url).create_repo("bench")

    columns = pa.schema([(name, pa.string()) for name in ("path", "location", "etag")])
    columns = columns.append(pa.field("size", pa.int64()))

    def listing() -> Iterator[pa.RecordBatch]:
        for start in range(0, ENTRIES, 50_000):
            numbers = range(start, start + 50_000)
            paths = [
                f"year={n // 50_000:02}/day={n // 500:04}/part-{n:07}.parquet" for n in numbers
            ]
            locations = [f"s3://raw/flights/{path}" for path in paths]
            etags = [f"{n * 2654435761 % 2**64:032x}" for n in numbers]
            sizes = [1000 + n % 977 for n in numbers]
            yield pa.RecordBatch.from_arrays(
                [pa.array(column) for column in (paths, locations, etags, sizes)], schema=columns
            )

    def run() -> None:
        with repo.transaction(message="import", author="bench") as tx:
            tx.import_listing(pa.RecordBatchReader.from_batches(columns, listing()))

    took = seconds(run)
    print(took, _greatest_memory())


def _greatest_memory() -> float:
    """Return the most memory that this process has held, in MB; not what its parent held."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def round_trips() -> Iterator[Row]:
    """A bucket that takes 20 ms to answer: times in round trips."""
    url = f"memory://bench{next(_numbers)}"
    plain = Lake.create(url).create_repo("bench")
    for number in range(100):
        with plain.transaction(author="bench") as tx:
            tx.write(f"a/{number}", b"%d" % number)

    def opened() -> Repo:
        return Lake(_Slow(open_store(url), [], DELAY), "bench").repo("bench")

    def trips(action: Callable[[Repo], object]) -> float:
        taken = []
        for _ in range(5):
            repo = opened()
            start = time.perf_counter()
            action(repo)
            taken.append((time.perf_counter() - start) / DELAY)
        return sorted(taken)[2]

    def commit(repo: Repo) -> None:
        with repo.transaction(author="bench") as tx:
            tx.write(f"a/new{next(_numbers)}", os.urandom(100))

    what = "20 ms a request"
    # What Python itself takes comes on top: less than one round trip.
    yield Row(f"{what}: a small commit", trips(commit), unit="round trips", bound=5.99)
    yield Row(
        f"{what}: log -n 50", trips(lambda r: r.log(limit=50)), unit="round trips", bound=4.99
    )
    yield Row(f"{what}: ls", trips(lambda r: r.commit().ls("a")), unit="round trips")
    yield Row(f"{what}: diff", trips(lambda r: r.diff("main~1", "main")), unit="round trips")


class _Slow:
    """A store each of whose requests is noted and takes a while."""

    def __init__(self, objects: ObjectStore, calls: list[str], delay: float) -> None:
        self._objects = objects
        self._calls = calls
        self._delay = delay

    def __getattr__(self, name: str) -> object:
        found = getattr(self._objects, name)
        if name in ("url", "storage_options", "physical_url"):
            return found
        if name == "local_path":
            return lambda key: None

        def call(*given: object, **named: object) -> object:
            self._calls.append(name)
            time.sleep(self._delay)
            answer = found(*given, **named)
            return iter(list(answer)) if name == "list" else answer

        return call


def _repo(place: Path) -> Repo:
    return Lake.create(str(place / f"lake{next(_numbers)}")).create_repo("bench")


def _clear(place: Path) -> None:
    for folder in place.iterdir():
        shutil.rmtree(folder)


@contextmanager
def _unsynced() -> Iterator[None]:
    # Functions, not mocks, which would count their calls.
    nothing, never = lambda _: None, lambda _: False
    with (
        mock.patch("os.fsync", nothing),
        mock.patch.object(syncing, "sync", nothing),
        mock.patch.object(syncing, "sync_all", nothing),
        mock.patch.object(filesystems, "syncs_as_a_whole", never),
    ):
        yield
