"""Blocks as HTML that sits well in a notebook, light or dark.

All colours are JupyterLab's own ``--jp-*`` variables; elsewhere (VS Code,
nbconvert) the fallbacks inherit what surrounds the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from jupyter_lake.verbs.cells import Cell, Style
from jupyter_lake.verbs.output import Block, Code, Content, Facts, Line, Note, Table

__all__ = ["as_html", "page"]

MOST_ROWS = 1_000  # more would make a notebook's file heavy and nobody wiser

# Said three times, the class outweighs JupyterLab's own rules for tables in outputs.
_ROOT = ".jp-lake.jp-lake.jp-lake"
STYLE = """\
@{font-size:var(--jp-ui-font-size1,13px);line-height:1.5;
 color:var(--jp-ui-font-color1,inherit)}
@ table{border-collapse:collapse;margin:4px 0;font-size:inherit}
@ th,@ td{text-align:left;padding:1px 16px 1px 0;border:0;vertical-align:baseline;
 background:none;color:inherit;max-width:48em;overflow-wrap:anywhere}
@ th{font-weight:normal;color:var(--jp-ui-font-color2,inherit)}
@ thead th{border-bottom:1px solid var(--jp-border-color2,currentColor)}
@ tbody tr{background:none}
@ tbody tr:hover{background:var(--jp-layout-color2,transparent)}
@ .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
@ .i,@ .g,@ pre{
 font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,inherit)}
@ .i{color:var(--jp-content-link-color,inherit)}
@ .g{white-space:pre}
@ .m,@ .note,@ caption{color:var(--jp-ui-font-color2,inherit)}
@ .m{white-space:nowrap}
@ .s{font-weight:600}
@ .a{color:var(--jp-success-color1,inherit)}
@ .r{color:var(--jp-error-color1,inherit)}
@ .c{color:var(--jp-warn-color0,inherit)}
@ caption{text-align:left;caption-side:top;padding:0}
@ .note{margin-top:2px}
@ .l>*{margin-right:.35em}
@ pre{margin:4px 0;background:none;color:inherit;white-space:pre-wrap}
@ summary{cursor:pointer;color:var(--jp-ui-font-color2,inherit)}
""".replace("@", _ROOT)

_CLASSES = {
    "id": "i",
    "number": "n",
    "muted": "m",
    "strong": "s",
    "added": "a",
    "removed": "r",
    "changed": "c",
    "graph": "g",
}


def as_html(blocks: Sequence[Block]) -> str:
    """Lay blocks out as one HTML fragment that brings its own style."""
    return page("".join(_block(block) for block in blocks))


def page(body: str) -> str:
    """Wrap a fragment so that it wears the project's style and nothing else does."""
    return f'<style>{STYLE}</style><div class="jp-lake">{body}</div>'


def _block(block: Block) -> str:
    match block:
        case Line(parts):
            return f'<div class="l">{"".join(_inline(part) for part in parts)}</div>'
        case Note(text):
            return f'<div class="note">{escape(text)}</div>'
        case Code(source, summary):
            code = f"<pre>{escape(source)}</pre>"
            if not summary:
                return code
            return f"<details><summary>{escape(summary)}</summary>{code}</details>"
        case Facts(pairs):
            rows = "".join(
                f'<tr><th scope="row">{escape(name)}</th>{_data(value)}</tr>'
                for name, value in pairs
            )
            return f"<table><tbody>{rows}</tbody></table>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    if not table.rows:
        return f"<div>{escape(table.caption)}</div>" if caption else ""
    rows = "".join(f"<tr>{''.join(map(_data, row))}</tr>" for row in table.rows[:MOST_ROWS])
    hidden = len(table.rows) - MOST_ROWS
    more = f'<div class="note">... and {hidden:,} more.</div>' if hidden > 0 else ""
    return f"<table>{caption}{_head(table)}<tbody>{rows}</tbody></table>{more}"


def _head(table: Table) -> str:
    if not any(table.headers):
        return ""
    names = "".join(
        f'<th scope="col"{_attributes(Cell("", style=_style(cell)), only="n")}>{escape(name)}</th>'
        for name, cell in zip(table.headers, table.rows[0], strict=True)
    )
    return f"<thead><tr>{names}</tr></thead>"


def _data(content: Content) -> str:
    if isinstance(content, str):
        return f"<td>{escape(content)}</td>"
    return f"<td{_attributes(content)}>{escape(content.text)}</td>"


def _inline(content: Content) -> str:
    if isinstance(content, str):
        return f"<span>{escape(content)}</span>" if content else ""
    return f"<span{_attributes(content)}>{escape(content.text)}</span>" if content.text else ""


def _attributes(cell: Cell, *, only: str = "") -> str:
    """Return the class and the tooltip of a cell as HTML attributes."""
    name = _CLASSES.get(cell.style, "")
    if only and name != only:
        name = ""
    styled = f' class="{name}"' if name else ""
    return styled + (f' title="{escape(cell.tip, quote=True)}"' if cell.tip else "")


def _style(content: Content) -> Style:
    return content.style if isinstance(content, Cell) else ""
