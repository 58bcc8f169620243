"""Several people at work on one lake, one store call at a time, in an order that is given.

Each actor is a process of its own as far as the store can tell: it has opened the
lake for itself and remembers nothing of the others. Its calls to the store wait for
their turn, and one thread runs at a time; so a schedule (whose turn it is, for how
many calls) says all that happens, and happens again in the same way. Time is counted,
too: it passes call by call. Exploring all schedules with few switches before those
with many is from Musuvathi and Qadeer, "Iterative context bounding for systematic
testing of multithreaded programs" (PLDI 2007), which CHESS does.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import pytest

from jupyter_lake.store import Lake, Repo
from jupyter_lake.store.backends.discarding import look_and_delete
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

T = TypeVar("T")

Deed = Callable[[Repo], object]
Plan = Sequence[tuple[int, int]]  # (whose turn, for how many calls)

WRITES = ("create", "put", "delete", "touch")
CALL = 0.1  # seconds that a call takes
PAUSE = 5.0  # seconds that whoever waits for another sleeps
REST = 1 << 30
TOO_MANY = 3000  # calls: then nobody gets on

# Gathers of a thread of the innermost pool are made one call after another.
THREAD = "lake-store-2_{}"


class DiedError(BaseException):
    """The process is gone: nothing it would still do has any effect."""


BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


class Clock(datetime):
    """The time, which passes with each call to the store."""

    moment: ClassVar[datetime] = BEGINNING
    offset: ClassVar[dict[int, timedelta]] = {}  # of processes whose own clocks are wrong

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """Return what the clock of the process shows that runs now."""
        return (cls.moment + cls.offset.get(threading.get_ident(), timedelta(0))).astimezone(tz)

    @classmethod
    def seconds(cls) -> float:
        """Return how long it is since some moment."""
        return cls.moment.timestamp()

    @classmethod
    def pass_by(cls, seconds: float) -> None:
        """Let time pass."""
        cls.moment += timedelta(seconds=seconds)


class StoreClock(Clock):
    """The clock of the store itself, which all see alike."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return Clock.moment.astimezone(tz)


@dataclass
class Actor:
    """One process, and what has become of it."""

    number: int
    deed: Deed
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    calls: int = 0
    dies_at: int | None = None
    done: bool = False
    answer: object = None
    error: BaseException | None = None


class Stepping:
    """A bucket as one process sees it: each call to it waits for the process's turn."""

    def __init__(self, objects: ObjectStore, step: Callable[[str], None]) -> None:
        self.objects = objects
        self.url = objects.url
        self.storage_options: Mapping[str, object] = {}
        self._step = step

    def get(self, key: str, *, start: int | None = None, end: int | None = None) -> bytes:
        self._step(f"get {key}")
        return self.objects.get(key, start=start, end=end)

    def create(self, key: str, data: bytes | Path) -> None:
        self._step(f"create {key}")
        self.objects.create(key, data)

    def put(self, key: str, data: bytes) -> None:
        self._step(f"put {key}")
        self.objects.put(key, data)

    def info(self, key: str) -> ObjectInfo | None:
        self._step(f"info {key}")
        return self.objects.info(key)

    def list(self, prefix: str, *, after: str | None = None) -> Iterator[ObjectInfo]:
        self._step(f"list {prefix}")
        return iter(tuple(self.objects.list(prefix, after=after)))

    def folders(self, prefix: str) -> Sequence[str]:
        self._step(f"folders {prefix}")
        return self.objects.folders(prefix)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._step(f"delete {key}")
            self.objects.delete([key])

    def touch(self, key: str) -> bool:
        self._step(f"touch {key}")
        return self.objects.touch(key)

    def discard(self, keys: Iterable[str], *, before: datetime) -> Sequence[str]:
        return look_and_delete(self, keys, before=before)

    def sweep(self, before: datetime) -> int:
        return self.objects.sweep(before)

    def local_path(self, key: str) -> Path | None:
        return None

    def physical_url(self, key: str) -> str:
        return self.objects.physical_url(key)


