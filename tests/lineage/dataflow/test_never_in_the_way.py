"""The watch runs no code of the user's objects, keeps nothing alive, changes no behaviour."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.lineage.dataflow.running import Notebook, fresh_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

TOUCHY = """
CALLS = []

def _told(name):
    def method(self, *args, **kwargs):
        CALLS.append(name)
        raise RuntimeError(name)
    return method

class Touchy:
    __slots__ = ("held", "__dict__", "__weakref__")
    for name in ("eq", "ne", "lt", "len", "bool", "iter", "repr", "str", "contains", "getitem",
                 "getattr", "hash", "reduce_ex", "copy", "deepcopy", "array", "index", "call",
                 "sizeof", "dir", "format", "int", "float", "enter", "exit", "next", "reversed"):
        locals()[f"__{name}__"] = _told(name)
    prop = property(_told("prop"))

class TouchyList(list):
    __eq__ = __len__ = __iter__ = __getitem__ = __repr__ = __bool__ = _told("list")
    __hash__ = None

class TouchyDict(dict):
    __eq__ = __len__ = __iter__ = __getitem__ = keys = values = items = _told("dict")
    __hash__ = None

class Meta(type):
    def __getattribute__(cls, name):
        if name not in ("__mro__", "__dict__", "__class__", "__flags__", "__name__"):
            CALLS.append(f"meta {name}")
        return super().__getattribute__(name)
