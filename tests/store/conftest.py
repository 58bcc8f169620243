"""A lake and a repo to work in, on each kind of store or just in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_lake.store import Lake, Repo


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake in a folder."""
    return Lake.create(str(tmp_path / "lake"))


@pytest.fixture
def repo(lake: Lake) -> Repo:
    """An empty repo in a folder."""
    return lake.create_repo("sales")


@pytest.fixture
def any_repo(lake_url: str) -> Repo:
    """An empty repo, on each kind of store in turn."""
    return Lake.create(lake_url).create_repo("sales")
