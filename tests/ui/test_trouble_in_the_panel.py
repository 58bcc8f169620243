"""A lake that does not open is told in two clean lines, with the way out beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from jupyter_lake.lake import Lake
from tests.servers import BUCKET
from tests.ui.lab import lab_server
from tests.ui.panel import violations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers import S3Server
    from tests.ui.lab import Lab
    from tests.ui.panel import Panel

pytestmark = pytest.mark.ui

HELD = """
    const plain = window.fetch;
    const refused = () => new Response(
        JSON.stringify({
            kind: 'damaged', message: 'The object is damaged.', hint: '`%lake fsck` says more.'
        }),
        { status: 500 }
    );
    let answer = null, waiting = [];
    const settle = next => { answer = next; waiting.splice(0).forEach(each => each()); };
    window.heldLake = { fail: () => settle(refused), recover: () => settle(plain) };
    window.fetch = async (asked, ...rest) => {
        const url = typeof asked === 'string' ? asked : asked.url;
        if (!/lake\\/api\\/(repos\\/sales\\/(commits|files)|lineage|activity)/.test(url)) {
            return plain(asked, ...rest);
        }
        if (!answer) {
            await new Promise(done => waiting.push(done));
        }
        return answer(asked, ...rest);
    };
"""


def _lines(panel: Panel) -> list[str]:
    alert = panel.node.get_by_role("alert")
    expect(alert).to_be_visible()
    return alert.locator("p").all_inner_texts()


def _open_lake(page: Page, url: str) -> None:
    page.get_by_role("dialog").get_by_role("combobox").fill(url)
    page.get_by_role("dialog").get_by_role("button", name="Open").click()


def test_no_lake_yet_and_one_is_made_there(clean_lab: Lab, visit: Callable[..., Panel]) -> None:
    panel = visit().show()
    what, hint = _lines(panel)
    assert what == f"There is no lake at {clean_lab.lake}."
    assert "%lake open" in hint
    panel.picture("trouble-missing-lake")
    assert violations(panel.page, ".jp-Lake-panel") == []
    panel.node.get_by_role("button", name="Make one here").click()
    expect(panel.node.get_by_text("No repo yet.")).to_be_visible()
    panel.node.get_by_role("button", name="New Repo…", exact=True).click()
    panel.page.get_by_role("dialog").get_by_role("textbox").fill("sales")
    panel.page.get_by_role("button", name="Make", exact=True).click()
    expect(panel.repo("sales")).to_be_visible()
    expect(panel.node.get_by_text("sales has no commits yet.")).to_be_visible()
    panel.picture("empty-repo")


def test_a_folder_that_is_no_lake(clean_lab: Lab, visit: Callable[..., Panel]) -> None:
    clean_lab.lake.mkdir()
    (clean_lab.lake / "letter.txt").write_text("Dear lake")
    panel = visit().show()
    what, hint = _lines(panel)
    assert what == f"{clean_lab.lake} holds other things, but no lake."
    assert hint
    expect(panel.node.get_by_role("button", name="Make one here")).to_have_count(0)
    panel.picture("trouble-no-lake")


@pytest.mark.s3
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("no-permission", {"secret": "not-the-secret"}),
        ("no-network", {"endpoint_url": "http://127.0.0.1:9"}),
    ],
)
def test_a_bucket_out_of_reach(
    tmp_path: Path,
    s3_server: S3Server,
    visit: Callable[..., Panel],
    name: str,
    wrong: dict[str, str],
) -> None:
    options = json.dumps(s3_server.storage_options | wrong)
    url = f"s3://{BUCKET}/{name}"
    with lab_server(tmp_path, lake=url, JUPYTER_LAKE_STORAGE_OPTIONS=options) as server:
        panel = visit(server=server).show()
        what, hint = _lines(panel)
        panel.picture(f"trouble-{name}")
    assert what.endswith(".")
    assert hint.endswith(".")
    assert "secret" not in what + hint
    assert "Traceback" not in what + hint


def test_a_lake_that_can_not_be_opened_leaves_the_open_one(
    demo: Lab, visit: Callable[..., Panel]
) -> None:
    panel = visit().show()
    expect(panel.repo("flights")).to_be_visible()
    panel.node.get_by_role("button", name="lake", exact=True).click()
    _open_lake(panel.page, str(demo.folder / "nowhere"))
    told = panel.page.get_by_role("alert").filter(has_text="There is no lake at")
    expect(told.first).to_be_visible()
    expect(panel.repo("flights")).to_be_visible()


def test_a_server_that_is_gone_keeps_what_was_known(demo: Lab, visit: Callable[..., Panel]) -> None:
    panel = visit().show()
    panel.repo("flights").click()
    expect(panel.commits("flights").first).to_be_visible()
    panel.page.route("**/jupyter-lake/api/**", lambda route: route.abort())
    panel.node.get_by_role("button", name="Refresh", exact=True).click()
    what, hint = _lines(panel)
    assert (what, hint[:5]) == ("The Jupyter server does not answer.", "Check")
    expect(panel.commits("flights").first).to_be_visible()
    panel.page.unroute("**/jupyter-lake/api/**")
    # Nobody presses anything: the panel looks again by itself.
    expect(panel.node.get_by_role("alert")).to_have_count(0, timeout=60_000)
    expect(panel.repo("flights")).to_be_visible()


def test_each_section_waits_and_fails_by_itself(
    clean_lab: Lab, visit: Callable[..., Panel]
) -> None:
    repo = Lake.open(str(clean_lab.lake), create=True).create_repo("sales")
    with repo.transaction("main", message="First", author="ana") as tx:
        tx.write("notes.txt", b"hello")
    panel = visit(script=HELD)
    panel.show()
    expect(panel.repo("sales")).to_be_visible()
    panel.title("ACTIVITY").click()
    expect(panel.node.get_by_text("reading…")).to_have_count(4)
    panel.picture("sections-wait")
    assert violations(panel.page, ".jp-Lake-panel") == []
    panel.page.evaluate("window.heldLake.fail()")
    alerts = panel.node.get_by_role("alert")
    expect(alerts).to_have_count(4)
    expect(alerts.first).to_contain_text("The object is damaged.")
    panel.picture("sections-fail")
    assert violations(panel.page, ".jp-Lake-panel") == []
    panel.page.evaluate("window.heldLake.recover()")
    alerts.first.get_by_role("button", name="Try again").click()
    expect(panel.commits("sales").first).to_contain_text("First")
    expect(panel.file("sales", "notes.txt")).to_be_visible()
    expect(panel.node.get_by_text("Nothing has been run on this lake yet.")).to_be_visible()
    expect(alerts).to_have_count(0)
    # What is known stays, and is said to be out of date.
    panel.page.evaluate("window.heldLake.fail()")
    panel.node.get_by_role("button", name="Refresh", exact=True).click()
    expect(panel.node.get_by_text("Not up to date: The object is damaged.")).to_have_count(2)
    expect(panel.commits("sales").first).to_contain_text("First")
    panel.picture("sections-outdated")
    assert violations(panel.page, ".jp-Lake-panel") == []
