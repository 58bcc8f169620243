"""What recording costs a cell, side by side with ipyflow, and what asking costs a lake."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import Row, against, median

ROOT = Path(__file__).parents[2]
IPYFLOW = ROOT / "build" / "ipyflow" / "bin" / "python"
CELLS = int(os.environ.get("CELLS", "300"))
MILLION = int(os.environ.get("RUNS", "1000000"))

VARIABLES = "\n".join(
    [
        *(f"number_{i} = {i}" for i in range(100)),
        *(f"text_{i} = 'value {i}'" for i in range(50)),
        *(f"values_{i} = list(range({i}))" for i in range(30)),
        *(f"def function_{i}(x): return x + number_{i}" for i in range(20)),
    ]
)
TRIVIAL = "number_1 = number_2 + function_3(4)"
LARGE = "rows = len(frame_0)" + "".join(f" + len(frame_{i})" for i in range(1, 5))
LARGE += "".join(f" + array_{i}[0]" for i in range(5))


def rows() -> Iterator[Row]:
    """Yield the table's lines."""
    with tempfile.TemporaryDirectory(prefix="bench-lineage-") as folder:
        os.environ["JUPYTER_LAKE_SPOOL_DIR"] = f"{folder}/spool"
        os.environ["IPYTHONDIR"] = f"{folder}/ipython"
        yield from _overhead(folder)
        yield from _questions(folder)


# -- what a cell pays ------------------------------------------------------------------


def _overhead(folder: str) -> Iterator[Row]:
    from jupyter_lake import store

    lake = store.Lake.create(f"{folder}/lake")
    shell, recorder = _session(lake)
    spent = _timed(recorder)
    _run(shell, VARIABLES)
    spent.clear()
    for _ in range(CELLS):
        _run(shell, TRIVIAL)
    trivial = [each * 1000 for each in spent]
    yield _beside_ipyflow(statistics.median(trivial))
    p99 = statistics.quantiles(trivial, n=100)[98]
    yield Row("a small cell among 200 variables, at p99", p99, "ms", bound=3.0)
    _run(shell, _large_data())
    spent.clear()
    for _ in range(30):
        _run(shell, LARGE)
    large = statistics.median(spent) * 1000
    yield Row("a cell that reads ten objects of 100 MB", large, "ms", bound=10.0)
    yield _loops(shell, recorder)
    recorder.stop()


def _session(lake: object) -> tuple[Any, Any]:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from jupyter_lake.lineage import Recorder

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    recorder = Recorder(shell, notebook="bench.ipynb")
    recorder.start()
    recorder.attach(lake)
    return shell, recorder


def _run(shell: Any, source: str) -> None:
    shell.run_cell(source, store_history=True, cell_id="cell").raise_error()


def _timed(recorder: Any) -> list[float]:
    """Have what the recorder does round each cell added up, a figure a cell."""
    import time

    spent: list[float] = []
    events = recorder.shell.events
    before = events.callbacks["pre_run_cell"].pop()
    after = events.callbacks["post_run_cell"].pop()

    def timed_before(info: object) -> None:
        start = time.perf_counter()
        before(info)
        spent.append(time.perf_counter() - start)

    def timed_after(result: object) -> None:
        start = time.perf_counter()
        after(result)
        spent[-1] += time.perf_counter() - start

    events.callbacks["pre_run_cell"].append(timed_before)
    events.callbacks["post_run_cell"].append(timed_after)
    return spent


def _large_data() -> str:
    return (
        "import numpy as np, pandas as pd\n"
        "for i in range(5):\n"
        "    globals()[f'array_{i}'] = np.ones(100_000_000 // 8)\n"
        "    globals()[f'frame_{i}'] = pd.DataFrame(\n"
        "        {f'c{c}': np.arange(100_000_000 // 80) for c in range(10)})"
    )


def _loops(shell: Any, recorder: Any) -> Row:
    loop = "total = 0\nfor i in range(1_000_000):\n    total += i * number_3"

    def plain() -> None:
        callbacks = shell.events.callbacks
        kept = {name: callbacks[name] for name in ("pre_run_cell", "post_run_cell")}
        callbacks.update({name: [] for name in kept})
        try:
            _run(shell, loop)
        finally:
            callbacks.update(kept)

    return against(
        "a loop of a million steps in a cell",
        lambda: _run(shell, loop),
        "not recorded",
        plain,
        bound=1.05,
        runs=9,
    )


_PEER = """
import json, statistics, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
def run(source):
    start = time.perf_counter()
    shell.run_cell(source, store_history=True).raise_error()
    return time.perf_counter() - start
variables, cell, cells = json.loads(input())
run(variables)
plain = statistics.median(run(cell) for _ in range(cells))
shell.run_line_magic("load_ext", "ipyflow")
run(variables)
traced = statistics.median(run(cell) for _ in range(cells))
print("RESULT", (traced - plain) * 1000)
"""


