"""A repo, and a plain dictionary that should do the same: what people do is said once for both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import Protocol

from jupyter_lake.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    PathNotFoundError,
    RefNotFoundError,
)
from jupyter_lake.store import Repo, fsck, gc
from tests.store.schedules import Clock, Play, Scene
from tests.store.test_model import three_way

Files = dict[str, bytes]
State = tuple[dict[str, Files], dict[str, Files]]  # of branches and of tags

GRACE = timedelta(hours=2)
LONG = GRACE.total_seconds() * 10


class World(Protocol):
    """What people can do to a repo; ``lost-`` is what branch ``lost`` was when it was deleted."""

    def put(self, branch: str, **files: bytes | None) -> object: ...
    def merge(self, source: str, into: str) -> object: ...
    def revert(self, commit: str, branch: str) -> object: ...
    def undo(self, branch: str) -> object: ...
    def branch(self, name: str, start: str) -> object: ...
    def delete_branch(self, name: str) -> object: ...
    def tag(self, name: str, commit: str) -> object: ...
    def untag(self, name: str) -> object: ...
    def read(self, ref: str) -> Files: ...
    def collect(self) -> object: ...
    def rest(self, seconds: float) -> object: ...


Deed = Callable[[World], object]

# How people are told that what they want can't be done.
REFUSALS = (
    AlreadyExistsError,
    ConflictError,
    InvalidInputError,
    PathNotFoundError,
    RefNotFoundError,
)


class Real:
    """The repo itself."""

    def __init__(self, repo: Repo, *, grace: timedelta = GRACE) -> None:
        self.repo = repo
        self.grace = grace

    def put(self, branch: str, **files: bytes | None) -> None:
        with self.repo.transaction(branch, message="put") as tx:
            for path, content in files.items():
                tx.delete(path) if content is None else tx.write(path, content)

    def merge(self, source: str, into: str) -> None:
        self.repo.merge(self._commit(source), into=into)

    def revert(self, commit: str, branch: str) -> None:
        self.repo.revert(self._commit(commit), branch=branch)

    def undo(self, branch: str) -> None:
        self.repo.undo(branch)

    def branch(self, name: str, start: str) -> None:
        self.repo.create_branch(name, from_=self._commit(start))

    def delete_branch(self, name: str) -> None:
        self.repo.delete_branch(name)

    def tag(self, name: str, commit: str) -> None:
        self.repo.create_tag(name, self._commit(commit))

    def untag(self, name: str) -> None:
        self.repo.delete_tag(name)

    def read(self, ref: str) -> Files:
        commit = self.repo.commit(self._commit(ref))
        return {entry.path: commit.read(entry.path) for entry in commit.entries()}

    def collect(self) -> None:
        gc(self.repo.lake, retention=timedelta(0), grace=self.grace)

    def rest(self, seconds: float) -> None:
        Clock.pass_by(seconds)

    def state(self) -> State:
        branches, tags = self.repo.branches(), self.repo.tags()
        return (
            {branch.name: self.read(branch.commit) for branch in branches},
            {tag.name: self.read(tag.commit) for tag in tags},
        )

    def _commit(self, ref: str) -> str:
        if not ref.endswith("-"):
            return ref
        log = self.repo.branch_log(ref[:-1])
        return next(record.commit for record in log if record.commit and record.why == "commit")


@dataclass(frozen=True, eq=False)
class Point:
    """A commit of the model."""

    number: int
    files: Files
    parents: tuple[Point, ...]

    def ancestors(self) -> set[Point]:
        return {self}.union(*(parent.ancestors() for parent in self.parents))


@dataclass
class Plain:
    """The model: branches as logs of ``(commit, position)``."""

    logs: dict[str, list[tuple[Point | None, int]]] = field(default_factory=lambda: {"main": []})
    tags: dict[str, Point] = field(default_factory=dict)
    made: int = 0

    def put(self, branch: str, **files: bytes | None) -> None:
        head = self._head(branch)
        before = head.files if head else {}
        changed = before | files
        if not before.keys() >= {path for path, content in files.items() if content is None}:
            raise PathNotFoundError("nothing to delete")
        after = {path: content for path, content in changed.items() if content is not None}
        self._add(branch, after, head)

    def merge(self, source: str, into: str) -> None:
        other, head = self._commit(source), self._head(into)
        assert head is not None
        if other not in head.ancestors():
            base = max(head.ancestors() & other.ancestors(), key=lambda point: point.number)
            self._three_way(into, base.files, other.files, head, other)

    def revert(self, commit: str, branch: str) -> None:
        taken, head = self._commit(commit), self._head(branch)
        assert head is not None
        before = taken.parents[0].files if taken.parents else {}
        self._three_way(branch, taken.files, before, head)

    def undo(self, branch: str) -> None:
        log = self.logs.get(branch, [])
        if not log:
            raise RefNotFoundError("no branch")
        position = log[-1][1]
        before = log[position - 2] if position > 1 else (None, 0)
        if before[0] is None:
            raise InvalidInputError("nothing to undo")
        log.append(before)

    def branch(self, name: str, start: str) -> None:
        point = self._commit(start)
        if self.logs.get(name) and self.logs[name][-1][0]:
            raise AlreadyExistsError("a branch")
        self._move(name, point)

    def delete_branch(self, name: str) -> None:
        self._head(name)
        self._move(name, None)

    def tag(self, name: str, commit: str) -> None:
        point = self._commit(commit)
        if name in self.tags:
            raise AlreadyExistsError("a tag")
        self.tags[name] = point

    def untag(self, name: str) -> None:
        if self.tags.pop(name, None) is None:
            raise RefNotFoundError("no tag")

    def read(self, ref: str) -> Files:
        return self._commit(ref).files

    def collect(self) -> None:
        pass

    def rest(self, seconds: float) -> None:
        pass

    def state(self) -> State:
        heads = {name: log[-1][0] for name, log in self.logs.items() if log}
        return (
            {name: head.files for name, head in heads.items() if head},
            {name: point.files for name, point in self.tags.items()},
        )

    def _head(self, branch: str) -> Point | None:
        log = self.logs.get(branch)
        if log is None or (log and log[-1][0] is None):
            raise RefNotFoundError("no branch")
        return log[-1][0] if log else None

    def _commit(self, ref: str) -> Point:
        if ref.endswith("-"):
            return [point for point, _ in self.logs[ref[:-1]] if point][-1]
        name, _, back = ref.partition("~")
        point = self.tags.get(name) or self._head(name)
        for _ in range(int(back or 0)):
            assert point is not None
            point = point.parents[0]
        assert point is not None
        return point

    def _move(self, branch: str, point: Point | None) -> None:
        log = self.logs.setdefault(branch, [])
        log.append((point, len(log) + 1))

    def _add(self, branch: str, files: Files, *parents: Point | None) -> None:
        known = tuple(parent for parent in parents if parent)
        if len(known) == 1 and known[0].files == files:
            return
        self.made += 1
        self._move(branch, Point(self.made, files, known))

    def _three_way(
        self, branch: str, base: Files, theirs: Files, head: Point, *more: Point
    ) -> None:
        merged, clashes = three_way(base, head.files, theirs)
        if clashes:
            raise ConflictError("clash", paths=clashes)
        self._add(branch, merged, head, *more)


@dataclass
class Story:
    """Some people who meet at a repo.

    Attributes
    ----------
    before
        What has happened to the repo when they come.
    deeds
        What each of them does.
    losing
        Those who ask for what nothing leads to: a collection may come before them.
    """

    before: Deed
    deeds: Sequence[Deed]
    losing: Sequence[Deed] = ()
    grace: timedelta = GRACE

    def scene(self) -> Scene:
        return Scene(lambda repo: self.before(Real(repo)))

    def acts(self) -> list[Callable[[Repo], object]]:
        return [lambda repo, deed=deed: deed(Real(repo, grace=self.grace)) for deed in self.deeds]

    def check(self, scene: Scene, play: Play) -> None:
        """See that it came as if one had acted after the other, and that nothing is lost.

        Raises
        ------
        AssertionError
            With all calls that were made, in their order.
        """
        try:
            self._check(scene, play)
        except Exception as error:
            raise AssertionError("\n".join([*play.trace, repr(error)])) from error

    def _check(self, scene: Scene, play: Play) -> None:
        for actor in play.actors:
            if actor.error is not None and not isinstance(actor.error, REFUSALS):
                raise actor.error
        report = fsck(scene.repo().lake)
        assert report.clean, report
        found = Real(scene.repo()).state()
        assert any(self._comes_to(order, play, found) for order in self._orders(play)), (
            found,
            [actor.error for actor in play.actors],
        )
        self._again(scene, play)

    def _again(self, scene: Scene, play: Play) -> None:
        """See that whoever gave way to another gets through when he tries again."""
        for actor in play.actors:
            if isinstance(actor.error, ConflictError) and not actor.error.paths:
                try:
                    self.deeds[actor.number](Real(scene.repo()))
                except REFUSALS:
                    continue  # what it was to be done to has gone, or was done by the other
                finally:
                    assert fsck(scene.repo().lake).clean

    def _orders(self, play: Play) -> list[tuple[int, ...]]:
        """Return the orders in which those who had an effect could have acted."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for at, (who, _, _) in enumerate(play.calls):
            first.setdefault(who, at)
            last[who] = at
        acted = [
            actor.number for actor in play.actors if not self._gave_way(actor.error, actor.number)
        ]
        return [
            order
            for order in permutations(acted)
            if all(
                last[one] > first[later]
                for place, later in enumerate(order)
                for one in order[place + 1 :]
            )
        ]

    def _gave_way(self, error: BaseException | None, number: int) -> bool:
        """Tell whether somebody was refused because another was at work, and so did nothing."""
        if isinstance(error, ConflictError):
            return True
        return isinstance(error, RefNotFoundError) and self.deeds[number] in self.losing

    def _comes_to(self, order: Sequence[int], play: Play, found: State) -> bool:
        plain = Plain()
        self.before(plain)
        for number in order:
            actor = play.actors[number]
            try:
                answer = self.deeds[number](plain)
            except REFUSALS as error:
                # Of two who ask for the same both may hear that it is done.
                agreed = actor.error is None and self.deeds.count(self.deeds[number]) > 1
                if type(actor.error) is not type(error) and not agreed:
                    return False
            else:
                if actor.error is not None or answer != actor.answer:
                    return False
        return plain.state() == found
