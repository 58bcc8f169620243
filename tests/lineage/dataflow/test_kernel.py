"""The same in a real kernel: its namespace, its loop, its way of drawing figures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.lineage.dataflow.corpus.case import Case, case
from tests.lineage.dataflow.running import judge
from tests.lineage.dataflow.test_corpus import CASES

_KERNEL_ONLY = [
    case("task made in one cell, awaited in another", "import asyncio", "k = 2",
         "async def f():\n    await asyncio.sleep(0)\n    return k", "t = asyncio.ensure_future(f())",
         "z = await t", needs=(1, 2, 3, 4)),
    case("task that binds a variable", "import asyncio\ndone = 1000",
         "async def work():\n    global done\n    await asyncio.sleep(0.01)\n    done = 2000",
         "t = asyncio.ensure_future(work())", "other = 1\nawait asyncio.sleep(0.1)", "z = done",
         needs=(2, 3)),
    case("inline figures are apart", "import matplotlib.pyplot as plt", "plt.plot([1])", "plt.plot([2])",
         needs=(1,), never=(2,)),
    case("inline figure by its name", "import matplotlib.pyplot as plt", "fig, ax = plt.subplots()",
         "ax.plot([1])", "fig", "fig.canvas.draw()", needs=(1, 2, 3), never=(4,)),
    case("pickled to another process", "x = [1]",
         "from concurrent.futures import ProcessPoolExecutor\nimport multiprocessing as mp",
         "def f(v):\n    return v * 2",
         "with ProcessPoolExecutor(1, mp_context=mp.get_context('fork')) as pool:\n    r = list(pool.map(f, x))",
         "r", needs=(1, 2, 3, 4)),
]  # fmt: skip
_ALL = [row for row in CASES if row.kernel] + _KERNEL_ONLY

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
        f"%reset -f\nimport os, sys\nsys.path.insert(0, {str(root)!r})\nos.chdir({str(tmp_path)!r})  # _lk_",
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
