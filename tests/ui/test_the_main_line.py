"""A person's first ten minutes: look at the lake, run the notebook, see what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_lake.lake import Lake
from tests.ui.panel import violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.ui.lab import Lab
    from tests.ui.panel import Panel

pytestmark = pytest.mark.ui

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@pytest.mark.parametrize("theme", THEMES)
def test_the_main_line(
    demo: Lab, visit: Callable[..., Panel], settings: Callable[..., None], theme: str
) -> None:
    settings("@jupyterlab/apputils-extension/themes", theme=THEMES[theme])
    panel = visit("lab/tree/delays.ipynb", width=1400, height=940).show()
    heading = panel.page.get_by_role("heading", name="Which airlines run late?")
    expect(heading).to_be_visible(timeout=60_000)
    _look_at_the_data(panel, theme)
    _run_the_notebook(panel, theme)
    _see_what_came_of_it(panel, theme)
    _go_on_from_there(panel, theme)
    _learn_that_the_data_moved_on(panel, demo, theme)


def _look_at_the_data(panel: Panel, theme: str) -> None:
    page = panel.page
    panel.repo("flights").click()
    expect(panel.commits("flights").first).to_contain_text("December 2013: 28,135 flights")
    expect(panel.commits("flights").first).to_contain_text("nycflights13 · 1 file · +28,135 rows")
    panel.commits("flights").filter(has_text="August 2013").click()
    expect(panel.title("FILES at")).to_be_visible()
    expect(panel.file("flights", "flights/")).to_contain_text("8 files")
    panel.picture(f"{theme}-1-panel")
    panel.file("flights", "flights/").dblclick()
    expect(page.get_by_text("first 500 of 224,910 rows")).to_be_visible()
    where = page.get_by_label("Rows for which this SQL expression holds")
    where.fill("origin = 'JFK' AND dep_delay > 60")
    where.press("Enter")
    expect(page.get_by_text(re.compile(r"first 500 of [\d,]+ matching"))).to_be_visible()
    where.fill("orign = 'JFK'")
    where.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("orign")
    where.fill("")
    where.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    _sort_by_delay(page)
    panel.picture(f"{theme}-2-table")
    assert violations(page, ".jp-Lake-panel", ".jp-Lake-preview") == []


def _sort_by_delay(page: Page) -> None:
    head = page.get_by_role("button", name="dep_delay, bigint")
    head.click()
    expect(head).to_have_accessible_name(re.compile("the least first"))
    head.click()
    expect(head).to_have_accessible_name(re.compile("the greatest first"))
    spoken = page.get_by_role("table", name="First rows of flights")
    expect(spoken.get_by_role("row").nth(1).get_by_role("cell").nth(5)).to_have_text(
        "1301", timeout=60_000
    )


def _run_the_notebook(panel: Panel, theme: str) -> None:
    page = panel.page
    page.get_by_role("tab", name="delays.ipynb").click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    # Nobody presses refresh: the panel finds the publication by itself.
    expect(panel.repo("reports")).to_be_visible(timeout=60_000)
    drawing = page.locator(".jp-Lake-output svg")
    drawing.wait_for()
    drawing.scroll_into_view_if_needed()
    expect(drawing.get_by_text(re.compile(r"^airlines(\.parquet)?$"))).to_be_visible()
    panel.picture(f"{theme}-3-notebook")


def _see_what_came_of_it(panel: Panel, theme: str) -> None:
    page = panel.page
    panel.repo("reports").click()
    made = panel.commits("reports").first
    expect(made).to_contain_text("Which airlines run late, 2013")
    expect(made.get_by_label("made by a notebook")).to_be_visible()
    panel.file("reports", "delays").click()
    lineage = panel.node.get_by_role("list", name="Lineage of reports@main/delays")
    expect(lineage).to_contain_text("flights/flights")
    expect(lineage).to_contain_text("newest")
    expect(lineage).to_contain_text("made by delays.ipynb")
    panel.press("LINEAGE", "Open the lineage graph in a tab")
    graph = page.get_by_role("group", name="Lineage graph")
    expect(graph.get_by_role("button", name="dataset: flights")).to_be_visible()
    graph.get_by_role("button", name=re.compile("run: delays.ipynb")).last.click()
    expect(page.get_by_role("complementary", name="Chosen cell")).to_contain_text("%lake publish")
    panel.picture(f"{theme}-4-lineage")
    assert violations(page, ".jp-Lake-panel", ".jp-Lake-graphView") == []
    made.dblclick()
    article = page.get_by_role("article", name="Which airlines run late, 2013")
    expect(article).to_contain_text("Made by delays.ipynb, cell [8]")
    expect(article).to_contain_text("delays/part-0.parquet")
    panel.picture(f"{theme}-5-commit")
    article.get_by_text("Source of the cell").click()
    expect(article.locator(".jp-Lake-source")).to_contain_text("%lake publish")
    assert violations(page, ".jp-Lake-commit") == []


def _go_on_from_there(panel: Panel, theme: str) -> None:
    page = panel.page
    page.get_by_role("button", name="Open the Notebook").click()
    panel.file("reports", "delays").click(button="right")
    page.get_by_role("menuitem", name="Insert Query Cell").click()
    cell = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    expect(cell).to_contain_text("FROM reports.delays")
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("ExpressJet", timeout=30_000)
    _nothing_overflows(page)
    panel.picture(f"{theme}-6-query")


def _learn_that_the_data_moved_on(panel: Panel, demo: Lab, theme: str) -> None:
    repo = Lake.open(str(demo.lake)).repo("flights")
    january = repo.commit().read("flights/2013-01.parquet")
    with repo.transaction("main", message="January 2014", author="bob") as tx:
        tx.write("flights/2014-01.parquet", january)
    lineage = panel.node.get_by_role("list", name="Lineage of reports")
    expect(lineage).to_contain_text("1 version behind")
    badge = panel.page.get_by_role("note").filter(has_text="flights/flights has 1 newer version")
    expect(badge.first).to_be_attached()
    badge.first.scroll_into_view_if_needed()
    panel.picture(f"{theme}-7-stale")
    assert violations(panel.page, ".jp-Lake-panel", ".jp-Lake-badge") == []


def _nothing_overflows(page: Page) -> None:
    """Long names are cut, never scrolled to."""
    wide = page.locator(".jp-Lake-panel .jp-Lake-list").evaluate_all(
        "lists => lists.filter(list => list.scrollWidth > list.clientWidth).length"
    )
    assert wide == 0
