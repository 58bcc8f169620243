"""A narrow panel, a small window, names that go on and on: all is legible, nothing scrolls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from playwright.sync_api import expect

from jupyter_lake.lake import Lake
from tests.ui.panel import cut_off, violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.ui.lab import Lab
    from tests.ui.panel import Panel

pytestmark = pytest.mark.ui

NARROW = 240
"""Pixels; JupyterLab's own side panels stop at 250."""

LET_IT_BE_NARROW = f"""
    addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty(
        '--jp-sidebar-min-width', '{NARROW}px'
    ));
"""
LONG = "a-name-that-nobody-would-call-short-and-yet-people-do-call-things-so"
MESSAGE = "Recompute what the regions owe each other after the third correction of October"


@pytest.fixture
def crowded(clean_lab: Lab) -> Lake:
    """A lake in which every name is long, and a repo that holds nothing yet."""
    lake = Lake.open(str(clean_lab.lake), create=True)
    repo = lake.create_repo(LONG, description="What they call it")
    with repo.transaction("main", message="First", author="ana") as tx:
        tx.write(f"{LONG}/{LONG}.parquet", pa.table({"region": ["north"] * 12345}))
        tx.write("notes.txt", b"hello")
    repo.create_branch(LONG)
    repo.create_tag(f"v1-{LONG}")
    with repo.transaction(LONG, message=MESSAGE, author=f"ana-{LONG}") as tx:
        tx.write(
            f"{LONG}/{LONG}.parquet", pa.table({"region": ["west"] * 2345, "note": ["x"] * 2345})
        )
        tx.write(f"{LONG}.json", b"{}")
    lake.create_repo("empty")
    return lake


def test_a_narrow_panel(crowded: Lake, visit: Callable[..., Panel], tmp_path: Path) -> None:
    assert crowded.repos()
    panel = visit(width=760, script=LET_IT_BE_NARROW).show()
    panel.repo(LONG).click()
    panel.resize(NARROW)
    panel.open_branch(LONG)
    expect(panel.commits(LONG).first).to_contain_text("Recompute")
    panel.file(LONG, LONG).click()
    panel.page.keyboard.press("ArrowRight")
    panel.title("ACTIVITY").click()
    assert cut_off(panel) == []
    panel.picture("narrow-long-names")
    _open_a_commit_in_the_panel(panel)
    _import_into_an_empty_repo(panel, tmp_path)


def _open_a_commit_in_the_panel(panel: Panel) -> None:
    page = panel.page
    panel.commits(LONG).first.dblclick()
    article = panel.node.get_by_role("article", name=MESSAGE)
    expect(article).to_contain_text("+ note VARCHAR")
    expect(article).to_contain_text("−10,000")
    assert cut_off(panel) == []
    assert violations(page, ".jp-Lake-panel") == []
    panel.picture("narrow-commit")
    article.get_by_role("button", name="More").click()
    expect(page.get_by_role("menuitem", name="Insert Query Cell")).to_be_visible()
    page.keyboard.press("Escape")
    expect(article.get_by_role("button", name="Back to the list")).to_be_visible()
    article.get_by_role("button", name="Back to the list").press("Escape")
    # The list has the focus again, at the same commit.
    expect(panel.node.get_by_role("listbox")).to_be_focused()
    expect(panel.commits(LONG).first).to_have_attribute("aria-selected", "true")


def _import_into_an_empty_repo(panel: Panel, folder: Path) -> None:
    page = panel.page
    (folder / "may.csv").write_text("n\n1\n")
    panel.repo("empty").click()
    expect(panel.node.get_by_text("empty has no commits yet.")).to_be_visible()
    assert cut_off(panel) == []
    panel.node.get_by_role("button", name="New repo, import, branch or tag").click()
    page.get_by_role("menuitem", name="Import Files…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Where the files lie").fill(str(folder / "nowhere"))
    panel.picture("import")
    dialog.get_by_role("button", name="Import").click()
    told = page.get_by_role("alert").filter(has_text="nowhere")
    expect(told.first).to_be_visible()
    panel.node.get_by_role("button", name="Import Files…").click()
    dialog.get_by_label("Where the files lie").fill(str(folder))
    dialog.get_by_label("Folder in the repo").fill("raw")
    assert violations(page, ".jp-Dialog-content") == []
    page.keyboard.press("Enter")
    expect(panel.file("empty", "raw/")).to_be_visible()
    expect(panel.commits("empty").first).to_contain_text(re.compile("^Import "))
