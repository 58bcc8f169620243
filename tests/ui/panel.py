"""The panel as a person finds it on the page: by what it says, not by how it is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.jupyter import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["Panel", "cut_off", "violations"]

SCREENSHOTS = ROOT / "build" / "screenshots"
AXE = ROOT / "labextension" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Panel:
    """The lake's panel in a page of JupyterLab."""

    page: Page

    def show(self) -> Panel:
        """Open the panel, as a click on its tab does."""
        self.page.get_by_role("tab", name="Lake", exact=True).click()
        expect(self.node).to_be_visible()
        return self

    @property
    def node(self) -> Locator:
        """The panel."""
        return self.page.locator(".jp-Lake-panel")

    def repo(self, name: str) -> Locator:
        """A repo's row."""
        return self.node.get_by_role("tree", name="Repos").get_by_role(
            "treeitem", name=re.compile(f"^{name}")
        )

    def commits(self, repo: str) -> Locator:
        """The rows of the commits in view."""
        return self.node.get_by_role("listbox", name=f"Commits of {repo}").get_by_role("option")

    def files(self, repo: str) -> Locator:
        """The rows of the files in view."""
        return self.node.get_by_role("tree", name=f"Files of {repo}").get_by_role("treeitem")

    def file(self, repo: str, name: str) -> Locator:
        """A file's row."""
        return self.files(repo).filter(has_text=name).first

    def title(self, beginning: str) -> Locator:
        """A section's title."""
        return self.node.locator(".jp-AccordionPanel-title", has_text=beginning)

    def press(self, section: str, button: str) -> None:
        """Press a button in a section's title."""
        title = self.title(section)
        title.hover()
        title.get_by_role("button", name=button).click()

    def open_branch(self, name: str) -> None:
        """Choose another branch, by typing its name."""
        self.node.get_by_title("Choose a branch or tag").click()
        self.page.get_by_role("combobox", name="Branch, tag or commit").fill(name)
        self.page.keyboard.press("Enter")

    def resize(self, width: int) -> None:
        """Drag the panel's edge until it is so wide."""
        box = self.node.bounding_box()
        assert box is not None
        edge, middle = box["x"] + box["width"] + 2, box["y"] + box["height"] / 2
        self.page.mouse.move(edge, middle)
        self.page.mouse.down()
        self.page.mouse.move(edge + width - box["width"], middle, steps=4)
        self.page.mouse.up()
        expect(self.node).to_have_js_property("offsetWidth", width)

    def picture(self, name: str) -> None:
        """Keep what the page looks like as ``build/screenshots/name.png``."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.locator("#jp-main-dock-panel .lm-TabBar-tab, .jp-Notebook").first.wait_for()
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


def violations(page: Page, *selectors: str) -> list[str]:
    """Return what axe finds wrong in parts of a page: rule, and where."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        """async selectors => {
            const include = selectors.filter(one => document.querySelector(one));
            const result = await axe.run({ include }, {
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
            });
            return result.violations.flatMap(violation => violation.nodes.map(
                node => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary}`
            ));
        }""",
        list(selectors),
    )
    return [str(line) for line in found]


def cut_off(panel: Panel) -> list[str]:
    """Return what does not fit in the panel: text cut without a sign of it, or a scroll bar."""
    found = panel.node.evaluate(
        """panel => {
            const right = node => node.getBoundingClientRect().right;
            const says = node => [...node.childNodes].some(
                each => each.nodeType === Node.TEXT_NODE && each.data.trim()
            );
            const wrong = [];
            for (const node of panel.querySelectorAll(':not(svg, svg *, .jp-Lake-spoken)')) {
                if (!node.checkVisibility({ visibilityProperty: true }) || !node.offsetWidth) {
                    continue;
                }
                const style = getComputedStyle(node);
                const name = `${node.className}: ${node.textContent.slice(0, 60)}`;
                const wide = style.display !== 'inline' && node.scrollWidth > node.clientWidth + 1;
                if (wide && /auto|scroll/.test(style.overflowX)) {
                    wrong.push(`scrolls ${name}`);
                }
                if (!says(node)) {
                    continue;
                }
                const told = style.textOverflow === 'ellipsis' && style.overflowX === 'hidden';
                if (wide && !(told && node.closest('[title]:not([title=""])'))) {
                    wrong.push(`cut ${name}`);
                }
                for (let at = node.parentElement; panel.contains(at); at = at.parentElement) {
                    const { overflowX, textOverflow } = getComputedStyle(at);
                    if (overflowX !== 'visible' && right(node) > right(at) + 1) {
                        textOverflow === 'ellipsis' || wrong.push(`hidden ${name}`);
                        break;
                    }
                }
            }
            return wrong;
        }"""
    )
    return [str(line) for line in found]
