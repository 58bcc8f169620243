"""One JupyterLab and one browser for all tests of a worker; a fresh page for each."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect, sync_playwright

from jupyter_lake.demo.flights import fill
from jupyter_lake.lake import Lake
from tests.jupyter import ROOT
from tests.ui.lab import FLAGS, Lab, chromium, lab_server
from tests.ui.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.jupyter import JupyterServer


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; its pages may take their time on a busy machine."""
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a year of flights, to be copied."""
    folder = tmp_path_factory.mktemp("flights") / "lake"
    fill(Lake.open(str(folder), create=True))
    return folder


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab in front of the folder ``lake``, which each test fills as it likes."""
    folder = tmp_path_factory.mktemp("lab")
    with lab_server(folder, lake=str(folder / "lake")) as server:
        yield Lab(server, folder)


@pytest.fixture
def clean_lab(lab: Lab) -> Lab:
    """The same without lake, notebooks, memory or choices of earlier tests."""
    lab.forget()
    return lab


@pytest.fixture
def demo(clean_lab: Lab, flights: Path) -> Lab:
    """JupyterLab with the demo's lake and notebook."""
    shutil.copytree(flights, clean_lab.lake)
    # A lake of its own, not the last test's come back.
    about = clean_lab.lake / "lake.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"id": uuid4().hex}))
    notebook = ROOT / "jupyter_lake" / "demo" / "delays.ipynb"
    shutil.copy(notebook, clean_lab.server.root)
    return clean_lab


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Panel]]:
    """Open JupyterLab in a page of its own; errors on the console fail the test."""
    contexts = []
    troubles: list[str] = []

    def open_page(
        path: str = "lab",
        *,
        width: int = 1280,
        height: int = 860,
        server: JupyterServer | None = None,
        script: str = "",
    ) -> Panel:
        at = server or request.getfixturevalue("lab").server
        context = browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{at.url}{path}?token={at.token}")
        page.get_by_role("tab", name="Lake", exact=True).wait_for(timeout=60_000)
        return Panel(page)

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def settings(lab: Lab) -> Callable[..., None]:
    """Write user settings before the page is opened."""

    def write(plugin: str, **values: object) -> None:
        file = lab.folder / "settings" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    return write
