"""An oracle for the data flow: change the number in one execution and see what comes out otherwise.

Notebooks are drawn from templates. Each execution has a number of its own in its source. The cells
run once as they are and once for each execution with its number changed: where a later cell binds
or changes something that then differs, it must have that execution among its ancestors.
"""

from __future__ import annotations

import collections
import functools
import random
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jupyter_lake.lineage.dataflow import Dataflow

PRELUDE = "import collections, contextlib, copy, functools, itertools"
VALUES, FUNCTIONS, CLASSES = ("v0", "v1", "v2", "v3"), ("f0", "f1", "f2"), ("C0", "C1")

TEMPLATES = """
{new} = [{N}]
{new} = {{'k': [{N}]}}
{new} = ({{'k': {N}}}, 1)
{new} = collections.deque([{N}])
{new} = {any}
{new} = [{any}, {N}]
{new} = {{'k': {any}, 'n': {N}}}
{new} = {list}[:]
{new} = copy.deepcopy({any})
{new} = {list}[0]
{new} = {dict}['k']
{any}, {any2} = {any2}, {any}
{new} = {dict}.values()
{new} = functools.partial({list}.append, {N})
{new} = [e for e in itertools.islice({list}, 9)]
{list}.append({N})
{list} += [{N}]
{list}.append({any})
{list}.insert(0, {N})
{list}.extend(list(itertools.islice({list2}, 3)))
{list}[-1:] = [{list}[-1], {N}]
{dict}['m'] = ({dict}['k'], {N})
{dict}.update(n={N})
{dict}.setdefault('s', []).append({N})
{bound}()
exec('{list}.append({N})')
globals()['{new}'] = [{N}]
for e in list({list}):
    if isinstance(e, list): e.append({N})
if {N} < 0: {any} = [{N}]
if {N} > 0: {any} = [{N}]
try:
    {any} = [{N}]; 1 / 0
except ZeroDivisionError: pass
{list}.append({N}); 1 / 0; {any2} = 3
1 / 0; {any} = [{N}]
{any} = [{N}]; raise KeyboardInterrupt
del {any}
with contextlib.suppress(Exception):
    1 / 0; {any} = [{N}]
def {f}(): return ({any}, {N})
def {f}(): {list}.append({N})
def {f}():
    global {any}
    {any} = [{N}]
def {f}(v=[{N}]):
    v.append(1); return v
def {f}(): return {function}()
def {f}():
    for e in {list}: yield (e, {N})
def make():
    n = [{N}]
    def add(): n.append(1); return n
    def get(): return n
    return add, get
{f}, {f2} = make()
def make():
    n = {N}
    def add():
        nonlocal n
        n += 1
        return n
    def get(): return n
    return add, get
{f}, {f2} = make()
def decorate(function):
    @functools.wraps(function)
    def inner(): return (function(), {N})
    return inner
{f} = decorate({function})
{new} = {function}()
{function}()
{new} = [{function}() for _ in range(2)]
{f} = {function}
{new} = [{function}]
{new} = (({N}, e) for e in {list})
{new} = iter([{N}] * 5)
{new} = next({iterator})
next({iterator}, None)
{new} = list(itertools.islice({iterator}, 3))
class {C}:
    v = [{N}]
    def add(self): self.v.append({N}); return self
    def own(self): self.w = [{N}]
    def see(self): return (self.v, {any})
class {C}:
    @property
    def v(self): return ({any}, {N})
    def add(self): return {N}
    def own(self): self.w = [{N}]
    def see(self): return self.v
class {C}({class}):
    def see(self): return (super().see(), {N})
{new} = {class}()
{class}.x = {N}
{object}.add()
{object}.own()
{new} = {object}.see()
{new} = {object}.v
setattr({object}, 'z', {N})
{object}.other = {any}
"""


def templates() -> list[str]:
    """Return the templates: a line that begins in the first column and no block goes on."""
    found: list[str] = []
    for line in TEMPLATES.strip().splitlines():
        goes_on = line.startswith((" ", "except", "{f}, {f2}", "{f} = decorate"))
        if goes_on:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def _is_object(value: object) -> bool:
    return type(value).__name__ in CLASSES


