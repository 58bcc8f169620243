"""A network that breaks off in the middle of a commit or a read, over a real connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
from botocore.retries.standard import ExponentialBackoff

from jupyter_lake.errors import LakeError, UnreachableError
from jupyter_lake.lake import Lake
from jupyter_lake.store import fsck
from jupyter_lake.store.backends.s3_config import s3_filesystem
from tests.cutting import CUTS, SILENCES, Network, network_to
from tests.servers import BUCKET, S3Server

pytestmark = pytest.mark.s3

LARGE = bytes(200_000)
AMOUNTS = range(20_000)
# How long one waits here for a word; the rest is as by default.
PATIENCE = {"connect_timeout": 1, "read_timeout": 0.25}
KINDS = (*CUTS, *SILENCES)


@dataclass(frozen=True)
class Place:
    """A lake that can be seen through a network, and past it."""

    url: str
    network: Network
    through: Mapping[str, object]
    past: Mapping[str, object]

    def lake(self) -> Lake:
        """Open the lake through the network."""
        return Lake.open(self.url, storage_options=self.through)

    def commit(self, text: bytes) -> None:
        """Change two files through the network."""
        with self.lake().repo("sales").transaction(message=text.decode()) as tx:
            tx.write("notes", text)
            tx.write("large", text + LARGE)

    def state(self) -> tuple[bytes, bytes, int]:
        """Return, past the network, the files that commits change, and how many commits there are.

        It must be a lake without a fault.
        """
        lake = Lake.open(self.url, storage_options=self.past)
        assert fsck(lake).clean
        repo = lake.repo("sales")
        head = repo.commit()
        large = head.read("large").removesuffix(LARGE)
        return head.read("notes"), large, len(repo.log(limit=None))


@pytest.fixture(scope="module")
def network(s3_server: S3Server) -> Iterator[Network]:
    with network_to(s3_server.endpoint) as network:
        yield network


@pytest.fixture
def place(s3_server: S3Server, network: Network, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A lake with a repo and a commit."""
    monkeypatch.setattr("jupyter_lake.store.backends.s3._PAUSES", (0.01,) * 3)
    monkeypatch.setattr("jupyter_lake.store.refs.PATIENCE", 0.1)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.01)
    past = s3_server.storage_options
    through = past | {"endpoint_url": network.endpoint, "config_kwargs": PATIENCE}
    place = Place(f"s3://{BUCKET}/{uuid4().hex}", network, through, past)
    lake = Lake.create(place.url, storage_options=past)
    with lake.create_repo("sales").transaction(message="first") as tx:
        tx.write("orders.parquet", pa.table({"amount": AMOUNTS}))
        tx.write("notes", b"first")
        tx.write("large", LARGE)
    return place


@pytest.fixture
def forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make as if nothing had been read yet."""
    numbers = count()
    return lambda: monkeypatch.setenv(
        "JUPYTER_LAKE_CACHE_DIR", str(tmp_path / f"cache-{next(numbers)}")
    )


def turns(kind: str, *, lasting: bool) -> Iterator[int]:
    """Yield which request to cut: each in turn, or some of them where it takes its time."""
    step = 3 if lasting or kind in SILENCES else 1
    return count(KINDS.index(kind) % step, step)


def check_told(error: LakeError) -> None:
    assert isinstance(error, UnreachableError), repr(error)
    assert error.hint
    assert "\n" not in error.message + error.hint
    assert ". " not in error.message, "more than one sentence"


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_commit_is_made_or_not_whichever_request_is_cut(
    kind: str, lasting: bool, place: Place
) -> None:
    for at in turns(kind, lasting=lasting):
        old = place.state()
        text = f"{kind} {at}".encode()
        new = (text, text, old[2] + 1)
        acknowledged = True
        with place.network.broken(kind, at=at, lasting=lasting) as cut:
            try:
                place.commit(text)
            except LakeError as error:
                check_told(error)
                acknowledged = False
        where = f"{kind} at {at}: {cut.requests[at : at + 1]}"
        assert acknowledged or lasting, f"one cut was not got over, {where}"
        found = place.state()
        assert found in (old, new), where
        assert found == new or not acknowledged, f"lost after it was acknowledged, {where}"
        check_soon(kind, cut.lost)
        if found == old:
            place.commit(text)
            assert place.state() == new, where
        if not cut.met:
            break
    assert at > 5


def check_soon(kind: str, lost: Mapping[str, int]) -> None:
    """Nothing is asked for more than twice where each time means to wait."""
    assert kind not in SILENCES or max(lost.values(), default=0) <= 2, lost


def read_file(lake: Lake) -> object:
    return lake.repo("sales").commit().read("large")


def query(lake: Lake) -> object:
    return lake.sql("SELECT sum(amount) FROM sales.orders").fetchall()


READS = {read_file: LARGE, query: [(sum(AMOUNTS),)]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", READS, ids=lambda read: read.__name__)
def test_a_read_gets_over_one_cut(
    read: Callable[[Lake], object], kind: str, place: Place, forget: Callable[[], None]
) -> None:
    for at in turns(kind, lasting=False):
        forget()
        with place.network.broken(kind, at=at) as cut:
            assert read(place.lake()) == READS[read], f"{kind} at {at}: {cut.requests}"
        if not cut.met:
            break
    assert at > 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("read", READS, ids=lambda read: read.__name__)
def test_a_read_from_a_network_that_goes_away_is_given_up_on(
    read: Callable[[Lake], object], kind: str, place: Place, forget: Callable[[], None]
) -> None:
    for at in turns(kind, lasting=True):
        forget()
        with place.network.broken(kind, at=at, lasting=True) as cut:
            try:
                assert read(place.lake()) == READS[read]
            except LakeError as error:
                check_told(error)
            else:
                break
        check_soon(kind, cut.lost)
        assert read(place.lake()) == READS[read]
    assert at > 3


def test_nobody_waits_for_more_than_a_minute_for_one_answer(s3_server: S3Server) -> None:
    config = s3_filesystem(s3_server.storage_options).s3.meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts * (config.connect_timeout + config.read_timeout) < 70
