"""What all tests share: folders of their own, and lakes on every kind of store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from jupyter_lake.store import ObjectStore, probe
from tests.gcs import gcs_bucket
from tests.hdfs import hdfs_cluster
from tests.searching import examples
from tests.servers import BUCKET, S3Server, shared_server

# Who works on something wants another search each time; CI is to judge the change and not
# the luck, and so searches the same way for as long as a test stays the same.
settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("fuzz", max_examples=examples(100), deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# `make test-hdfs` runs the tests of the store on HDFS instead.
BACKENDS = tuple(os.environ.get("TEST_STORES", "local memory s3").split())

_probed: set[str] = set()


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's lakes, caches and credentials out of the tests, and the tests out of them."""
    for name in list(os.environ):
        if name.startswith(("JUPYTER_LAKE_", "AWS_", "OPENLINEAGE_")):
            monkeypatch.delenv(name)
    own = tmp_path / "own"
    settings = {
        "JUPYTER_LAKE_CACHE_DIR": own / "cache",
        "JUPYTER_LAKE_SPOOL_DIR": own / "spool",
        "JUPYTER_LAKE_USER": "tester",
        "AWS_CONFIG_FILE": own / "aws" / "config",
        "AWS_SHARED_CREDENTIALS_FILE": own / "aws" / "credentials",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))


@pytest.fixture(autouse=True)
def probed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe a bucket that all tests share once: a race for a key takes SeaweedFS a second."""
    real = probe.probe

    def once(objects: ObjectStore) -> None:
        options = {**os.environ, **objects.storage_options}
        server = str(options.get("endpoint_url") or options.get("AWS_ENDPOINT_URL"))
        shared = objects.url.startswith(f"s3://{BUCKET}/")
        if not shared or server not in _probed:
            real(objects)
            _probed.add(server)

    monkeypatch.setattr(probe, "probe", once)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> S3Server:
    """SeaweedFS: one for all workers of this run, up as long as the run is."""
    return _shared("seaweed", tmp_path_factory)


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> S3Server:
    """moto: another reading of what S3 does."""
    return _shared("moto", tmp_path_factory)


@pytest.fixture(scope="session")
def gcs_options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """A server of Google's API with the bucket all tests share: what gcsfs needs to reach it."""
    with gcs_bucket(tmp_path_factory.mktemp("gcs")) as options:
        yield options


@pytest.fixture(scope="session")
def hdfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real HDFS, one for each worker."""
    with hdfs_cluster(tmp_path_factory.mktemp("hdfs")) as url:
        yield url


@pytest.fixture
def s3_url(s3_server: S3Server) -> str:
    """A prefix that is empty."""
    return f"s3://{BUCKET}/{uuid4().hex}"


@pytest.fixture
def storage_options(s3_server: S3Server) -> dict[str, object]:
    """What opens `s3_url`."""
    return s3_server.storage_options


@pytest.fixture(params=BACKENDS)
def lake_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Where a lake can be made, on each kind of store; S3's credentials lie in the environment."""
    if request.param == "local":
        yield str(tmp_path / "lake")
    elif request.param == "memory":
        yield f"memory://{uuid4().hex}"
    elif request.param == "gcs":
        options = request.getfixturevalue("gcs_options")
        monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps(options))
        yield f"gs://{BUCKET}/{uuid4().hex}"
    elif request.param == "hdfs":
        yield f"{request.getfixturevalue('hdfs')}/{uuid4().hex}"
    else:
        server: S3Server = request.getfixturevalue("s3_server")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield request.getfixturevalue("s3_url")


def _shared(kind: str, tmp_path_factory: pytest.TempPathFactory) -> S3Server:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    folder = tmp_path_factory.getbasetemp()
    # Workers have folders of their own below the run's, and the run for a parent.
    return shared_server(
        kind, folder.parent if worker else folder, watched=os.getppid() if worker else os.getpid()
    )