def _beside_ipyflow(ours: float) -> Row:
    """Hold the median against ipyflow's, if ``build/ipyflow`` is a virtual environment with it."""
    what = "a small cell among 200 variables, median"
    if not IPYFLOW.exists():
        return Row(what, ours, "ms", bound=1.0)
    answer = subprocess.run(
        [str(IPYFLOW), "-W", "ignore", "-c", _PEER],
        input=json.dumps([VARIABLES, TRIVIAL, 50]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    line = next(line for line in answer.stdout.splitlines() if line.startswith("RESULT"))
    theirs = float(line.split()[1])
    print(f"ipyflow: {theirs:.2f} ms", file=sys.stderr)
    return Row(what, ours, "ms", "ipyflow", theirs, ours / theirs, bound=1.0)


# -- what a question pays --------------------------------------------------------------


def _questions(folder: str) -> Iterator[Row]:
    from jupyter_lake import store

    lake = store.Lake.create(f"{folder}/large")
    _fill(lake, MILLION)
    requests = _counting(lake)
    first = _ask(lake)
    yield Row(f"a query over {MILLION:,} runs, first", median(first, runs=1, warmup=0))
    yield Row(f"requests for {MILLION:,} runs", float(len(requests)), "", bound=20.0)
    statement = "SELECT user, count(*), max(started) FROM runs GROUP BY 1"
    yield Row(f"a query over {MILLION:,} runs", median(_ask(lake, statement)), bound=1.0)
    joined = (
        "SELECT repo, path, count(DISTINCT user) FROM reads JOIN runs USING (run_id) GROUP BY 1, 2"
    )
    yield Row(f"a join of {MILLION:,} runs with their reads", median(_ask(lake, joined)), bound=1.0)


def _fill(lake: Any, count: int) -> None:
    """Leave as many runs as packers would: large packs, small ones, a few batches."""
    import pyarrow as pa

    from jupyter_lake.lineage import packs
    from jupyter_lake.lineage.batches import PACKS, upload_batch
    from jupyter_lake.lineage.runs import Run, RunRead, Upstream, new_run_id

    start = datetime(2026, 1, 1, tzinfo=UTC)

    def run(number: int) -> Run:
        return Run(
            new_run_id(),
            f"/home/user{number % 50}/work-{number % 400}.ipynb",
            f"cell-{number % 40}",
            number % 200,
            f"frame = lake.sql('SELECT * FROM sales.orders WHERE id = {number}').df()",
            f"user{number % 50}",
            start + timedelta(seconds=number),
            0.5,
            "ok",
            (
                RunRead(
                    "sales", f"{number % 5000:064x}", f"orders/{number % 300}", ("a", "b"), "sql"
                ),
            ),
            upstream=(Upstream(new_run_id(), ("x",)),),
        )

    base = packs.run_table(run(number) for number in range(100_000))
    done, part = 0, 0
    while done < count - 1000:
        rows = min(len(base), count - 1000 - done)
        ids = pa.array([new_run_id() for _ in range(rows)])
        table = base.slice(0, rows).set_column(0, "run_id", ids)
        keys = pa.array([packs.key_of(each) for each in ids.to_pylist()], pa.int64())
        table = table.set_column(table.column_names.index("key"), "key", keys)
        lake.objects.create(f"{PACKS}{part:032x}.parquet", packs.encode_pack(table, []))
        done, part = done + rows, part + 1
    for batch in range(5):
        upload_batch(lake.objects, new_run_id(), [run(batch * 200 + i) for i in range(200)])


def _counting(lake: Any) -> list[str]:
    requests: list[str] = []
    get, listing = lake.objects.get, lake.objects.list

    def counted_get(key: str, **options: Any) -> bytes:
        requests.append(key)
        return bytes(get(key, **options))

    def counted_list(prefix: str, **options: Any) -> Any:
        requests.append(prefix)
        return listing(prefix, **options)

    lake.objects.get, lake.objects.list = counted_get, counted_list
    return requests


def _ask(
    lake: Any, statement: str = "SELECT count(*) FROM runs"
) -> Callable[[], list[tuple[object, ...]]]:
    import duckdb

    from jupyter_lake.lineage import tables

    def ask() -> list[tuple[object, ...]]:
        with duckdb.connect() as connection:
            for name in ("runs", "reads"):
                if name in statement:
                    connection.register(name, tables(lake, name))
            return connection.sql(statement).fetchall()

    return ask