KINDS: dict[str, tuple[tuple[str, ...], Callable[[object], object]]] = {
    "any": (VALUES, lambda v: isinstance(v, list | dict | tuple | int) or _is_object(v)),
    "list": (VALUES, lambda v: isinstance(v, list) and 0 < len(v) < 12),
    "dict": (VALUES, lambda v: isinstance(v, dict) and "k" in v),
    "bound": (VALUES, lambda v: isinstance(v, functools.partial)),
    "iterator": (VALUES, lambda v: hasattr(v, "__next__")),
    "object": (VALUES, _is_object),
    "function": (FUNCTIONS, lambda v: isinstance(v, types.FunctionType)),
    "class": (CLASSES, lambda v: isinstance(v, type)),
}
KINDS |= {f"{kind}2": KINDS[kind] for kind in ("any", "list")}


@dataclass(frozen=True)
class Cell:
    """One execution: its source and the number in it."""

    source: str
    number: int

    def changed(self) -> str:
        """Return the source with another number."""
        return self.source.replace(str(self.number), str(self.number + 5000))


def run(source: str, namespace: dict[str, object]) -> bool:
    """Run a cell; tell whether it raised."""
    try:
        exec(compile(source, "cell", "exec"), namespace)
    except (Exception, KeyboardInterrupt):
        return True
    return False


