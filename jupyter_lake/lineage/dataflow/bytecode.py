"""What a live function would load, from its code object."""

from __future__ import annotations

import dis
import types
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.known import NEVER_CALL

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CodeFacts", "calls_first_argument", "calls_what_it_holds", "code_facts"]

_FILLERS = frozenset(("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE", "CALL", "PRECALL", "CACHE", "NOP"))
_INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_GENERATORS = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
_LOCAL_LOADS = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")
_CHANGES = frozenset(("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_ATTR", "STORE_SLICE", "DELETE_ATTR"))


@dataclass(slots=True)
class CodeFacts:
    """Names in a code object and the code nested in it.

    Attributes
    ----------
    loads
        Global names that running it may look up.
    later
        Global names that only what it returns looks up.
    attributes, strings, imports, stores
        Attribute names, string constants, imported modules, and global names it binds.
    locals
        Names of its own variables.
    lazy
        Whether calling it runs nothing yet: a generator or coroutine function.
    changes
        Whether it could change an object in place by itself.
    calls_locals
        Whether it calls something it was given or holds, which may do anything.
    keeps_arguments
        Whether it surely runs nothing it was given, but only hands it on to what it returns.
    """

    loads: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    locals: frozenset[str] = frozenset()
    lazy: bool = False
    changes: bool = False
    calls_locals: bool = False
    keeps_arguments: bool = False

    def absorb(self, inner: CodeFacts, *, later: bool) -> None:
        """Take in the facts of nested code."""
        self.later |= inner.later
        (self.later if later else self.loads).update(inner.loads)
        self.attributes |= inner.attributes
        self.strings |= inner.strings
        self.imports |= inner.imports
        self.stores |= inner.stores
        self.changes |= inner.changes
        self.calls_locals |= inner.calls_locals


_KNOWN: dict[types.CodeType, CodeFacts] = {}
_MOST_KNOWN = 5_000


def code_facts(code: types.CodeType) -> CodeFacts:
    """Return the facts of a code object, remembered from call to call."""
    facts = _KNOWN.get(code)
    if facts is None:
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        facts = _KNOWN[code] = _analyse(code)
    return facts


def _analyse(code: types.CodeType) -> CodeFacts:
    facts = CodeFacts(
        lazy=bool(code.co_flags & _GENERATORS),
        locals=frozenset((*code.co_varnames, *code.co_cellvars)),
    )
    instructions = list(dis.get_instructions(code))
    stored: set[str] = set()
    branched = False
    for position, instruction in enumerate(instructions):
        operation, value = instruction.opname, instruction.argval
        branched |= operation.startswith(("POP_JUMP", "FOR_ITER", "JUMP", "SEND"))
        if operation in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
            if value not in stored:
                facts.loads.add(value)
        elif operation in ("STORE_GLOBAL", "STORE_NAME"):
            facts.stores.add(value)
            if not branched:
                stored.add(value)
        elif "ATTR" in operation or operation == "LOAD_METHOD":
            if isinstance(value, str):
                facts.attributes.add(value)
        elif operation == "IMPORT_NAME":
            facts.imports.add(value)
        elif operation == "LOAD_CONST" and isinstance(value, types.CodeType):
            later = _only_returned(instructions, position, value)
            facts.absorb(code_facts(value), later=later)
        facts.changes |= operation in _CHANGES or _in_place(instruction)
    facts.strings.update(_texts(code.co_consts))
    facts.calls_locals |= any(map(_calls_local, pairwise(instructions)))
    facts.keeps_arguments = _keeps_arguments(code, instructions)
    return facts


def _calls_local(pair: tuple[dis.Instruction, dis.Instruction]) -> bool:
    """Tell the two instructions, in either order, by which a local variable is called."""
    names = {instruction.opname for instruction in pair}
    return "PUSH_NULL" in names and any(name.startswith(_LOCAL_LOADS) for name in names)


def _keeps_arguments(code: types.CodeType, instructions: list[dis.Instruction]) -> bool:
    parameters = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    called: object = None
    for position, instruction in enumerate(instructions):
        operation, value = instruction.opname, instruction.argval
        if operation.startswith(("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD")):
            called = value
        loads = operation.startswith(("LOAD_FAST", "LOAD_DEREF"))
        if loads and not parameters.isdisjoint(_names(value)):
            following = instructions[position + 1].opname
            if called not in NEVER_CALL and not following.startswith(("RETURN", "STORE_ATTR")):
                return False
    return not code.co_flags & _GENERATORS


def _in_place(instruction: dis.Instruction) -> bool:
    return instruction.opname == "BINARY_OP" and instruction.argrepr.endswith("=")


def _texts(constants: tuple[object, ...]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from _texts(constant)


def _only_returned(
    instructions: list[dis.Instruction], position: int, nested: types.CodeType
) -> bool:
    """Tell whether a nested function is only handed back, not run, by the code that makes it."""
    if nested.co_name in _INLINE:
        return False
    after = position + 1
    called = False
    while after < len(instructions) and instructions[after].opname in _FILLERS:
        called |= instructions[after].opname == "CALL"
        after += 1
    if after >= len(instructions) or (called and nested.co_name == "<lambda>"):
        return False
    if instructions[after].opname.startswith("RETURN"):
        return True
    if not instructions[after].opname.startswith("STORE_"):
        return False
    return _uses_are_returns(instructions, after)


def _uses_are_returns(instructions: list[dis.Instruction], store: int) -> bool:
    name = instructions[store].argval
    for position, instruction in enumerate(instructions):
        if position == store or name not in _names(instruction.argval):
            continue
        if instruction.opname in ("MAKE_CELL", "COPY_FREE_VARS", "LOAD_CLOSURE"):
            continue
        following = instructions[position + 1 : position + 2]
        if not following or not following[0].opname.startswith(("RETURN", "STORE_ATTR")):
            return False
    return True


def _names(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def calls_what_it_holds(member: object) -> bool:
    """Tell whether a method calls something it was given or finds in its object."""
    return isinstance(member, types.FunctionType) and code_facts(member.__code__).calls_locals


def calls_first_argument(function: object) -> bool:
    """Tell whether a live function itself calls its first parameter."""
    if not isinstance(function, types.FunctionType) or not function.__code__.co_argcount:
        return False
    name = function.__code__.co_varnames[0]
    instructions = list(dis.get_instructions(function.__code__))
    for position, instruction in enumerate(instructions):
        if instruction.argval == name and instruction.opname.startswith("LOAD_"):
            around = instructions[max(0, position - 1) : position + 2]
            if any(near.opname == "PUSH_NULL" for near in around):
                return True
    return False
