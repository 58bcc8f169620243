"""The panel follows the lake by itself, scrolls long histories, and remembers the last visit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from playwright.sync_api import expect

from jupyter_lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.lab import Lab
    from tests.ui.panel import Panel

pytestmark = pytest.mark.ui

COMMITS = 10_000
MOST_DRAWN = 60
COUNT_ROWS = """
    const list = document.activeElement;
    const count = () => list.querySelectorAll('[role=option]').length;
    window.mostRows = count();
    new MutationObserver(() => {
        window.mostRows = Math.max(window.mostRows, count());
    }).observe(list, { childList: true, subtree: true });
"""
LONG = "a-dataset-with-a-name-that-nobody-would-call-short-and-yet-people-do-it.parquet"


@pytest.fixture
def busy(clean_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with a long history, two branches, and names that are too long."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # nothing here may be lost but time
    lake = Lake.open(str(clean_lab.lake), create=True)
    repo = lake.create_repo("sales")
    with repo.transaction("main", message="The first commit of all", author="ana") as tx:
        tx.write(f"deep/deeper/{LONG}", pa.table({"n": [1]}))
        tx.write("notes.txt", b"hello")
    repo.create_branch("fix")
    for number in range(COMMITS):
        with repo.transaction("main", message=f"Step {number}", author="bob") as tx:
            tx.write("counter.txt", str(number).encode())
    with repo.transaction("fix", message="Mend it", author="ana") as tx:
        tx.write("mended.txt", b"x")
    repo.merge("fix", into="main", message="Merge fix")
    return lake


def test_the_panel_follows(busy: Lake, visit: Callable[..., Panel]) -> None:
    panel = visit().show()
    panel.repo("sales").click()
    expect(panel.commits("sales").first).to_contain_text("Merge fix")
    panel.picture("long-history")
    with busy.repo("sales").transaction("main", message="While you look", author="eve") as tx:
        tx.write("new.csv", b"n\n1\n")
    expect(panel.commits("sales").first).to_contain_text("While you look")
    expect(panel.file("sales", "new.csv")).to_be_visible()
    _scroll_to_the_end(panel)
    _choose_a_branch(panel)
    _look_at_long_names(panel)
    _come_back(panel)


def _scroll_to_the_end(panel: Panel) -> None:
    commits = panel.commits("sales")
    commits.first.click()
    panel.page.evaluate(COUNT_ROWS)
    oldest = commits.filter(has_text="The first commit of all")
    while not oldest.count():
        known = commits.first.get_attribute("aria-setsize")
        panel.page.keyboard.press("End")
        more = panel.node.locator(f'[role=option]:not([aria-setsize="{known}"])')
        expect(oldest.or_(more).first).to_be_attached()
    expect(oldest).to_be_visible()
    expect(oldest).to_have_attribute("aria-selected", "true")
    expect(oldest).to_have_attribute("aria-posinset", str(COMMITS + 4))
    panel.page.mouse.wheel(0, -200_000)
    expect(oldest).to_have_count(0)
    expect(commits.first).to_be_visible()
    assert 0 < panel.page.evaluate("window.mostRows") < MOST_DRAWN
    panel.page.keyboard.press("End")
    expect(panel.title("FILES at")).to_be_visible()


def _choose_a_branch(panel: Panel) -> None:
    panel.node.get_by_title("Choose a branch or tag").click()
    field = panel.page.get_by_role("combobox", name="Branch, tag or commit")
    field.fill("fi")
    panel.picture("branches")
    panel.page.keyboard.press("Enter")
    expect(panel.commits("sales").first).to_contain_text("Mend it")
    expect(panel.commits("sales")).to_have_count(2)


def _look_at_long_names(panel: Panel) -> None:
    panel.file("sales", "deep/").click()
    panel.page.keyboard.press("ArrowRight")
    expect(panel.file("sales", "deeper/")).to_be_visible()
    panel.page.keyboard.press("ArrowDown")
    panel.page.keyboard.press("ArrowRight")
    row = panel.node.get_by_title(f"deep/deeper/{LONG}")
    expect(row).to_contain_text("-do-it.parquet"[-12:])
    panel.picture("long-names")
    panel.page.keyboard.press("ArrowDown")
    panel.page.keyboard.press("Enter")
    expect(panel.page.get_by_text("1 row · 1 column")).to_be_visible()


def _come_back(panel: Panel) -> None:
    page = panel.page
    page.wait_for_timeout(1500)  # JupyterLab saves its layout a moment later
    page.reload()
    expect(page.get_by_role("tab", name=LONG[:12])).to_be_visible(timeout=60_000)
    expect(panel.node).to_be_visible()
    expect(panel.commits("sales").first).to_contain_text("Mend it")
