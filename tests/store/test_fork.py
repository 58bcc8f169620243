"""A forked child goes on with the lake by connections of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from jupyter_lake.store import Lake


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_commits(lake_url: str) -> None:
    if lake_url.startswith("hdfs:"):
        pytest.skip("tests/store/test_backend_hdfs.py: refused")
    lake = Lake.create(lake_url)
    repo = lake.create_repo("sales")
    with repo.transaction(message="parent") as tx:
        tx.write("parent", b"1")
    child = os.fork()
    if not child:
        code = 1
        try:
            with repo.transaction(message="child") as tx:
                tx.write("child", b"2")
            code = 0 if repo.commit().read("parent") == b"1" else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    if not lake_url.startswith("memory:"):
        assert repo.commit().read("child") == b"2"
    with repo.transaction(message="parent again") as tx:
        tx.write("parent", b"3")
    assert len(repo.log()) == (2 if lake_url.startswith("memory:") else 3)


_FORKING = """
import gc, json, os, sys, weakref
from jupyter_lake.store.backends.s3 import S3Store

store = S3Store(sys.argv[1], json.loads(sys.argv[2]))
store.create("a", b"a")
parents = weakref.ref(store._fs)
child = os.fork()
if not child:
    store.create("b", b"b")
    gc.collect()
    os._exit(2 if parents() is None else 0)  # it would have been closed
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status or store.get("b") != b"b")
"""


# In a process of its own: what else lives in this one may not bear to be collected in a child.
@pytest.mark.s3
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_leaves_its_parents_connections_alone(
    s3_url: str, storage_options: dict[str, object]
) -> None:
    command = [sys.executable, "-c", _FORKING, s3_url, json.dumps(storage_options)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