"""


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    with fresh_shell() as shell:
        yield Notebook(shell)


@pytest.mark.parametrize(
    "made",
    ["Touchy()", "[Touchy()]", "{'k': Touchy()}", "(Touchy(),)", "TouchyList([[1]])",
     "TouchyDict(a=[1])"],
)  # fmt: skip
def test_no_method_of_an_object_is_called(notebook: Notebook, made: str) -> None:
    notebook.run(TOUCHY)
    notebook.run(f"x = {made}")
    notebook.run("y = x")
    notebook.run("def f():\n    return x\nz = [f(), y]")
    notebook.run("dict.__setitem__(globals(), 'w', x)")
    notebook.dataflow.writers("z")
    assert notebook.shell.user_ns["CALLS"] == []
    assert notebook.failed == []


@pytest.mark.parametrize(
    "make",
    [
        "np.zeros(1_000_000)",
        "pd.DataFrame({'a': range(1000), 'b': 'x'})",
        "pl.DataFrame({'a': [1, 2]})",
        "Thing()",
        "{1: Thing()}['x' and 1]",
    ],
)
def test_nothing_is_kept_alive_between_cells(notebook: Notebook, make: str) -> None:
    notebook.run(
        "import gc, weakref\nimport numpy as np, pandas as pd, polars as pl\nclass Thing: pass"
    )
    notebook.run(f"x = {make}")
    notebook.run("held = [x]\nboth = {'x': x, 'l': held}")
    notebook.run("held.append(1)")
    notebook.run("seen = weakref.ref(x)")
    notebook.run("del x, held, both")
    gc.collect()
    assert notebook.shell.user_ns["seen"]() is None


@pytest.mark.parametrize(
    "make",
    [
        "np.zeros(1_000_000)",
        "pd.DataFrame({'a': range(1000)})",
        "pl.DataFrame({'a': [1]})",
        "Thing()",
    ],
)
def test_nothing_is_kept_alive_while_a_cell_runs(notebook: Notebook, make: str) -> None:
    notebook.run(
        "import gc, weakref\nimport numpy as np, pandas as pd, polars as pl\nclass Thing: pass"
    )
    notebook.run(f"x = {make}\nbox = [x]\nseen = weakref.ref(x)")
    notebook.run("n = len(box)\ndel x, box\ngc.collect()\nleft = seen()")
    assert notebook.shell.user_ns["left"] is None


def test_the_memory_of_a_frame_is_free_while_a_cell_runs(notebook: Notebook) -> None:
    notebook.run("import gc, weakref\nimport numpy as np, pandas as pd")
    notebook.run("df = pd.DataFrame({'a': np.zeros(1000)})\nseen = weakref.ref(df._mgr.blocks[0])")
    notebook.run("s = df['a'].sum()\ndel df\ngc.collect()\nleft = seen()")
    assert notebook.shell.user_ns["left"] is None


def test_finalizers_run_when_they_would(notebook: Notebook) -> None:
    notebook.run("log = []\nclass F:\n    def __del__(self):\n        log.append('gone')")
    notebook.run("f = F()\nbox = {'f': f}")
    notebook.run("n = len(box)\nbox.clear()\ndel f\nthen = list(log)")
    assert notebook.shell.user_ns["then"] == ["gone"]


def test_a_class_is_not_kept_alive(notebook: Notebook) -> None:
    notebook.run(
        "import gc, weakref\nclass C:\n    __slots__ = ('v', '__weakref__')\nclass D: big = []"
    )
    notebook.run("c, d = C(), D()\nc.v = d\nd.x = [1]\nseen = weakref.ref(C), weakref.ref(D)")
    notebook.run("d.x.append(2)\nc.v = 3")
    notebook.run("del C, D, c, d")
    gc.collect()
    assert [each() for each in notebook.shell.user_ns["seen"]] == [None, None]


def test_an_array_can_be_resized(notebook: Notebook) -> None:
    notebook.run("import numpy as np\na = np.zeros(3)")
    notebook.run("a[0] = 1")
    notebook.run("a.resize(5, refcheck=False)")
    assert notebook.failed == []
    assert notebook.shell.user_ns["a"].shape == (5,)


def test_a_frame_on_the_users_array_writes_through(notebook: Notebook) -> None:
    notebook.run("import numpy as np, pandas as pd\na = np.zeros((2, 2))")
    notebook.run("df = pd.DataFrame(a, copy=False)")
    notebook.run("df.iloc[0, 0] = 9")
    assert notebook.shell.user_ns["a"][0, 0] == 9


def test_a_frame_is_written_in_place_again_after_the_cell(notebook: Notebook) -> None:
    notebook.run("import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})")
    notebook.run("t = df.a.sum()")
    frame = notebook.shell.user_ns["df"]
    assert not frame._mgr.blocks[0].refs.has_reference()


def test_objects_are_equal_after_all(notebook: Notebook) -> None:
    """What is watched stays what it was, bit for bit."""
    notebook.run("import numpy as np, pandas as pd, polars as pl")
    notebook.run(
        "a = np.arange(10.0)\n"
        "df = pd.DataFrame({'a': a, 'c': list('abcdefghij')})\n"
        "p = pl.from_pandas(df)"
    )
    for _ in range(3):
        notebook.run("t = (a.sum(), df.a.sum(), p['a'].sum())")
    names = notebook.shell.user_ns
    np.testing.assert_array_equal(names["a"], np.arange(10.0))
    pd.testing.assert_frame_equal(
        names["df"], pd.DataFrame({"a": np.arange(10.0), "c": list("abcdefghij")})
    )
    assert names["p"].equals(pl.from_pandas(names["df"]))


def test_iterators_are_not_advanced(notebook: Notebook) -> None:
    notebook.run(
        "import itertools\n"
        "made = [iter([1, 2]), (x for x in [1, 2]), map(str, [1, 2]), zip([1, 2]),\n"
        "        itertools.chain([1], [2]), enumerate([1, 2]), reversed([1, 2]), iter({1, 2})]"
    )
    notebook.run("same = made")
    notebook.run("lengths = [len(list(each)) for each in same]")
    assert notebook.shell.user_ns["lengths"] == [2] * 8


def test_weak_references_of_the_notebook_see_only_its_own() -> None:
    with fresh_shell() as shell:
        notebook = Notebook(shell)
        notebook.run("class Thing: pass\nx = Thing()")
        notebook.run("x.v = [1]")
        thing = shell.user_ns["x"]
        notebook.run("y = x")
        assert weakref.getweakrefcount(thing) <= 1
