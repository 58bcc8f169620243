"""Blocks as text and as HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_lake.verbs.cells import Cell, id_cell, moment, number, quantity, size
from jupyter_lake.verbs.html import STYLE, as_html
from jupyter_lake.verbs.output import Block, Code, Facts, Line, Note, Table
from jupyter_lake.verbs.text import as_text, width

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMMIT = "3f9c2a41" + "0" * 56

BLOCKS: list[Block] = [
    Line((Cell("sales", style="strong"), "at", id_cell(COMMIT))),
    Table(
        ("name", "rows"),
        (("日本.csv", number(7)), (Cell("<b>&", tip='"quoted"'), number(1234))),
        caption="two files",
    ),
    Facts((("size", size(1536)),)),
    Note("That is all."),
]


def test_text_stands_in_columns_numbers_to_the_right() -> None:
    assert as_text(BLOCKS).splitlines() == [
        "sales at 3f9c2a41",
        "two files",
        "name       rows",
        "日本.csv      7",
        "<b>&      1,234",
        "size  1.5 kB",
        "That is all.",
    ]


def test_html_is_escaped_and_exact_in_tooltips() -> None:
    html = as_html(BLOCKS)
    assert "&lt;b&gt;&amp;" in html
    assert 'title="&quot;quoted&quot;"' in html
    assert f'title="{COMMIT}">3f9c2a41<' in html
    assert 'title="1,536 bytes">1.5 kB<' in html
    assert "<b>" not in html


def test_html_takes_its_colours_from_jupyterlab_alone() -> None:
    colours = re.findall(r"(?:color|background)\s*:\s*([^;}]+)", STYLE)
    assert colours
    assert all(
        value.startswith("var(--jp-") or value in ("none", "inherit") for value in colours
    ), colours
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgba?\(", STYLE)
    selectors = re.findall(r"([^{}]+)\{", STYLE)
    assert all(
        part.strip().startswith(".jp-lake") for group in selectors for part in group.split(",")
    )


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=3), "now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=3), "3 d ago"),
        (timedelta(days=45), "1 month ago"),
        (timedelta(days=100), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(hours=-2), "in the future"),
    ],
)
def test_times_are_told_as_people_do(ago: timedelta, told: str) -> None:
    cell = moment(NOW - ago, now=NOW)
    assert cell.text == told
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", cell.tip)


def test_counts_have_their_noun() -> None:
    assert [quantity(1, "row"), quantity(2, "branch"), quantity(1024, "query")] == [
        "1 row",
        "2 branches",
        "1,024 queries",
    ]


def test_what_is_not_for_a_terminal_does_not_reach_it() -> None:
    assert as_text([Line(("a\x1b[31mb", "c\nd", "e\u202ef"))]) == "a\ufffd[31mb c e\ufffdf"


def test_code_folds_under_its_summary() -> None:
    html = as_html([Code("x = 1 < 2", summary="the cell's source")])
    assert "<details><summary>the cell&#x27;s source</summary><pre>x = 1 &lt; 2</pre>" in html
    assert as_text([Code("x = 1")]) == "x = 1"


def test_a_long_table_does_not_fill_the_notebook() -> None:
    table = Table(("n",), tuple((number(n),) for n in range(5000)))
    html = as_html([table])
    assert html.count("<tr>") == 1001
    assert "... and 4,000 more." in html
    assert len(as_text([table]).splitlines()) == 5001


def test_width_counts_what_a_terminal_draws() -> None:
    assert [width("abc"), width("日本"), width("e\u0301"), width("🦆")] == [3, 4, 1, 2]
