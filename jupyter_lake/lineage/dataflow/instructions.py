"""The instructions of code objects, written the same way for each version of Python."""

from __future__ import annotations

import dis
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import types
    from collections.abc import Iterator, Sequence

__all__ = ["LOCAL_LOADS", "Instruction", "called_locals", "instructions_of"]

LOCAL_LOADS = ("LOAD_FAST", "LOAD_DEREF")
"""How the names of the instructions begin that load the value of a local variable."""
_NULL_FIRST = sys.version_info < (3, 13)
"""Whether the mark that goes with what is called is pushed before it, or after."""
_LOCAL = re.compile(r"(?:LOAD|STORE)_FAST")


class Instruction(NamedTuple):
    """What is done, and the name or constant that it is done with.

    Of an operation on two values, it is the operator.
    """

    operation: str
    value: object


def instructions_of(code: types.CodeType) -> list[Instruction]:
    """Return a code object's instructions as Python 3.12 would write them.

    From Python 3.13 on, two loads and stores are one instruction, and a variable that inner
    functions share is handed to them by what looks like a load of its value.
    """
    return [simple for each in dis.get_instructions(code) for simple in _simple(each, code)]


def _simple(instruction: dis.Instruction, code: types.CodeType) -> Iterator[Instruction]:
    operation, value = instruction.opname, instruction.argval
    if operation == "BINARY_OP":
        yield Instruction(operation, instruction.argrepr)
    elif isinstance(value, tuple) and _LOCAL.match(operation):
        for part, name in zip(_LOCAL.findall(operation), value, strict=True):
            yield Instruction(_closure_or(part, name, code), name)
    else:
        yield Instruction(_closure_or(operation, value, code), value)


def _closure_or(operation: str, value: object, code: types.CodeType) -> str:
    shared = operation.startswith("LOAD_FAST") and value in code.co_cellvars
    return "LOAD_CLOSURE" if shared else operation


def called_locals(instructions: Sequence[Instruction]) -> Iterator[object]:
    """Yield the names of the local variables that are called."""
    for first, second in pairwise(instructions):
        mark, load = (first, second) if _NULL_FIRST else (second, first)
        if mark.operation == "PUSH_NULL" and load.operation.startswith(LOCAL_LOADS):
            yield load.value