class AtOnce:
    """Does at once what a thread would do: a schedule has no threads but its actors'."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, task: Callable[..., T], *args: object) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(task(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def each(self, items: Iterable[Any], task: Callable[[Any], T]) -> Future[dict[Any, T]]:
        return self.submit(lambda: {item: task(item) for item in items})

    def close(self) -> None:
        pass


class Scene:
    """A lake as it was when the actors came, and the same again for each schedule."""

    def __init__(self, prepare: Callable[[Repo], None]) -> None:
        self.objects = MemoryStore(f"memory://{uuid4().hex}")
        self._lake = b'{"format": 1, "id": "a lake", "hash": "sha256"}'
        self.objects.create("lake.json", self._lake)
        prepare(Lake(self.objects, "a lake").create_repo("sales"))
        self._kept = dict(self.objects._objects)
        self._begun = Clock.moment

    @property
    def keys(self) -> Iterable[str]:
        """The keys of what there was in the beginning."""
        return self._kept.keys()

    def restore(self) -> None:
        """Let the lake be as it was, and the time."""
        self.objects._objects.clear()
        self.objects._objects.update(self._kept)
        Clock.moment = self._begun

    def repo(self) -> Repo:
        """Return the repo as somebody sees it who has just come, when all is over."""
        return Lake(self.objects, "a lake").repo("sales")


class Play:
    """One schedule of some actors, played."""

    def __init__(
        self,
        scene: Scene,
        deeds: Sequence[Deed],
        plan: Plan,
        *,
        dies: tuple[int, int] | None = None,
        clocks: Mapping[int, timedelta] | None = None,
        stalls: tuple[int, str, float] | None = None,
    ) -> None:
        self.actors = [Actor(number, deed) for number, deed in enumerate(deeds)]
        self.trace: list[str] = []
        self.calls: list[tuple[int, bool, str]] = []  # by whom, whether it writes, what
        self._scene = scene
        self._plan = iter(plan)
        self._left = 0
        self._over = threading.Semaphore(0)
        self._clocks = clocks or {}
        self._stalls = stalls  # who, in which call for the first time, for how many seconds
        if dies is not None:
            self.actors[dies[0]].dies_at = dies[1]
        self._at: dict[int, Actor] = {}

    def run(self) -> Play:
        """Play it to its end."""
        global _tokens  # noqa: PLW0603
        _tokens = itertools.count(1 << 32)
        self._scene.restore()
        threads = [
            threading.Thread(target=self._act, args=[actor], name=THREAD.format(actor.number))
            for actor in self.actors
        ]
        for thread in threads:
            thread.start()
        self._hand_on(None)
        self._over.acquire()
        for thread in threads:
            thread.join()
        Clock.offset.clear()
        return self

    def wait(self, _: float = 0) -> None:
        """Sleep: another one's turn."""
        actor = self._at[threading.get_ident()]
        self.trace.append(f"{actor.number}: waits")
        self._check_liveness()
        Clock.pass_by(PAUSE)
        self._hand_on(actor, waiting=True)

    def _act(self, actor: Actor) -> None:
        me = threading.get_ident()
        self._at[me] = actor
        actor.turn.acquire()
        Clock.offset[me] = self._clocks.get(actor.number, timedelta(0))
        global _playing  # noqa: PLW0603
        _playing = self
        try:
            objects = Stepping(self._scene.objects, lambda what: self._step(actor, what))
            actor.answer = actor.deed(Lake(objects, "a lake").repo("sales"))
        except BaseException as error:
            actor.error = error
        finally:
            actor.done = True
            self._hand_on(actor)

    def _step(self, actor: Actor, what: str) -> None:
        if actor.dies_at is not None and actor.calls >= actor.dies_at:
            raise DiedError
        if self._left == 0:
            self._hand_on(actor)
        self._left -= 1
        actor.calls += 1
        self.trace.append(f"{actor.number}: {what}")
        call, _, key = what.partition(" ")
        place = key if key in self._scene.keys else f"{key.rpartition('/')[0]}/"
        self.calls.append((actor.number, call in WRITES, place))
        self._check_liveness()
        Clock.pass_by(CALL)
        if self._stalls and self._stalls[0] == actor.number and what.startswith(self._stalls[1]):
            Clock.pass_by(self._stalls[2])
            self._stalls = None

    def _check_liveness(self) -> None:
        if len(self.trace) > TOO_MANY:
            raise AssertionError("nobody gets on")

    def _hand_on(self, actor: Actor | None, *, waiting: bool = False) -> None:
        """Let the plan say whose turn it is; behind its end, the others', then one's own."""
        chosen = self._next(actor, waiting=waiting)
        if chosen is None:
            self._over.release()
        elif chosen is not actor:
            chosen.turn.release()
            if actor is not None and not actor.done:
                actor.turn.acquire()

    def _next(self, actor: Actor | None, *, waiting: bool) -> Actor | None:
        for number, count in self._plan:
            if number < len(self.actors) and not self.actors[number].done:
                self._left = count
                return self.actors[number]
        alive = [each for each in self.actors if not each.done]
        if waiting and actor is not None:
            # Whoever waits lets all others go first, each in turn.
            alive.sort(key=lambda each: (each.number - actor.number - 1) % len(self.actors))
        self._left = REST
        return alive[0] if alive else None


