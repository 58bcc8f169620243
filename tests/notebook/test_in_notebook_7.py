"""Jupyter Notebook 7: cells are recorded with notebook and id; panel, tabs and badges work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect, sync_playwright

from jupyter_lake import store
from jupyter_lake.lineage import activity
from tests.jupyter import jupyter_server
from tests.lineage.test_headless import write_notebook
from tests.lineage.test_never_lost import until
from tests.ui.lab import BUNDLE, FLAGS, chromium
from tests.ui.panel import Panel

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CELLS = {
    "begin": "%load_ext jupyter_lake\n%lake",
    "look": "%lake sql SELECT * FROM sales.orders",
    "one": "x = 1",
    "other": "x = 1",
    "last": "print('all', 'done')",
}


def test_cells_of_notebook_7_are_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = store.Lake.create(str(tmp_path / "lake"))
    _order(lake.create_repo("sales"), "First orders")
    extensions = tmp_path / "server" / "data" / "labextensions"
    extensions.mkdir(parents=True)
    (extensions / "jupyter-lake").symlink_to(BUNDLE, target_is_directory=True)
    environment = {
        "JUPYTER_LAKE_URL": lake.url,
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "0",  # the tree's own bundle
    }
    with jupyter_server("notebook", tmp_path / "server", environment=environment) as server:
        monkeypatch.setenv("JUPYTER_LAKE_SPOOL_DIR", str(tmp_path / "server" / "spool"))
        path = write_notebook(server.root / "delays.ipynb", CELLS)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            page = browser.new_page()
            answered: list[int] = []
            page.on(
                "response",
                lambda answer: (
                    answered.append(answer.status) if "/jupyter-lake/" in answer.url else None
                ),
            )
            page.goto(f"{server.url}notebooks/delays.ipynb?token={server.token}")
            run_all(page)
            look_at_the_lake(page)
            _order(lake.repo("sales"), "More orders")
            badge = page.get_by_role("note")
            expect(badge).to_contain_text("sales/orders has 1 newer version", timeout=60_000)
            browser.close()
        until(lambda: len(activity(lake, 10)) == len(CELLS))
        runs = activity(lake, 10)[::-1]
    assert [(run.cell_id, run.notebook) for run in runs] == [(name, str(path)) for name in CELLS]
    assert [run.execution_count for run in runs] == [1, 2, 3, 4, 5]
    assert set(answered) == {200}, answered
    assert json.loads(path.read_text())["cells"][0]["id"] == "begin"


def run_all(page: Page) -> None:
    last = page.locator(".jp-Notebook .jp-CodeCell").last
    first = page.locator(".jp-Notebook .jp-CodeCell").first.locator(".cm-content")
    first.click(timeout=60_000)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_attached(
        timeout=60_000
    )
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(last.locator(".jp-OutputArea")).to_contain_text("all done", timeout=60_000)


def look_at_the_lake(page: Page) -> None:
    """Open the panel, a commit in it, and below the notebook a table and its lineage."""
    page.keyboard.press("Control+Shift+c")
    page.locator(".lm-CommandPalette-input").fill("Show the Lake")
    page.keyboard.press("Enter")
    panel = Panel(page)
    panel.commits("sales").filter(has_text="First orders").dblclick(timeout=60_000)
    expect(panel.node.get_by_role("article", name="First orders")).to_contain_text("added")
    panel.file("sales", "orders/").dblclick()
    expect(page.get_by_text("3 rows · 1 column")).to_be_in_viewport(timeout=60_000)
    panel.press("LINEAGE", "Open the lineage graph in a tab")
    graph = page.get_by_role("group", name="Lineage graph")
    expect(graph.get_by_role("button", name="dataset: orders")).to_be_in_viewport(timeout=60_000)
    panel.picture("notebook-7")


def _order(repo: store.Repo, message: str) -> None:
    with repo.transaction("main", message=message, author="ana") as tx:
        tx.write("orders/1.csv", f"n\n1\n2\n{len(message)}\n".encode())
