"""Where data came from and what was made of it, through everybody's notebooks."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_lake.errors import PathNotFoundError, RepoNotFoundError, RunNotFoundError
from jupyter_lake.lineage import Graph, RunNode, downstream, graph, upstream
from jupyter_lake.lineage.graph import VariableNode

if TYPE_CHECKING:
    from jupyter_lake import store
    from tests.lineage.conftest import Notebook

READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"


@pytest.fixture
def team(open_notebook: Callable[..., Notebook], lake: store.Lake) -> tuple[Notebook, Notebook]:
    """Ana makes delays of flights, Ben a dashboard of delays."""
    lake.create_repo("dashboards")
    ana = open_notebook("/home/ana/delays.ipynb", "ana")
    ana.ok("import io")
    ana.ok(READ)
    ana.ok("noise = 42")
    ana.ok("# count them\ntotal = str(len(raw)).encode()")
    ana.publish("total", "reports", "delays/part-0.csv")
    ana.recorder.flush()
    ana.recorder.stop()
    ben = open_notebook("/home/ben/weekly.ipynb", "ben")
    ben.ok("delays = lake.repo('reports').commit('main').read('delays/part-0.csv')")
    ben.ok("page = b'<p>' + delays")
    ben.publish("page", "dashboards", "weekly/index.txt")
    return ana, ben


def change(lake: store.Lake, repo: str, path: str, data: bytes) -> None:
    with lake.repo(repo).transaction("main", message="new") as tx:
        tx.write(path, data)


def cells(found: Graph) -> list[str]:
    return [run.cell for run in found.runs()]


def names(found: Graph) -> set[str]:
    return {f"{version.repo}/{version.path}" for version in found.datasets()}


def test_upstream_goes_through_other_peoples_notebooks_to_the_raw_commit(
    team: object, lake: store.Lake
) -> None:
    found = upstream(lake, "dashboards/weekly")
    assert names(found) == {
        "dashboards/weekly",
        "reports/delays/part-0.csv",
        "flights/flights/2013-01.csv",
    }
    assert cells(found) == [
        "delays.ipynb [2]",
        "delays.ipynb [4]",
        "delays.ipynb [5]",
        "weekly.ipynb [1]",
        "weekly.ipynb [2]",
        "weekly.ipynb [3]",
    ]
    assert not found.cut


def test_downstream_goes_through_other_peoples_notebooks_to_the_last_publication(
    team: object, lake: store.Lake
) -> None:
    found = downstream(lake, "flights/flights")
    assert names(found) == {"flights/flights", "reports/delays", "dashboards/weekly"}
    assert "weekly.ipynb [3]" in cells(found)


def test_depth_counts_datasets_and_says_what_it_cut(team: object, lake: store.Lake) -> None:
    found = upstream(lake, "dashboards/weekly", 1)
    assert names(found) == {"dashboards/weekly", "reports/delays/part-0.csv"}
    assert found.cut
    assert "more" in found.text


def test_cells_that_only_import_or_have_no_part_in_it_are_left_out(
    team: object, lake: store.Lake
) -> None:
    sources = [run.source for run in upstream(lake, "reports/delays").runs()]
    assert "import io" not in sources
    assert "noise = 42" not in sources


def test_a_dataset_nobody_made_in_a_notebook_stands_alone(lake: store.Lake) -> None:
    found = graph(lake, "flights/weather.csv")
    assert len(found.nodes) == 1
    assert f">{lake.repo('flights').commit().short}<" in found.dot
    assert "nothing is recorded" in found.text


def test_an_input_that_has_moved_on_is_drawn_stale(team: object, lake: store.Lake) -> None:
    assert not any(edge.behind for edge in upstream(lake, "reports/delays").edges)
    change(lake, "flights", "flights/2013-01.csv", b"new")
    change(lake, "flights", "flights/2013-01.csv", b"newer")
    change(lake, "flights", "elsewhere.csv", b"not what was read")
    found = upstream(lake, "reports/delays")
    assert [edge.behind for edge in found.edges if edge.kind == "read"] == [2]
    reader = next(n for n in found.nodes if isinstance(n, RunNode) and n.run.reads)
    assert reader.stale
    (read,) = (edge for edge in found.edges if edge.kind == "read")
    assert read.commit is not None
    assert f'label="{read.commit[:8]}\\n2 behind", style=dashed' in found.dot
    assert "2 behind" in found.text
    assert "2 behind" in found.mermaid


def test_readers_of_an_older_version_are_shown_as_far_behind_as_they_are(
    team: object, lake: store.Lake
) -> None:
    change(lake, "reports", "delays/part-0.csv", b"by hand")
    found = downstream(lake, "reports/delays")
    assert "weekly.ipynb [1]" in cells(found)
    assert [edge.behind for edge in found.edges if edge.kind == "read"] == [1]


def test_a_version_by_ref_has_its_own_makers_and_readers(team: object, lake: store.Lake) -> None:
    old = lake.repo("reports").commit("main").short
    change(lake, "reports", "delays/part-0.csv", b"by hand")
    assert cells(graph(lake, "reports/delays", down=0)) == []
    assert "delays.ipynb [5]" in cells(graph(lake, f"reports@{old}/delays", down=0))
    assert cells(graph(lake, "reports@main/delays", up=0)) == []
    assert "weekly.ipynb [1]" in cells(graph(lake, f"reports@{old}/delays", up=0))


def test_a_dataset_made_in_pieces_comes_from_all_of_them(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok("one = b'1'")
    notebook.publish("one", "reports", "parts/1.csv")
    notebook.ok("two = b'2'")
    notebook.publish("two", "reports", "parts/2.csv")
    sources = [run.source for run in upstream(lake, "reports/parts").runs()]
    assert {"one = b'1'", "two = b'2'"} <= set(sources)


def test_a_cell_run_again_and_again_is_one_reader(notebook: Notebook, lake: store.Lake) -> None:
    for _ in range(3):
        notebook.ok(READ, "same-cell")
    assert cells(downstream(lake, "flights/flights")) == ["delays.ipynb [3]"]


def test_a_variable_is_traced_without_being_published(notebook: Notebook, lake: store.Lake) -> None:
    notebook.ok(READ)
    notebook.ok("half = raw[:5]")
    found = graph(lake, "half", recorder=notebook.recorder)
    assert isinstance(found.by_id[found.subject], VariableNode)
    assert names(found) == {"flights/flights/2013-01.csv"}
    assert cells(found) == ["delays.ipynb [1]", "delays.ipynb [2]"]


def test_a_run_is_a_subject_too(team: object, lake: store.Lake) -> None:
    run = upstream(lake, "reports/delays").runs()[0]
    found = graph(lake, run.run_id)
    assert names(found) >= {"flights/flights/2013-01.csv", "reports/delays", "dashboards/weekly"}


def test_a_commit_is_a_subject_too(team: object, lake: store.Lake) -> None:
    found = graph(lake, "reports")
    assert found.subject == f"reports@{lake.repo('reports').commit('main').short}"
    assert "delays.ipynb [5]" in cells(found)
    assert "weekly.ipynb [1]" in cells(found)
    assert names(found) >= {"reports/", "flights/flights/2013-01.csv"}


def test_a_merge_keeps_the_makers_of_what_it_brought(notebook: Notebook, lake: store.Lake) -> None:
    reports = lake.repo("reports")
    with reports.transaction("main", message="first") as tx:
        tx.write("readme.txt", b"reports")
    reports.create_branch("fix")
    notebook.ok(READ)
    notebook.ok(
        "with lake.repo('reports').transaction('fix', message='m', "
        "provenance=recorder.provenance_of('raw')) as tx: tx.write('delays/a.csv', raw)"
    )
    with reports.transaction("main", message="meanwhile") as tx:
        tx.write("other.txt", b"x")
    reports.merge("fix", into="main")
    assert names(upstream(lake, "reports/delays")) >= {"flights/flights/2013-01.csv"}


def test_a_notebook_that_reads_what_it_writes_is_no_endless_story(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok("state = b'0'")
    notebook.publish("state", "reports", "state.txt")
    for _ in range(3):
        notebook.ok("state = lake.repo('reports').commit('main').read('state.txt') + b'1'")
        notebook.publish("state", "reports", "state.txt")
    found = graph(lake, "reports/state.txt", up=10, down=10)
    assert len(found.datasets()) == 4
    assert found.text
    assert found.dot


def test_the_commit_itself_knows_its_inputs_where_the_record_of_its_run_is_gone(
    team: tuple[Notebook, Notebook], lake: store.Lake
) -> None:
    team[1].recorder.stop()
    lake.objects.delete([info.key for info in lake.objects.list("lineage/")])
    found = upstream(lake, "reports/delays")
    assert names(found) == {"reports/delays", "flights/flights/2013-01.csv"}
    assert cells(found) == ["delays.ipynb [5]"]


def test_what_went_past_the_lake_is_drawn_as_such(
    notebook: Notebook, lake: store.Lake, tmp_path: Path
) -> None:
    (tmp_path / "local.csv").write_text("a")
    notebook.ok(
        f"from pathlib import Path\ntext = Path({str(tmp_path)!r}, 'local.csv').read_bytes()"
    )
    notebook.publish("text", "reports", "a.csv")
    found = upstream(lake, "reports/a.csv")
    outside = [node.to_dict() for node in found.nodes if node.to_dict()["kind"] == "untracked"]
    assert [str(node["label"]).endswith("local.csv") for node in outside] == [True]
    assert "not in the lake" in found.dot


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        ("nowhere/data", RepoNotFoundError),
        ("flights/nothing", PathNotFoundError),
        ("01a20a08-70c4-73ad-858c-419a8d7a6afc", RunNotFoundError),
    ],
)
def test_a_subject_that_is_not_there_is_named(
    lake: store.Lake, subject: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        graph(lake, subject)


def test_every_front_end_gets_something_it_can_draw(team: object, lake: store.Lake) -> None:
    found = graph(lake, "reports/delays")
    bundle = found._repr_mimebundle_()
    assert bundle["text/vnd.graphviz"].startswith("digraph lineage {")
    assert bundle["text/plain"] == repr(found)
    assert ("image/svg+xml" in bundle) == (shutil.which("dot") is not None or _pygraphviz())


def test_the_drawing_shows_datasets_round_and_commits_on_the_edges(
    team: object, lake: store.Lake
) -> None:
    found = graph(lake, "reports/delays")
    short = lake.repo("reports").commit("main").short
    line = next(line for line in found.dot.splitlines() if f'"reports@{short}/delays" [' in line)
    assert "style=rounded" in line
    assert "<b>delays</b>" in line
    assert ">reports<" in line
    assert f">{short}<" not in line
    (made,) = (edge for edge in found.dot.splitlines() if f'-> "reports@{short}/delays"' in edge)
    assert f'label="{short}"' in made
    assert "rankdir=LR" in found.dot
    assert "total = str(len(raw)).encode()" in found.dot
    assert 'label="raw"' in found.dot


def test_names_that_graphviz_and_mermaid_would_trip_over_are_escaped(
    notebook: Notebook, lake: store.Lake
) -> None:
    notebook.ok('x = b\'"<b>&]`|\\\\n"\'  # "quoted" <tag> & -->')
    notebook.publish("x", "reports", 'odd "name" <&>/pa]rt.csv')
    found = upstream(lake, 'reports/odd "name" <&>')
    _check_dot(found.dot)
    assert "<tag>" not in found.dot.split("tooltip")[0]
    assert '"name"' not in found.mermaid


def test_the_panel_gets_json_that_leads_back_to_the_cell(team: object, lake: store.Lake) -> None:
    about = json.loads(json.dumps(graph(lake, "reports/delays").to_dict()))
    run = next(node for node in about["nodes"] if node.get("cell_id") == "cell-5")
    assert run["notebook"] == "/home/ana/delays.ipynb"
    assert about["subject"] in {node["id"] for node in about["nodes"]}
    ends = {edge["source"] for edge in about["edges"]} | {edge["target"] for edge in about["edges"]}
    assert ends <= {node["id"] for node in about["nodes"]}


def test_networkx_gets_the_same_graph(team: object, lake: store.Lake) -> None:
    networkx = pytest.importorskip("networkx")
    found = graph(lake, "reports/delays")
    made = found.to_networkx()
    assert set(made.nodes) == {node.id for node in found.nodes}
    assert networkx.is_directed_acyclic_graph(made)


def test_sources_come_before_what_was_made_of_them(team: object, lake: store.Lake) -> None:
    found = graph(lake, "reports/delays")
    rank = {node.id: number for number, node in enumerate(found.nodes)}
    assert all(rank[edge.source] < rank[edge.target] for edge in found.edges)


def _check_dot(text: str) -> None:
    """Quotes and braces must pair up; Graphviz itself is asked where it is at hand."""
    if program := shutil.which("dot"):
        subprocess.run([program, "-Tsvg"], input=text.encode(), check=True, capture_output=True)
    assert text.count("{") == text.count("}")


def _pygraphviz() -> bool:
    try:
        import pygraphviz  # noqa: F401
    except ImportError:
        return False
    return True
