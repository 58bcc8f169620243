"""What is HDFS's own: users, a NameNode that is gone, forked workers (``make test-hdfs``)."""

from __future__ import annotations

import os
import time
from uuid import uuid4

import pytest

from jupyter_lake.errors import AccessDeniedError, UnreachableError
from jupyter_lake.store import Lake
from jupyter_lake.store.objectstore import open_store
from tests.hdfs import has_hdfs
from tests.servers import free_ports

pytestmark = pytest.mark.skipif(not has_hdfs(), reason="make test-hdfs brings HDFS")


def shared_folder(hdfs: str, permission: int) -> str:
    from hdfs_native import Client

    path = f"/{uuid4().hex}"
    client = Client(hdfs)
    client.mkdirs(path, permission, True)
    client.set_permission(path, permission)
    return f"{hdfs}{path}"


def test_who_may_not_write_reads_and_is_told(hdfs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = shared_folder(hdfs, 0o755)
    with Lake.create(url).create_repo("sales").transaction(message="m") as tx:
        tx.write("a", b"1")
    monkeypatch.setenv("HADOOP_USER_NAME", "bob")
    repo = Lake.open(url).repo("sales")
    assert repo.commit().read("a") == b"1"
    with pytest.raises(AccessDeniedError, match="may not use") as caught:
        repo.create_branch("mine")
    assert "hdfs dfs -ls" in caught.value.hint
    assert "\n" not in caught.value.message


def test_a_folder_that_lets_others_write_lets_them_write_the_whole_lake(
    hdfs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shared_folder(hdfs, 0o777)
    with Lake.create(url).create_repo("sales").transaction(message="m") as tx:
        tx.write("a", b"1")
    monkeypatch.setenv("HADOOP_USER_NAME", "bob")
    with Lake.open(url).repo("sales").transaction(message="bob's") as tx:
        tx.write("b", b"1")  # content that is there already
    assert [entry.path for entry in Lake.open(url).repo("sales").commit().entries()] == ["a", "b"]


def test_a_name_node_that_is_gone_is_told_soon() -> None:
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="Nothing answers"):
        open_store(f"hdfs://127.0.0.1:{free_ports(1)[0]}/lake").info("lake.json")
    assert time.monotonic() - begun < 60  # the client itself would try for three minutes


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_is_refused_instead_of_hanging(hdfs: str) -> None:
    store = open_store(f"{hdfs}/{uuid4().hex}")
    store.create("a", b"1")
    child = os.fork()
    if not child:
        refused = 0
        for each in (store, open_store(store.url)):
            try:
                each.get("a")
            except UnreachableError as error:
                refused += "spawn" in error.hint
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