def fresh() -> dict[str, object]:
    """Return an empty notebook."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(PRELUDE, namespace)
    return namespace


def draw(choose: random.Random, length: int) -> list[Cell]:
    """Draw a notebook; about every seventh execution is of a cell that ran before."""
    namespace, cells, every = fresh(), list[Cell](), templates()
    while len(cells) < length:
        if cells and choose.random() < 0.15:
            cell = choose.choice(cells)
        else:
            number = 7001 + len(cells)
            source = _filled(choose.choice(every), number, namespace, choose)
            if source is None:
                continue
            cell = Cell(source, number)
        cells.append(cell)
        run(cell.source, namespace)
    return cells


def _filled(
    template: str, number: int, namespace: dict[str, object], choose: random.Random
) -> str | None:
    names = {"N": str(number), "new": choose.choice(VALUES), "C": choose.choice(CLASSES)}
    names["f"], names["f2"] = choose.sample(FUNCTIONS, 2)
    for kind, (pool, fits) in KINDS.items():
        if f"{{{kind}}}" in template:
            live = [name for name in pool if name in namespace and fits(namespace[name])]
            live = [name for name in live if name not in names.values() or kind == "class"]
            if not live:
                return None
            names[kind] = choose.choice(live)
    return template.format(**names)


# -- what there is ------------------------------------------------------------------------


def parts(value: object) -> list[tuple[str, object]]:
    """Return what an object holds, by the step that leads there."""
    if isinstance(value, list | tuple | collections.deque | type({}.values())):
        return [(str(place), part) for place, part in enumerate(value)]
    if isinstance(value, dict):
        return [(str(key), part) for key, part in value.items()]
    if isinstance(value, types.CellType):
        return [("cell", value.cell_contents)]
    if isinstance(value, types.FunctionType):
        held = [*(value.__closure__ or ()), *(value.__defaults__ or ())]
        return [(str(place), part) for place, part in enumerate(held)]
    if isinstance(value, functools.partial):
        return [("self", value.func.__self__), *parts(value.args)]  # type: ignore[attr-defined]
    if isinstance(value, types.GeneratorType):
        return list(value.gi_frame.f_locals.items()) if value.gi_frame else []
    if isinstance(value, type):
        own = vars(value).items() if value.__name__ in CLASSES else ()
        return [(name, part) for name, part in own if not name.startswith("__")]
    if type(value).__name__ == "list_iterator":
        return list(_flat(value.__reduce__()[1:], "r"))
    return list(vars(value).items()) if _is_object(value) else []


def _flat(values: object, step: str) -> Iterator[tuple[str, object]]:
    assert isinstance(values, tuple)
    for place, part in enumerate(values):
        if isinstance(part, tuple):
            yield from _flat(part, f"{step}{place}")
        else:
            yield f"{step}{place}", part


def label(value: object) -> str:
    """Return what an object is by itself."""
    if isinstance(value, int | str | None):
        return repr(value)
    if isinstance(value, types.FunctionType):
        return f"function {_constants(value.__code__)}"
    if isinstance(value, types.GeneratorType):
        frame = value.gi_frame
        return f"generator {frame.f_lasti if frame else None} {_constants(value.gi_code)}"
    return type(value).__name__


def _constants(code: types.CodeType) -> list[object]:
    return [
        _constants(part) if isinstance(part, types.CodeType) else part for part in code.co_consts
    ]


def deep(value: object, seen: dict[int, int] | None = None) -> str:
    """Return all that an object holds as a text."""
    seen = {} if seen is None else seen
    if id(value) in seen and not isinstance(value, int | str):
        return f"<{seen[id(value)]}>"
    seen[id(value)] = len(seen)
    inner = ",".join(f"{step}:{deep(part, seen)}" for step, part in parts(value))
    return f"({label(value)} {inner})"


Path = tuple[str, ...]


def everything(namespace: dict[str, object]) -> dict[Path, object]:
    """Return each object once, by a shortest path to it."""
    names = (*VALUES, *FUNCTIONS, *CLASSES)
    level: list[tuple[Path, object]] = [((n,), namespace[n]) for n in names if n in namespace]
    found, seen = dict[Path, object](), set[int]()
    while level:
        below = list[tuple[Path, object]]()
        for path, value in level:
            if id(value) not in seen:
                seen.add(id(value))
                found[path] = value
                below += [((*path, step), part) for step, part in parts(value)]
        level = below
    return found


def shallow(value: object) -> object:
    """Return what tells a change of one object itself."""
    atoms = int | str
    return label(value), [(s, p if isinstance(p, atoms) else id(p)) for s, p in parts(value)]


def at(namespace: dict[str, object], path: Path) -> str:
    """Return what lies at a path, as a text."""
    if path[0] not in namespace:
        return "nothing"
    value = namespace[path[0]]
    for step in path[1:]:
        inside = dict(parts(value))
        if step not in inside:
            return "nothing"
        value = inside[step]
    return deep(value)


# -- the oracle and the recorder ----------------------------------------------------------


def effects(cells: list[Cell]) -> list[dict[Path, str]]:
    """Return what each execution bound or changed, with what it was then."""
    namespace, found = fresh(), list[dict[Path, str]]()
    for cell in cells:
        before = everything(namespace)
        states = {id(value): shallow(value) for value in before.values()}
        bound = {name: id(value) for name, value in namespace.items()}
        run(cell.source, namespace)
        paths = {
            path
            for path, value in everything(namespace).items()
            if states.get(id(value), shallow(value)) != shallow(value)
        }
        paths |= {
            (name,)
            for name in (*VALUES, *FUNCTIONS, *CLASSES)
            if name in namespace and bound.get(name) != id(namespace[name])
        }
        found.append({path: at(namespace, path) for path in paths})
        del before
    return found


def required(cells: list[Cell]) -> set[tuple[int, int]]:
    """Return the pairs of executions of which the second certainly comes from the first."""
    known, found = effects(cells), set[tuple[int, int]]()
    for first in range(len(cells)):
        namespace = fresh()
        for later, cell in enumerate(cells):
            run(cell.changed() if later == first else cell.source, namespace)
            if later > first and any(at(namespace, p) != was for p, was in known[later].items()):
                found.add((first, later))
    return found


def ancestors(cells: list[Cell]) -> list[set[int]]:
    """Return the ancestors of each execution, as the data flow tells them."""
    main = types.ModuleType("__main__")
    held, sys.modules["__main__"] = sys.modules["__main__"], main
    try:
        exec(PRELUDE, main.__dict__)
        dataflow, found = Dataflow(main.__dict__), list[set[int]]()
        for place, cell in enumerate(cells):
            pending = dataflow.before(cell.source, str(place))
            flow = dataflow.after(pending, raised=run(cell.source, main.__dict__))
            direct = {int(edge.upstream_key) for edge in flow.edges}
            found.append(direct.union(*(found[key] for key in direct)))
            assert dataflow.last_failure is None
    finally:
        sys.modules["__main__"] = held
    return found
