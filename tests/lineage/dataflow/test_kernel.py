"""The same in a real kernel: its namespace, its loop, its way of drawing figures."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import start_new_kernel

from tests.lineage.dataflow.corpus import kernels
from tests.lineage.dataflow.running import judge
from tests.lineage.dataflow.test_corpus import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

    from tests.lineage.dataflow.corpus.case import Case

_ALL = [row for row in CASES if row.kernel] + kernels.CASES

_WATCH = """
def _lk_watch():
    from jupyter_lake.lineage.dataflow import Dataflow
    shell = get_ipython()
    flow, flows, box = Dataflow(shell.user_ns), [], []
    def before(info):
        if '_lk_' not in info.raw_cell:
            box.append(flow.before(shell.transform_cell(info.raw_cell), str(len(flows) + 1)))
    def after(result):
        if box:
            failed = not result.success
            found = flow.after(box.pop(), raised=failed)
            edges = [int(edge.upstream_key) for edge in found.edges]
            flows.append((edges, failed, str(flow.last_failure or '')))
    shell.events.register('pre_run_cell', before)
    shell.events.register('post_run_cell', after)
    return flows
_lk_flows = _lk_watch()
"""


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _run(client: BlockingKernelClient, cell: str) -> str:
    said: list[str] = []

    def hear(message: dict[str, dict[str, str]]) -> None:
        said.append(message["content"].get("text", ""))

    client.execute_interactive(cell, output_hook=hear, timeout=60)
    return "".join(said)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in _ALL])
def test_ancestors_in_a_kernel(row: Case, client: BlockingKernelClient, tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    _run(
        client,
        f"%reset -f\nimport os, sys  # _lk_\n"
        f"sys.path.insert(0, {str(root)!r})\nos.chdir({str(tmp_path)!r})",
    )
    _run(client, _WATCH)
    for cell in row.cells:
        _run(client, cell)
    flows = ast.literal_eval(_run(client, "print(_lk_flows)"))
    assert [failure for _, _, failure in flows if failure] == []
    assert len(flows) == len(row.cells)
    outcome = judge(row, _ancestors([edges for edges, _, _ in flows]),
                    [place for place, (_, failed, _) in enumerate(flows, 1) if failed])  # fmt: skip
    assert outcome.right, f"{row.name}: {outcome}"


def _ancestors(edges: list[list[int]]) -> set[int]:
    pending, found = list(edges[-1]), set[int]()
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending.extend(edges[key - 1])
    return found