_playing: Play | None = None


_tokens = itertools.count()


def _token(_: int) -> str:
    return f"{next(_tokens):016x}"


def _sleep(seconds: float) -> None:
    assert _playing is not None
    _playing.wait(seconds)


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time be counted, and no thread run but the actors'."""
    global _tokens
    Clock.moment, _tokens = BEGINNING, itertools.count()
    monkeypatch.setattr(threading.current_thread(), "name", THREAD.format("main"))
    modules = {
        name: import_module(f"jupyter_lake.store.{name}")
        for name in (
            "backends.memory",
            "branching",
            "holding",
            "collectors",
            "gc",
            "publishing",
            "records",
            "refs",
            "uploads",
        )
    }
    time = SimpleNamespace(sleep=_sleep, monotonic=Clock.seconds)
    for module in ("collectors", "gc", "uploads", "refs", "publishing"):
        monkeypatch.setattr(modules[module], "time", time)
    for module in ("collectors", "gc", "holding", "records"):
        monkeypatch.setattr(modules[module], "datetime", Clock)
    monkeypatch.setattr(modules["backends.memory"], "datetime", StoreClock)
    for module in ("branching", "collectors", "holding", "publishing"):
        monkeypatch.setattr(modules[module], "secrets", SimpleNamespace(token_hex=_token))
    monkeypatch.setattr(modules["uploads"], "Threads", AtOnce)
    monkeypatch.setattr(modules["refs"], "pool", AtOnce)


def explore(scene: Scene, deeds: Sequence[Deed], *, switches: int, **ways: Any) -> Iterator[Play]:
    """Play, one after another, the schedules that interrupt the actors so many times at most.

    An actor is interrupted only before a call that another's calls could make a
    difference to: before any other call it would come to the same.
    """
    seen: set[tuple[int, bool, str]] = set()
    waiting: deque[tuple[list[tuple[int, int]], int]] = deque(
        ([(actor, REST)], switches) for actor in range(len(deeds))
    )
    while waiting:
        plan, left = waiting.popleft()
        play = Play(scene, deeds, plan, **ways).run()
        calls = play.calls
        seen.update((who, writes, key) for who, writes, key in calls)
        yield play
        if not left:
            continue
        begun = sum(count for _, count in plan[:-1])
        last = {who: at for at, (who, _, _) in enumerate(calls)}
        for at in range(begun + 1, len(calls)):
            who = calls[at][0]
            if calls[at - 1][0] == who and _matters(calls[at], seen):
                for other in range(len(deeds)):
                    if other != who and last.get(other, -1) >= at:
                        waiting.append(([*_runs(calls[:at]), (other, REST)], left - 1))


def _runs(calls: Sequence[tuple[int, bool, str]]) -> list[tuple[int, int]]:
    return [(who, len(list(run))) for who, run in groupby(calls, key=lambda call: call[0])]


def _matters(call: tuple[int, bool, str], seen: Iterable[tuple[int, bool, str]]) -> bool:
    who, writes, key = call
    return any(
        other != who and (writes or written) and (key.startswith(where) or where.startswith(key))
        for other, written, where in seen
    )
