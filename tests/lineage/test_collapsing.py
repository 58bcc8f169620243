"""Of many neighbours a few are drawn, and how many more there are."""

from __future__ import annotations

from jupyter_lake.lineage.collapsing import collapsed
from jupyter_lake.lineage.graph import Graph, GraphEdge, MoreNode, OutsideNode


def _graph(subject: str, *pairs: str) -> Graph:
    """Return a graph of edges written `a>b`."""
    ends = [(f"untracked:{a}", f"untracked:{b}") for a, b in (pair.split(">") for pair in pairs)]
    names = dict.fromkeys(pair for both in pairs for pair in both.split(">"))
    return Graph(
        f"untracked:{subject}",
        tuple(OutsideNode(name) for name in names),
        tuple(GraphEdge(a, b, "read") for a, b in ends),
    )


def _names(graph: Graph) -> list[str]:
    return [str(node.to_dict()["label"]) for node in graph.nodes]


def test_few_neighbours_are_all_drawn() -> None:
    graph = _graph("s", *(f"s>{number}" for number in range(7)), "a>s")
    assert collapsed(graph) == graph


def test_a_crowd_is_folded_and_opened_again() -> None:
    graph = _graph("s", *(f"s>{number}" for number in range(17)))
    folded = collapsed(graph)
    assert _names(folded) == ["s", "12", "13", "14", "15", "16", "+12"]
    (more,) = (node for node in folded.nodes if isinstance(node, MoreNode))
    assert (folded.edges[-1].source, folded.edges[-1].target) == (folded.subject, more.id)
    assert "+12" in folded.dot
    assert "+12" in folded.mermaid
    assert "+12 more" in folded.text
    assert collapsed(graph, opened=[more.id]) == graph


def test_what_came_of_the_hidden_is_hidden_too() -> None:
    graph = _graph("s", *(f"s>{number}" for number in range(9)), "0>far", "8>near")
    assert "far" not in _names(collapsed(graph))
    assert "near" in _names(collapsed(graph))


def test_a_crowd_that_hangs_together_is_folded() -> None:
    graph = _graph("s", *(f"s>{number}" for number in range(9)), "0>1", "1>2", "7>8")
    assert _names(collapsed(graph)) == ["s", "4", "5", "6", "7", "8", "+4"]


def test_who_is_needed_elsewhere_is_drawn() -> None:
    graph = _graph("s", *(f"{number}>s" for number in range(9)), "a>0", "0>x", "x>y", "y>s")
    assert {"0", "a", "x", "y"} <= set(_names(collapsed(graph)))
    assert "+4" in _names(collapsed(graph))


def test_the_subject_of_a_loop_stays() -> None:
    graph = _graph("s", "a>s", "s>a", *(f"a>{number}" for number in range(9)))
    assert "s" in _names(collapsed(graph))
