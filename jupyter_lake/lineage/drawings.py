"""Drawing a lineage graph: Graphviz, Mermaid, text, and SVG where Graphviz is at hand."""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.lineage.graph import Graph, GraphEdge, Node

__all__ = ["dot", "mermaid", "svg", "text"]

WIDEST = 44
"""Characters of a line in a node; longer ones lose their middle."""

WIDEST_CODE = 30
"""Characters of a cell's first line, which is there to recognise the cell by."""

_SMALL, _FAINT, _STALE = 9, "#757575", "#b35900"


def dot(graph: Graph) -> str:
    """Return the graph in Graphviz's language: datasets round, cells plain, stale edges dashed."""
    lines = [
        "digraph lineage {",
        '  rankdir=LR; bgcolor="transparent"; nodesep=0.2; ranksep=0.3;',
        (
            '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11, shape=box, penwidth=1,'
            ' color="#9e9e9e", margin="0.16,0.08"];'
        ),
        (
            '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#9e9e9e",'
            f' fontcolor="{_FAINT}", arrowsize=0.7];'
        ),
    ]
    told = {end for edge in graph.edges if edge.commit for end in (edge.source, edge.target)}
    lines += [
        f"  {_quoted(node.id)} [{_dot_node(graph, node, told=node.id in told)}];"
        for node in graph.nodes
    ]
    lines += [
        f"  {_quoted(edge.source)} -> {_quoted(edge.target)}{_dot_edge(edge)};"
        for edge in graph.edges
    ]
    return "\n".join([*lines, "}"])


def _dot_node(graph: Graph, node: Node, *, told: bool) -> str:
    """Return how a node looks; a dataset's commit stands on its edges, if it is `told` there."""
    about = node.to_dict()
    kind = about["kind"]
    if kind == "dataset":
        title = str(about["path"] or about["repo"])
        small = str(about["repo"]) if about["path"] else "commit"
        rows = [_font(small), f"<b>{_cell(title)}</b>"]
        if not told:
            rows.append(_font(_short(about["commit"])))
        if about["behind"]:
            rows.append(_font(_behind(about["behind"]), _STALE))
        style = "style=rounded"
    elif kind == "run":
        rows = [
            _cell(str(about["label"])),
            _font(shortened(str(about["first_line"] or " "), WIDEST_CODE)),
        ]
        style = "style=solid"
    elif kind == "variable":
        rows, style = [f"<b>{_cell(str(about['label']))}</b>", _font("variable")], "shape=ellipse"
    elif kind == "more":
        rows, style = (
            [f"<b>{_cell(str(about['label']))}</b>"],
            "style=rounded, margin=0.06, width=0.4, height=0.3",
        )
    else:
        rows = [_cell(str(about["label"])), _font("not in the lake", _STALE)]
        style = 'style="dashed"'
    if node.id == graph.subject:
        style += ', penwidth=2, color="#1976d2"'
    tooltip = _quoted(str(about.get("source") or about.get("label") or node.id)[:500])
    return f"{style}, label=<{'<br/>'.join(rows)}>, tooltip={tooltip}, id={_quoted(node.id)}"


def _dot_edge(edge: GraphEdge) -> str:
    parts = []
    label = "\n".join(filter(None, (_short(edge.commit or ""), _edge_label(edge))))
    if label:
        parts.append(f"label={_quoted(label)}")
    if edge.behind:
        parts.append(f'style=dashed, color="{_STALE}", fontcolor="{_STALE}"')
    elif edge.certainty == "possible":
        parts.append("style=dotted")
    elif edge.kind == "more":
        parts.append("arrowhead=none")
    return f" [{', '.join(parts)}]" if parts else ""


def _edge_label(edge: GraphEdge) -> str:
    if edge.behind:
        return _behind(edge.behind)
    names = ", ".join(edge.variables[:3]) + ("…" if len(edge.variables) > 3 else "")
    possibly = "possibly" if edge.certainty == "possible" else ""
    return " ".join(part for part in (possibly, names) if part)


def _short(commit: object) -> str:
    return str(commit)[:8]


def _behind(count: object) -> str:
    return f"{count} behind"


def _font(text: str, colour: str = _FAINT) -> str:
    return f'<font point-size="{_SMALL}" color="{colour}">{_cell(text)}</font>'


def _cell(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in shortened(text))
    return html.escape(printable, quote=True)


