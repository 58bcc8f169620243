"""The store does what a plain dictionary would: a state machine compares the two."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jupyter_lake.errors import ConflictError, InvalidInputError, RefNotFoundError
from jupyter_lake.store import Lake, Repo, fsck, gc, trees
from tests.searching import examples
from tests.servers import BUCKET, S3Server

PATHS = ["a", "b.txt", "c/d", "c/e", "c/f/g", "ü/你好 €", "many/0", "many/1", "many/2"]
BRANCHES = ["main", "fix", "Dev-2", "x.y"]
TAGS = ["v1", "v2"]

Files = dict[str, bytes]

pytestmark = pytest.mark.hypothesis

files = st.dictionaries(
    st.sampled_from(PATHS),
    st.one_of(st.none(), st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)
branch_names = st.sampled_from(BRANCHES)
picks = st.integers(min_value=0, max_value=1_000)


@dataclass
class Point:
    """A commit of the model."""

    number: int
    files: Files
    parents: tuple[str, ...]


@dataclass
class Step:
    """A record of a branch's log in the model."""

    commit: str | None
    position: int


@dataclass
class Model:
    """A repo as a person would think of it."""

    commits: dict[str, Point] = field(default_factory=dict)
    logs: dict[str, list[Step]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)

    def head(self, branch: str) -> str | None:
        log = self.logs.get(branch)
        return log[-1].commit if log else None

    @property
    def branches(self) -> dict[str, str]:
        return {name: head for name in self.logs if (head := self.head(name))}

    def files(self, commit: str | None) -> Files:
        return self.commits[commit].files if commit else {}

    def move(self, branch: str, commit: str | None, position: int = 0) -> None:
        log = self.logs.setdefault(branch, [])
        log.append(Step(commit, position or len(log) + 1))

    def add(self, branch: str, id: str, content: Files, parents: tuple[str, ...]) -> None:
        self.commits[id] = Point(len(self.commits), content, parents)
        self.move(branch, id)

    def ancestors(self, *starts: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(starts)
        while waiting:
            id = waiting.pop()
            if id not in seen:
                seen.add(id)
                waiting += self.commits[id].parents
        return seen

    def base(self, one: str, other: str) -> str | None:
        common = self.ancestors(one) & self.ancestors(other)
        return max(common, key=lambda id: self.commits[id].number, default=None)


def three_way(base: Files, ours: Files, theirs: Files) -> tuple[Files, list[str]]:
    """Return what both sides' changes make together, and the paths where they differ."""
    merged, clashes = {}, []
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        was, mine, other = base.get(path), ours.get(path), theirs.get(path)
        if mine != other and was not in (mine, other):
            clashes.append(path)
        found = other if was == mine else mine
        if found is not None:
            merged[path] = found
    return merged, clashes


class StoreMachine(RuleBasedStateMachine):
    """Does the same to a repo and to a model, and finds them the same."""

    url: str
    options: ClassVar[dict[str, object]] = {}

    def place(self) -> str:
        raise NotImplementedError

    @initialize()
    def make(self) -> None:
        self.model = Model()
        self.where = self.place()
        self.lake = Lake.create(self.where, storage_options=self.options)
        self.repo: Repo = self.lake.create_repo("sales")

    # What people do

    @rule(branch=branch_names, changes=files)
    def commit(self, branch: str, changes: dict[str, bytes | None]) -> None:
        head = self.model.head(branch)
        if head is None and not (branch == "main" and branch not in self.model.logs):
            with pytest.raises(RefNotFoundError):
                self.repo.transaction(branch)
            return
        before = self.model.files(head)
        after = dict(before)
        with self.repo.transaction(branch, message="commit ✓") as tx:
            for path, content in changes.items():
                if content is not None:
                    tx.write(path, content)
                    after[path] = content
                elif path in after:
                    tx.delete(path)
                    del after[path]
        if after != before:
            parents = (head,) if head else ()
            self.model.add(branch, tx.commit.id, after, parents)

    @precondition(lambda self: self.model.branches)
    @rule(name=branch_names, pick=picks)
    def create_branch(self, name: str, pick: int) -> None:
        heads = sorted(self.model.ancestors(*self.model.branches.values()))
        start = heads[pick % len(heads)]
        if self.model.head(name):
            with pytest.raises(Exception, match="already has a branch"):
                self.repo.create_branch(name, from_=start)
        else:
            assert self.repo.create_branch(name, from_=start[:20]).commit == start
            self.model.move(name, start)

    @rule(name=branch_names)
    def delete_branch(self, name: str) -> None:
        if name == "main":
            with pytest.raises(InvalidInputError):
                self.repo.delete_branch(name)
        elif self.model.head(name) is None:
            with pytest.raises(RefNotFoundError):
                self.repo.delete_branch(name)
        else:
            self.repo.delete_branch(name)
            self.model.move(name, None)

    @precondition(lambda self: self.model.branches)
    @rule(source=branch_names, into=branch_names)
    def merge(self, source: str, into: str) -> None:
        other, mine = self.model.head(source), self.model.head(into)
        if other is None or mine is None:
            return
        if other in self.model.ancestors(mine):
            assert self.repo.merge(source, into=into).id == mine
            return
        base = self.model.base(mine, other)
        merged, clashes = three_way(
            self.model.files(base), self.model.files(mine), self.model.files(other)
        )
        if clashes:
            with pytest.raises(ConflictError) as caught:
                self.repo.merge(source, into=into)
            assert list(caught.value.paths) == clashes
            assert (caught.value.base, caught.value.ours, caught.value.theirs) == (
                base,
                mine,
                other,
            )
        else:
            id = self.repo.merge(source, into=into).id
            self.model.add(into, id, merged, (mine, other))

    @precondition(lambda self: self.model.branches)
    @rule(branch=branch_names, pick=picks)
    def revert(self, branch: str, pick: int) -> None:
        mine = self.model.head(branch)
        if mine is None:
            return
        history = sorted(self.model.ancestors(mine))
        taken = history[pick % len(history)]
        parents = self.model.commits[taken].parents
        before = self.model.files(parents[0] if parents else None)
        merged, clashes = three_way(self.model.files(taken), self.model.files(mine), before)
        if clashes:
            with pytest.raises(ConflictError) as caught:
                self.repo.revert(taken, branch=branch)
            assert list(caught.value.paths) == clashes
        else:
            id = self.repo.revert(taken, branch=branch).id
            if merged != self.model.files(mine):
                self.model.add(branch, id, merged, (mine,))
            else:
                assert id == mine

    @rule(branch=branch_names)
    def undo(self, branch: str) -> None:
        log = self.model.logs.get(branch)
        if not log:
            with pytest.raises(RefNotFoundError):
                self.repo.undo(branch)
            return
        position = log[-1].position
        before = log[position - 2] if position > 1 else None
        if before is None or before.commit is None:
            with pytest.raises(InvalidInputError):
                self.repo.undo(branch)
        elif before.commit in self.model.collected:
            with pytest.raises(RefNotFoundError, match="gc"):
                self.repo.undo(branch)
        else:
            assert self.repo.undo(branch).commit == before.commit
            self.model.move(branch, before.commit, before.position)

    @precondition(lambda self: self.model.branches)
    @rule(name=st.sampled_from(TAGS), branch=branch_names)
    def tag(self, name: str, branch: str) -> None:
        commit = self.model.head(branch)
        if commit is None:
            return
        if name in self.model.tags:
            with pytest.raises(Exception, match="already has a tag"):
                self.repo.create_tag(name, branch)
        else:
            self.repo.create_tag(name, branch, message="größer")
            self.model.tags[name] = commit

    @rule(name=st.sampled_from(TAGS))
    def delete_tag(self, name: str) -> None:
        if self.model.tags.pop(name, None):
            self.repo.delete_tag(name)
        else:
            with pytest.raises(RefNotFoundError):
                self.repo.delete_tag(name)

    @rule(forgetful=st.booleans())
    def collect(self, forgetful: bool) -> None:
        retention = timedelta(0) if forgetful else timedelta(days=1)
        report = gc(self.lake, retention=retention, grace=timedelta(seconds=-5))
        named = [*self.model.branches.values(), *self.model.tags.values()]
        if not forgetful:
            named += [s.commit for log in self.model.logs.values() for s in log if s.commit]
            named = [id for id in named if id not in self.model.collected]
        gone = self.model.commits.keys() - self.model.ancestors(*named) - self.model.collected
        assert report.deleted["commits"] == len(gone)
        self.model.collected |= gone

    @rule()
    def reopen(self) -> None:
        self.lake = Lake.open(self.where, storage_options=self.options)
        self.repo = self.lake.repo("sales")

    # What must hold

    @invariant()
    def branches_are_the_same(self) -> None:
        if not hasattr(self, "repo"):
            return
        found = {branch.name: branch.commit for branch in self.repo.branches()}
        assert found == self.model.branches
        assert {tag.name: tag.commit for tag in self.repo.tags()} == self.model.tags

    @precondition(lambda self: self.model.branches)
    @rule(pick=picks)
    def look(self, pick: int) -> None:
        named = {**self.model.tags, **self.model.branches}
        name = sorted(named)[pick % len(named)]
        self.compare(self.repo, name, named[name])

    def compare(self, repo: Repo, name: str, commit: str) -> None:
        found = repo.commit(name)
        point = self.model.commits[commit]
        assert (found.id, found.parents) == (commit, point.parents)
        assert {e.path: found.read(e.path) for e in found.entries()} == point.files
        history = [each.id for each in repo.log(name, limit=None)]
        assert len(history) == len(set(history))
        assert set(history) == self.model.ancestors(commit)
        parent = self.model.files(point.parents[0] if point.parents else None)
        changed = {p for p in parent.keys() | point.files if parent.get(p) != point.files.get(p)}
        assert {change.path for change in found.changes()} == changed

    def teardown(self) -> None:
        if not hasattr(self, "repo"):
            return
        lake = Lake.open(self.where, storage_options=self.options)
        repo = lake.repo("sales")
        for name, commit in {**self.model.tags, **self.model.branches}.items():
            self.compare(repo, name, commit)
        for name, log in self.model.logs.items():
            written = [(r.commit, r.position) for r in reversed(repo.branch_log(name))]
            assert written == [(step.commit, step.position) for step in log]
        report = fsck(lake)
        assert report.clean, report


def machine(place: object, options: dict[str, object] | None = None) -> type[StoreMachine]:
    """Return the machine for one kind of store."""
    members = {"place": place, "options": options or {}}
    return type("Machine", (StoreMachine,), members)


def run(kind: type[StoreMachine], *, count: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples(count),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(kind, settings=chosen)


@pytest.fixture
def tiny_inline_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the few files here some trees are large: they leave their commits, and come back."""
    monkeypatch.setattr(trees, "INLINE_ENTRIES", 2)


@pytest.mark.usefixtures("tiny_inline_trees")
def test_a_folder_does_what_a_dictionary_does(tmp_path: Path) -> None:
    class Folder(StoreMachine):
        def place(self) -> str:
            return tempfile.mkdtemp(dir=tmp_path) + "/lake"

        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "where"):
                shutil.rmtree(self.where)

    run(Folder, count=40, steps=30)


@pytest.mark.usefixtures("tiny_inline_trees")
def test_memory_does_what_a_dictionary_does() -> None:
    run(machine(lambda _: f"memory://{uuid4().hex}"), count=60, steps=30)


@pytest.mark.s3
def test_a_bucket_does_what_a_dictionary_does(s3_server: S3Server) -> None:
    place = lambda _: f"s3://{BUCKET}/{uuid4().hex}"  # noqa: E731
    run(machine(place, s3_server.storage_options), count=5, steps=15)
