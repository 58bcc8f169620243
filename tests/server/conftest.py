"""One server for all tests of a worker: each test's lake is named in its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pyarrow as pa
import pytest

from jupyter_lake.lake import Lake
from tests.jupyter import JupyterServer, jupyter_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A Jupyter server with the extension."""
    with jupyter_server("jupyter_server", tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with three commits in ``sales``, the last of them on a branch ``fix``."""
    lake = Lake.open(str(tmp_path / "lake"), create=True)
    repo = lake.create_repo("sales", description="What was sold")
    with repo.transaction("main", message="January", author="ana") as tx:
        tx.write("orders/01.parquet", pa.table({"n": [1, 2, 3], "region": ["n", "s", None]}))
        tx.write("notes/read me.txt", b"hello")
    with repo.transaction("main", message="February", author="bob") as tx:
        tx.write("orders/02.parquet", pa.table({"n": [4, 5], "region": ["n", "n"]}))
    repo.create_branch("fix")
    with repo.transaction("fix", message="Without notes", author="ana") as tx:
        tx.delete("notes/read me.txt")
    return lake


class Api:
    """The routes, asked about one lake."""

    def __init__(self, client: httpx.Client, lake: str) -> None:
        self.client = client
        self.lake = lake

    def get(self, route: str, /, **options: object) -> httpx.Response:
        """Ask."""
        return self.client.get(route, params={"lake": self.lake, **options})

    def post(self, route: str, /, **body: object) -> httpx.Response:
        """Make something."""
        return self.client.post(route, params={"lake": self.lake}, json=body)

    def delete(self, path: str) -> httpx.Response:
        """Take something away."""
        return self.client.delete(path, params={"lake": self.lake})


@pytest.fixture
def anonymous(server: JupyterServer) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=f"{server.url}jupyter-lake/api/", timeout=60) as client:
        yield client


@pytest.fixture
def api(server: JupyterServer, lake: Lake) -> Iterator[Api]:
    """The routes, asked about `lake`."""
    base = f"{server.url}jupyter-lake/api/"
    with httpx.Client(base_url=base, headers=server.headers, timeout=60) as client:
        yield Api(client, lake.url)
