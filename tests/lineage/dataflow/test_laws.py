"""A law: for notebooks of lists, what is found is exactly what a model of the flow says."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_lake.lineage.dataflow import Dataflow
from tests.searching import examples

NAMES = ("a", "b", "c", "d")
_names = st.sampled_from(NAMES)
_statements = st.one_of(
    st.builds("{} = [1]".format, _names),
    st.builds("{} = {}".format, _names, _names),
    st.builds("{} = [{}]".format, _names, _names),
    st.builds("{}.append(1)".format, _names),
    st.builds("{} = list({})".format, _names, _names),
    st.builds("{} += [2]".format, _names),
)
_cells = st.lists(st.lists(_statements, min_size=1, max_size=3), min_size=2, max_size=8)


@dataclass
class Model:
    """Lists, names for them, and who wrote what last."""

    bound: dict[str, int] = field(default_factory=dict)
    items: dict[int, list[int]] = field(default_factory=dict)
    binder: dict[str, int] = field(default_factory=dict)
    changer: dict[int, int] = field(default_factory=dict)
    parents: dict[int, set[int]] = field(default_factory=dict)

    def run(self, cell: int, statements: list[str]) -> None:
        self.parents[cell] = set()
        stored: set[str] = set()
        changed: set[int] = set()
        known = len(self.items)
        for statement in statements:
            target, _, source = statement.partition(" = ")
            if source:
                read = source.strip("[]").removeprefix("list(").removesuffix(")")
                new = self._new(cell, statement, source, read, stored)
                self.bound[target] = new
                self.binder[target] = cell
                stored.add(target)
            else:
                name = statement[0]
                self._read(cell, name, stored)
                changed.add(self.bound[name])
                if "+=" in statement:
                    self.binder[name] = cell
                    stored.add(name)
        self.changer.update((each, cell) for each in changed if each < known)

    def _new(self, cell: int, statement: str, source: str, read: str, stored: set[str]) -> int:
        if read == "1":
            return self._list([])
        self._read(cell, read, stored)
        if source == read:
            return self.bound[read]
        inside = (
            [self.bound[read]] if source.startswith("[") else list(self.items[self.bound[read]])
        )
        return self._list(inside)

    def _list(self, items: list[int]) -> int:
        self.items[len(self.items)] = items
        return len(self.items) - 1

    def _read(self, cell: int, name: str, stored: set[str]) -> None:
        if name in stored:
            return
        self.parents[cell].add(self.binder[name])
        pending = [self.bound[name]]
        while pending:
            each = pending.pop()
            if each in self.changer:
                self.parents[cell].add(self.changer[each])
            pending.extend(self.items[each])


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(_cells)
@example([["d = [a]"], ["b = [d]"], ["d.append(1)", "d = [1]"], ["c = b"]])
@example([["d = [a]"], ["d.append(1)", "a = d", "d = [1]"], ["a = a"], ["a.append(1)"]])
def test_lists_and_aliases(cells: list[list[str]]) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    dataflow, model = Dataflow(namespace), Model()
    first = [f"{name} = [1]" for name in NAMES]
    for key, statements in enumerate([first, *cells]):
        pending = dataflow.before("\n".join(statements), str(key))
        exec("\n".join(statements), namespace)
        flow = dataflow.after(pending, raised=False)
        model.run(key, statements)
        found = {int(edge.upstream_key) for edge in flow.edges}
        assert dataflow.last_failure is None
        assert found == model.parents[key] - {key}, (key, statements)
