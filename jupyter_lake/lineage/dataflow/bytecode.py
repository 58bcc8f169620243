"""What a live function would load, from its code object."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_lake.lineage.dataflow.instructions import (
    LOCAL_LOADS,
    Instruction,
    called_locals,
    instructions_of,
)
from jupyter_lake.lineage.dataflow.known import NEVER_CALL

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CodeFacts", "calls_first_argument", "calls_what_it_holds", "code_facts"]

_FILLERS = frozenset(("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE", "CALL", "PRECALL", "CACHE", "NOP"))
_INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_GENERATORS = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR
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
    instructions = instructions_of(code)
    _note_names(facts, instructions)
    for position, (operation, value) in enumerate(instructions):
        if operation == "LOAD_CONST" and isinstance(value, types.CodeType):
            later = _only_returned(instructions, position, value)
            facts.absorb(code_facts(value), later=later)
        facts.changes |= operation in _CHANGES or _in_place(operation, value)
    facts.strings.update(_texts(code.co_consts))
    facts.calls_locals |= any(True for _ in called_locals(instructions))
    facts.keeps_arguments = _keeps_arguments(code, instructions)
    return facts


def _note_names(facts: CodeFacts, instructions: list[Instruction]) -> None:
    stored: set[str] = set()
    branched = False
    for operation, value in instructions:
        branched |= operation.startswith(("POP_JUMP", "FOR_ITER", "JUMP", "SEND"))
        if not isinstance(value, str):
            continue
        if operation in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
            if value not in stored:
                facts.loads.add(value)
        elif operation in ("STORE_GLOBAL", "STORE_NAME"):
            facts.stores.add(value)
            if not branched:
                stored.add(value)
        elif "ATTR" in operation or operation == "LOAD_METHOD":
            facts.attributes.add(value)
        elif operation == "IMPORT_NAME":
            facts.imports.add(value)


def _in_place(operation: str, value: object) -> bool:
    return operation == "BINARY_OP" and str(value).endswith("=")


def _keeps_arguments(code: types.CodeType, instructions: list[Instruction]) -> bool:
    parameters = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    called: object = None
    for position, (operation, value) in enumerate(instructions):
        if operation.startswith(("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD")):
            called = value
        if operation.startswith(LOCAL_LOADS) and value in parameters:
            following = instructions[position + 1].operation
            if called not in NEVER_CALL and not following.startswith(("RETURN", "STORE_ATTR")):
                return False
    return not code.co_flags & _GENERATORS


def _texts(constants: tuple[object, ...]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from _texts(constant)


def _only_returned(instructions: list[Instruction], position: int, nested: types.CodeType) -> bool:
    """Tell whether a nested function is only handed back, not run, by the code that makes it."""
    if nested.co_name in _INLINE:
        return False
    after = position + 1
    called = False
    while after < len(instructions) and instructions[after].operation in _FILLERS:
        called |= instructions[after].operation == "CALL"
        after += 1
    if after >= len(instructions) or (called and nested.co_name == "<lambda>"):
        return False
    if instructions[after].operation.startswith("RETURN"):
        return True
    if not instructions[after].operation.startswith("STORE_"):
        return False
    return _uses_are_returns(instructions, after)


def _uses_are_returns(instructions: list[Instruction], store: int) -> bool:
    name = instructions[store].value
    for position, (operation, value) in enumerate(instructions):
        if position == store or value != name:
            continue
        if operation in ("MAKE_CELL", "COPY_FREE_VARS", "LOAD_CLOSURE"):
            continue
        following = instructions[position + 1 : position + 2]
        if not following or not following[0].operation.startswith(("RETURN", "STORE_ATTR")):
            return False
    return True


def calls_what_it_holds(member: object) -> bool:
    """Tell whether a method calls something it was given or finds in its object."""
    return isinstance(member, types.FunctionType) and code_facts(member.__code__).calls_locals


def calls_first_argument(function: object) -> bool:
    """Tell whether a live function itself calls its first parameter."""
    if not isinstance(function, types.FunctionType) or not function.__code__.co_argcount:
        return False
    code = function.__code__
    return code.co_varnames[0] in called_locals(instructions_of(code))
