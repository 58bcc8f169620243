"""What watching the data flow costs a cell, beside ipyflow where its environment is.

``python -m venv .venv-bench && .venv-bench/bin/pip install ipyflow-core`` makes the environment.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow import Dataflow
from tests.benchmarks.harness import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

PEER = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"
SMALL = {
    "y = v1 + v2": 300,
    "z = f1(3)\nw = [f2(i) for i in range(10)]": 300,
    "q = df1['a'].sum() + len(s3)": 300,
    "d1['k'] = v3\ns1.append(v4)": 300,
    "m = df2.groupby('b')['a'].sum().sort_values()": 300,
}
LARGE = """
total = 0.0
for x in (a0, a1, a2, a3, a4):
    total += float(x[:1000].mean())
for g in (g0, g1, g2, g3, g4):
    total += float(g.iloc[0, 0])
"""
LOOP = """
acc = []
for i in range(300_000):
    acc.append(f1(i) + v2)
total = sum(acc)
"""
TRIVIAL = """
import statistics, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.history_manager.enabled = False
shell.user_ns.update({f"v{i}": i for i in range(200)})
def median():
    spent = []
    for _ in range(100):
        start = time.perf_counter()
        shell.run_cell("y = v1 + v2", store_history=True)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)
plain = median()
shell.run_line_magic("load_ext", "ipyflow")
print(median() - plain)
"""


def rows() -> Iterator[Row]:
    """Yield the figures of issue 5 that the data flow answers for."""
    yield from _small()
    yield _beside_ipyflow()
    yield _large()
    yield _loop()


def _notebook() -> dict[str, object]:
    """Return a namespace of 200 variables."""
    import pandas as pd

    names: dict[str, object] = {"__name__": "__main__", "pd": pd}
    names |= {f"v{i}": i for i in range(60)}
    names |= {f"s{i}": [i] * 20 for i in range(60)}
    names |= {f"d{i}": {str(j): j for j in range(20)} for i in range(39)}
    names |= {f"df{i}": pd.DataFrame({"a": range(10), "b": list("abcdefghij")}) for i in range(20)}
    for i in range(20):
        exec(f"def f{i}(x):\n    return x + v{i} + len(s{i})\n", names)
    return names


def _overheads(names: dict[str, object], source: str, runs: int) -> list[float]:
    """Return what the watch took round each of some runs of a cell, sorted.

    Seconds of this thread's own: a machine that others use as well would tell of them.
    """
    dataflow, code, spent = Dataflow(names), compile(source, "cell", "exec"), []
    for run in range(runs):
        start = time.thread_time()
        pending = dataflow.before(source, str(run))
        ready = time.thread_time()
        exec(code, names)
        done = time.thread_time()
        dataflow.after(pending, raised=False)
        spent.append(time.thread_time() - done + ready - start)
    assert dataflow.last_failure is None
    return sorted(spent)


def _small() -> Iterator[Row]:
    spent = sorted(
        each for source, runs in SMALL.items() for each in _overheads(_notebook(), source, runs)
    )
    yield Row("a cell's overhead, 200 variables", statistics.median(spent), bound=0.001)
    yield Row("the same, 99th percentile", spent[len(spent) * 99 // 100], bound=0.003)


def _beside_ipyflow() -> Row:
    ours = statistics.median(_overheads(_notebook(), "y = v1 + v2", 300))
    if not PEER.exists():
        return Row("a trivial cell's overhead", ours)
    answer = subprocess.run([PEER, "-c", TRIVIAL], capture_output=True, text=True, check=True)
    theirs = float(answer.stdout.split()[-1])
    return Row("a trivial cell's overhead", ours, "s", "ipyflow", theirs, ours / theirs, 1.0)


def _large() -> Row:
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(0)
    names: dict[str, object] = {"__name__": "__main__"}
    names |= {f"a{i}": random.random(12_500_000) for i in range(5)}
    names |= {f"g{i}": pd.DataFrame(random.random((1_250_000, 10))) for i in range(5)}
    spent = _overheads(names, LARGE, 30)
    return Row("ten arrays and frames of 100 MB read", statistics.median(spent), bound=0.010)


def _loop() -> Row:
    """Run a loop with and without the watch, in turn."""
    names = _notebook()
    dataflow, code = Dataflow(names), compile(LOOP, "cell", "exec")

    def run(*, watched: bool) -> float:
        start = time.thread_time()
        pending = dataflow.before(LOOP, "loop") if watched else None
        exec(code, names)
        if pending is not None:
            dataflow.after(pending, raised=False)
        return time.thread_time() - start

    pairs = [(run(watched=True), run(watched=False)) for _ in range(21)]
    ours, plain = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(mine / other for mine, other in pairs)
    return Row("a loop", ours, "s", "unwatched", plain, ratio, 1.05)