def _quoted(text: str) -> str:
    printable = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    escaped = printable.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def shortened(text: str, width: int = WIDEST) -> str:
    """Return a line with its middle left out if it is too wide."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[head + 1 - width :]}"


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flowchart."""
    numbers = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        opening, closing = _MERMAID_SHAPES[str(node.to_dict()["kind"])]
        lines.append(f"  {numbers[node.id]}{opening}{_mermaid_text(_label(node))}{closing}")
    for edge in graph.edges:
        label = _edge_label(edge)
        arrow = "-.->" if edge.behind or edge.certainty == "possible" else "-->"
        middle = f"|{_mermaid_text(label)}|" if label else ""
        lines.append(f"  {numbers[edge.source]} {arrow}{middle} {numbers[edge.target]}")
    if graph.subject in numbers:
        lines.append(f"  style {numbers[graph.subject]} stroke:#1976d2,stroke-width:2px")
    return "\n".join(lines)


_MERMAID_SHAPES = {
    "dataset": ("(", ")"),
    "run": ("[", "]"),
    "untracked": ("[/", "/]"),
    "variable": ("([", "])"),
    "more": ("(", ")"),
}


def _mermaid_text(text: str) -> str:
    lines = [html.escape(shortened(line), quote=True) for line in text.split("\n") if line]
    return '"' + "<br/>".join(lines).replace("&quot;", "#quot;").replace("`", "#96;") + '"'


def _label(node: Node) -> str:
    about = node.to_dict()
    if about["kind"] == "dataset":
        behind = f" · {_behind(about['behind'])}" if about["behind"] else ""
        place = f"{about['repo']}/{about['path']}".rstrip("/")
        return f"{place}\n{_short(about['commit'])}{behind}"
    if about["kind"] == "run":
        return f"{about['label']}\n{about['first_line']}"
    if about["kind"] == "variable":
        return f"{about['label']}\nvariable"
    if about["kind"] == "more":
        return f"{about['label']} more"
    return f"{about['label']}\nnot in the lake"


def text(graph: Graph) -> str:
    """Return the graph as two trees of text: what it came from, and what was made of it."""
    if graph.subject not in graph.by_id:
        return "no lineage"
    lines = [_line(graph.by_id[graph.subject])]
    sources: dict[str, list[GraphEdge]] = {}
    targets: dict[str, list[GraphEdge]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(edge)
        targets.setdefault(edge.source, []).append(edge)
    seen: set[str] = {graph.subject}
    if graph.subject in sources:
        lines += ["came from", *_branches(graph, graph.subject, sources, seen, "source")]
    seen = {graph.subject}
    if graph.subject in targets:
        lines += ["went into", *_branches(graph, graph.subject, targets, seen, "target")]
    if len(lines) == 1:
        lines.append("nothing is recorded before or after it")
    if graph.cut:
        lines.append("… there is more: ask for more depth")
    return "\n".join(lines)


def _branches(
    graph: Graph, node_id: str, edges: dict[str, list[GraphEdge]], seen: set[str], end: str
) -> Iterator[str]:
    below = edges.get(node_id, [])
    for number, edge in enumerate(below):
        last = number == len(below) - 1
        other = edge.source if end == "source" else edge.target
        label = _edge_label(edge)
        note = f"  ({label})" if label else ""
        again = other in seen
        more = " …" if again and other in edges else ""
        yield f"{'└─' if last else '├─'} {_line(graph.by_id[other])}{note}{more}"
        if not again:
            seen.add(other)
            for line in _branches(graph, other, edges, seen, end):
                yield f"{'  ' if last else '│ '} {line}"


def _line(node: Node) -> str:
    about = node.to_dict()
    if about["kind"] == "dataset":
        return node.id
    if about["kind"] == "run":
        first = shortened(str(about["first_line"]), 60)
        return f"{about['label']}  {first}".rstrip() + f"  · {about['user']}"
    if about["kind"] == "variable":
        return f"variable {about['label']}"
    if about["kind"] == "more":
        return f"{about['label']} more"
    return f"{about['label']}  · not in the lake"


def svg(source: str) -> str | None:
    """Return a drawing by Graphviz, or None where it is not at hand."""
    if program := shutil.which("dot"):
        try:
            answer = subprocess.run(
                [program, "-Tsvg"],
                input=source.encode(),
                capture_output=True,
                timeout=10,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return answer.stdout.decode()
    try:
        import pygraphviz
    except ImportError:
        return None
    drawn = pygraphviz.AGraph(string=source).draw(format="svg", prog="dot")
    return str(drawn.decode())
