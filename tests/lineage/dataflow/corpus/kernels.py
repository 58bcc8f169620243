"""Cases that only a kernel can run: tasks between cells, figures drawn inline."""

# ruff: noqa: E501 - cells are told in one line each

from __future__ import annotations

from tests.lineage.dataflow.corpus.case import case

CASES = [
    case(
        "task made in one cell, awaited in another",
        "import asyncio",
        "k = 2",
        "async def f():\n    await asyncio.sleep(0)\n    return k",
        "t = asyncio.ensure_future(f())",
        "z = await t",
        needs=(1, 2, 3, 4),
    ),
    case(
        "task that binds a variable",
        "import asyncio\ndone = 1000",
        "async def work():\n    global done\n    await asyncio.sleep(0.01)\n    done = 2000",
        "t = asyncio.ensure_future(work())",
        "other = 1\nawait asyncio.sleep(0.1)",
        "z = done",
        needs=(2, 3),
    ),
    case(
        "inline figures are apart",
        "import matplotlib.pyplot as plt",
        "plt.plot([1])",
        "plt.plot([2])",
        needs=(1,),
        never=(2,),
    ),
    case(
        "inline figure by its name",
        "import matplotlib.pyplot as plt",
        "fig, ax = plt.subplots()",
        "ax.plot([1])",
        "fig",
        "fig.canvas.draw()",
        needs=(1, 2, 3),
        never=(4,),
    ),
    case(
        "pickled to another process",
        "x = [1]",
        "from concurrent.futures import ProcessPoolExecutor\nimport multiprocessing as mp",
        "def f(v):\n    return v * 2",
        "with ProcessPoolExecutor(1, mp_context=mp.get_context('fork')) as pool:\n    r = list(pool.map(f, x))",
        "r",
        needs=(1, 2, 3, 4),
    ),
    case(
        "callback between cells",
        "import asyncio",
        "got = 1000",
        "def later():\n    global got\n    got = 2000",
        "asyncio.get_running_loop().call_later(0.05, later)",
        "await asyncio.sleep(0.2)",
        "z = got",
        needs=(3, 4),
        never=(2,),
    ),
]
