"""fsck and gc: what they tell a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.store import Lake
from jupyter_lake.store import gc as collect

if TYPE_CHECKING:
    from jupyter_lake.verbs import Workspace
    from tests.verbs.conftest import Do


def test_a_lake_in_order_says_so(do: Do) -> None:
    checked = do("fsck")
    assert checked.exit_status == 0
    assert "is in order." in repr(checked)
    assert do("fsck sales --quick").report.clean


def test_damage_is_told_with_what_is_lost_and_what_mends_it(
    do: Do, workspace: Workspace, tmp_path: Path
) -> None:
    entry = workspace.lake.repo("sales").commit().entry("regions.csv")
    assert entry.hash is not None
    digest = entry.hash.partition(":")[2]
    (damaged,) = (tmp_path / "lake").rglob(f"*{digest[4:]}*")
    damaged.chmod(0o600)
    damaged.write_bytes(b"something else")
    workspace.open(str(tmp_path / "lake"))
    checked = do("fsck")
    assert checked.exit_status == 1
    text = repr(checked)
    assert "is damaged: 1 finding." in text
    assert "regions.csv" in text
    assert "to mend" in text


def test_gc_says_what_it_would_delete(do: Do, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    do("put a.txt sales -m x")
    do("undo sales")
    cleared = do("gc --dry-run --days 0")
    assert "Would delete nothing of" in repr(cleared)
    assert cleared.young > 0
    assert "too young to judge" in repr(cleared)
    lake = Lake.open(str(tmp_path / "lake"))
    report = collect(lake, retention=timedelta(0), grace=timedelta(0), dry_run=True)
    assert report.objects > 0
