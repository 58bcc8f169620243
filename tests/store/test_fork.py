"""A forked child goes on with the lake by connections of its own."""

from __future__ import annotations

import json
import os

import pytest

from jupyter_lake.store import Lake


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_commits(lake_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if lake_url.startswith("hdfs:"):
        pytest.skip("tests/store/test_backend_hdfs.py: refused")
    if lake_url.startswith("s3:"):
        # Whose connections a child has spoilt waits in vain for an answer; that is no help here.
        once = {"read_timeout": 10, "retries": {"total_max_attempts": 1}}
        monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", json.dumps({"config_kwargs": once}))
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
