"""What differs, what is ahead, what is long: a closer look, one visit for all of it."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from jupyter_lake.lake import Lake
from tests.ui.panel import violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.lab import Lab
    from tests.ui.panel import Panel

pytestmark = pytest.mark.ui

FILES = 1200
SLOW = """
    const plain = window.fetch;
    window.fetch = async (asked, ...rest) => {
        const url = typeof asked === 'string' ? asked : asked.url;
        if (window.slowLake && url.includes('/jupyter-lake/api/')) {
            await new Promise(done => setTimeout(done, 3000));
        }
        return plain(asked, ...rest);
    };
"""


@pytest.fixture
def sales(clean_lab: Lab) -> Lake:
    """A lake whose repo ``sales`` has a table that was changed, a branch, and a long folder."""
    lake = Lake.open(str(clean_lab.lake), create=True)
    repo = lake.create_repo("sales")
    with repo.transaction("main", message="First orders", author="ana") as tx:
        tx.write("orders/01.parquet", _orders(range(20), region="north"))
        tx.write("wide.parquet", pa.table({f"column_{n}": [n] for n in range(300)}))
        for number in range(FILES):
            tx.write(f"many/{number:04}.txt", b"x")
    repo.create_branch("fix")
    with repo.transaction("main", message="Other regions", author="bob") as tx:
        orders = _orders(range(2, 22), region="west")
        tx.write("orders/01.parquet", orders.append_column("note", pa.array(["x"] * 20)))
    for number in range(2):
        with repo.transaction("fix", message=f"Mend {number}", author="ana") as tx:
            tx.write("mended.csv", f"n\n{number}\n".encode())
    with lake.create_repo("older").transaction("main", message="Alone", author="ana") as tx:
        tx.write("x.txt", b"x")
    return lake


def _orders(ids: range, *, region: str) -> pa.Table:
    return pa.table({"id": list(ids), "region": [region] * len(ids)})


def test_a_closer_look(sales: Lake, visit: Callable[..., Panel]) -> None:
    assert sales.repo("sales").branches()
    panel = visit(script=SLOW).show()
    panel.repo("sales").click()
    expect(panel.commits("sales").first).to_contain_text("Other regions")
    _see_who_is_ahead(panel)
    _search_commits(panel)
    _compare_rows(panel)
    _read_a_long_folder(panel)
    _scroll_a_wide_table(panel)
    _wait_for_a_slow_server(panel)
    _keep_the_heights(panel)


def _see_who_is_ahead(panel: Panel) -> None:
    for branch, newest in (("fix", "Mend 1"), ("main", "Other regions")):
        panel.node.get_by_title("Choose a branch or tag").click()
        panel.page.get_by_role("combobox", name="Branch, tag or commit").fill(branch)
        panel.page.keyboard.press("Enter")
        expect(panel.commits("sales").first).to_contain_text(newest)
        if branch == "fix":
            expect(panel.node.get_by_title("Commits, held against main")).to_have_text(
                "2 ahead, 1 behind"
            )


def _search_commits(panel: Panel) -> None:
    panel.press("COMMITS", "Search the commits")
    field = panel.page.get_by_role("searchbox", name="Search commits")
    field.fill("FIRST")
    expect(panel.commits("sales")).to_have_count(1)
    field.fill("nowhere")
    expect(panel.node.get_by_text("No commit of sales holds “nowhere”.")).to_be_visible()
    assert violations(panel.page, ".jp-Lake-panel") == []
    field.press("Escape")
    expect(panel.commits("sales")).to_have_count(2)


def _compare_rows(panel: Panel) -> None:
    page = panel.page
    panel.commits("sales").first.click()
    page.keyboard.press("Enter")
    article = page.get_by_role("article", name="Other regions")
    expect(article).to_contain_text("+ note VARCHAR")
    assert violations(page, ".jp-Lake-commit") == []
    article.get_by_role("button", name="Compare the rows of orders/01.parquet").click()
    rows = page.get_by_role("region", name="Rows")
    expect(rows.get_by_role("status")).to_contain_text("20 rows added, 20 removed")
    rows.get_by_label("Columns that tell rows apart").fill("id")
    page.keyboard.press("Enter")
    expect(rows.get_by_role("status")).to_contain_text("2 rows added, 2 removed, 18 changed")
    expect(rows).to_contain_text("north → west")
    panel.picture("compare-rows")
    assert violations(page, ".jp-Lake-rows") == []


def _read_a_long_folder(panel: Panel) -> None:
    panel.file("sales", "many/").click()
    panel.page.keyboard.press("ArrowRight")
    expect(panel.file("sales", "0000.txt")).to_be_visible()
    expect(panel.files("sales").nth(60)).to_have_count(0)
    last = panel.files("sales").filter(has_text=f"{FILES - 1:04}.txt")
    for _ in range(30):
        panel.page.keyboard.press("End")
        with contextlib.suppress(TooLate):
            last.wait_for(timeout=1000)
            break
    last.click()
    panel.page.keyboard.press("ArrowLeft")
    folder = panel.file("sales", "many/")
    expect(folder).to_have_attribute("aria-selected", "true")
    panel.page.keyboard.press("ArrowLeft")
    expect(folder).to_have_attribute("aria-expanded", "false")


def _scroll_a_wide_table(panel: Panel) -> None:
    panel.file("sales", "wide.parquet").dblclick()
    expect(panel.page.get_by_text(re.compile("300 columns"))).to_be_visible()
    heads = panel.page.get_by_role("group", name="Columns").get_by_role("button")
    expect(heads.first).to_have_accessible_name(re.compile("^column_0,"))
    assert heads.count() < 20
    assert violations(panel.page, ".jp-Lake-preview") == []


def _wait_for_a_slow_server(panel: Panel) -> None:
    page = panel.page
    panel.repo("older").click()
    expect(panel.commits("older").first).to_contain_text("Alone")
    page.evaluate("window.slowLake = true")
    panel.repo("sales").click()
    # What was known is there at once, and said to be on its way.
    expect(panel.commits("sales").first).to_be_visible(timeout=2_500)
    expect(panel.node.get_by_text("refreshing…")).to_be_visible(timeout=2_500)
    panel.picture("slow")
    expect(panel.node.get_by_text("refreshing…")).to_have_count(0)
    page.evaluate("window.slowLake = false")


def _keep_the_heights(panel: Panel) -> None:
    page = panel.page
    box = _box(panel, "FILES")
    page.mouse.move(box["x"] + 60, box["y"] - 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 61, steps=4)
    page.mouse.up()
    after = _box(panel, "FILES")["y"]
    assert after < box["y"] - 40
    page.wait_for_timeout(1000)  # kept a moment later
    page.reload()
    expect(panel.commits("sales").first).to_be_visible(timeout=60_000)
    page.wait_for_function(
        """([text, y]) => [...document.querySelectorAll('.jp-Lake-panel .jp-AccordionPanel-title')]
            .some(each => each.textContent.startsWith(text)
                && Math.abs(each.getBoundingClientRect().y - y) < 12)""",
        arg=["FILES", after],
    )


def _box(panel: Panel, title: str) -> dict[str, float]:
    box = panel.title(title).bounding_box()
    assert box is not None
    return dict(box)
