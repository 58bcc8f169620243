"""What the code of a live function tells, the same on each version of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_lake.lineage.dataflow.bytecode import calls_first_argument, code_facts

if TYPE_CHECKING:
    import types

SOURCES = {
    "wraps": "def f(fn):\n    def inner(*a): return fn(*a)\n    return inner",
    "wraps two": "def f(fn, x):\n    def inner(): return fn(x)\n    return inner",
    "calls": "def f(fn): return fn()",
    "calls among others": "def f(fn, x): return [x, fn(x)]",
    "hands to a module": "import math\ndef f(x): return math.floor(x)",
    "calls what it made": "def f(x): w = lambda: late; return w()",
    "returns what it made": "def f(x):\n    w = lambda: late\n    return w",
}


def _made(name: str) -> types.FunctionType:
    space: dict[str, object] = {}
    exec(compile(SOURCES[name], "<cell>", "exec"), space)
    return space["f"]  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["wraps", "wraps two"])
def test_what_is_only_handed_on_is_kept(name: str) -> None:
    assert code_facts(_made(name).__code__).keeps_arguments


@pytest.mark.parametrize("name", ["calls", "calls among others", "hands to a module"])
def test_what_is_called_or_handed_away_is_not(name: str) -> None:
    assert not code_facts(_made(name).__code__).keeps_arguments


@pytest.mark.parametrize(
    ("name", "calls"),
    [("calls", True), ("calls among others", True), ("hands to a module", False), ("wraps", False)],
)
def test_the_first_argument_is_called_or_not(name: str, *, calls: bool) -> None:
    assert calls_first_argument(_made(name)) == calls


@pytest.mark.parametrize(
    ("name", "now"), [("calls what it made", True), ("returns what it made", False)]
)
def test_what_an_inner_function_loads_is_loaded_when_it_runs(name: str, *, now: bool) -> None:
    assert ("late" in code_facts(_made(name).__code__).loads) == now
