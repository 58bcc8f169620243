"""gc beside people at work, in every order of their calls to the store that few switches make.

Nothing that anybody needs is deleted, nothing that is on its way is, and everybody's
work comes to what it would have come to, one after another. That these schedules see
what they are to see is tried out, too: each guard of the protocol is taken away in
turn (`GUARDS`), and then some schedule does harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_lake.store import Repo
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.objectstore import ObjectInfo
from tests.store.schedules import Clock, Play, explore, one_at_a_time
from tests.store.worlds import LONG, Story, World

__all__ = ["one_at_a_time"]

pytestmark = pytest.mark.usefixtures("one_at_a_time")

Deed = Callable[[World], object]
Ways = dict[str, Any]

STORE = "jupyter_lake.store"
gc, branching, collectors, holding, reuse = (
    import_module(f"{STORE}.{name}")
    for name in ("gc", "branching", "collectors", "holding", "reuse")
)
# A collector sleeps until he is taken for dead, just before he deletes.
ASLEEP: Ways = {"stalls": (1, "create repos/sales/gc/done/", 130.0)}
HOURS = timedelta(hours=3)  # more than the grace period


def long_ago(world: World) -> None:
    """``lost`` was deleted long ago: nothing leads to its commits, and all is old."""
    world.put("main", kept=b"kept", other=b"other")
    world.branch("lost", "main")
    world.put("lost", loose=b"loose", more=b"lost")
    world.put("lost", looser=b"looser")
    world.branch("fix", "main")
    world.put("fix", fixed=b"fixed")
    world.put("main", newest=b"2")
    world.tag("v0", "main~1")
    world.tag("v1", "main")
    world.delete_branch("lost")
    world.rest(LONG)


def lately(world: World) -> None:
    """A young commit stood on ``lost``, which is old but for that."""
    long_ago(world)
    world.undo("lost")
    world.put("lost", late=b"late")
    world.delete_branch("lost")
    world.rest(60)


def collect(world: World) -> object:
    return world.collect()


def commit(world: World) -> object:
    return world.put("main", new=b"new")


def commit_what_is_loose(world: World) -> object:
    return world.put("main", back=b"loose")


def commit_on_lost(world: World) -> object:
    return world.put("lost", new=b"new")


def delete(world: World) -> object:
    return world.put("main", other=None)


def merge(world: World) -> object:
    return world.merge("fix", "main")


def merge_lost(world: World) -> object:
    return world.merge("lost-", "main")


def revert(world: World) -> object:
    return world.revert("v1", "main")


def revert_lost(world: World) -> object:
    return world.revert("lost-", "main")


def undo(world: World) -> object:
    return world.undo("main")


def undelete(world: World) -> object:
    return world.undo("lost")


def branch(world: World) -> object:
    return world.branch("again", "lost-")


def tag(world: World) -> object:
    return world.tag("again", "lost-")


def untag(world: World) -> object:
    return world.untag("v0")


def delete_branch(world: World) -> object:
    return world.delete_branch("fix")


def read(world: World) -> object:
    return world.read("main")


LOSING = (commit_on_lost, merge_lost, revert_lost, undelete, branch, tag)
ONE = (
    commit,
    commit_what_is_loose,
    delete,
    merge,
    merge_lost,
    revert,
    revert_lost,
    undo,
    undelete,
    branch,
    tag,
    untag,
    delete_branch,
    read,
    collect,
)
SEVERAL = (
    (commit_what_is_loose, collect),
    (undelete, commit_on_lost),
    (merge, delete_branch),
    (merge_lost, undo),
    (commit, undo),
    (branch, untag),
)


def names(deeds: object) -> str:
    """Return how a test of some deeds is called."""
    return " and ".join(d.__name__ for d in (deeds if isinstance(deeds, tuple) else (deeds,)))


def beside(*deeds: Deed, before: Deed = long_ago, grace: timedelta | None = None) -> Story:
    """Return the story of some people beside a collector."""
    story = Story(before, [*deeds, collect], losing=LOSING)
    return story if grace is None else Story(before, story.deeds, losing=LOSING, grace=grace)


def play(story: Story, *, switches: int, **ways: Any) -> None:
    """Play a story in all ways; see that none does harm."""
    scene = story.scene()
    for each in explore(scene, story.acts(), switches=switches, **ways):
        story.check(scene, each)


@pytest.mark.parametrize("deed", ONE, ids=names)
def test_nothing_is_taken_from(deed: Deed) -> None:
    play(beside(deed), switches=1 if deed is collect else 2)


@pytest.mark.parametrize("deeds", SEVERAL, ids=names)
def test_nothing_is_taken_from_several(deeds: tuple[Deed, ...]) -> None:
    play(beside(*deeds), switches=1)


@pytest.mark.parametrize("deed", [commit_what_is_loose, merge_lost, undo, branch], ids=names)
def test_trees_and_ranges_stay_as_files_do(deed: Deed, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("trees", "rewrite"):
        monkeypatch.setattr(f"{STORE}.{module}.INLINE_ENTRIES", 1)
    play(beside(deed), switches=1)


@pytest.mark.parametrize("deed", [commit_what_is_loose, tag], ids=names)
@pytest.mark.parametrize("wrong", [-HOURS, HOURS], ids=["late", "early"])
@pytest.mark.parametrize("whose", [0, 1], ids=["the writer's", "the collector's"])
def test_clocks_may_be_wrong(deed: Deed, whose: int, wrong: timedelta) -> None:
    play(beside(deed), switches=1, clocks={whose: wrong})


@pytest.mark.parametrize("deed", [undelete, branch, tag, merge_lost], ids=names)
def test_young_commits_keep_what_hangs_on_them(deed: Deed) -> None:
    play(beside(deed, before=lately), switches=1)


@pytest.mark.parametrize("deed", [commit_what_is_loose, tag], ids=names)
def test_who_was_taken_for_dead_looks_again(deed: Deed) -> None:
    play(beside(deed), switches=2, **ASLEEP)


def kill_each(story: Story) -> None:
    """Kill a collector before each of its calls; see what others find, and the next collector."""
    scene, acts = story.scene(), [*reversed(story.acts()), story.acts()[-1]]
    story = Story(story.before, [*reversed(story.deeds), collect], losing=LOSING)
    whole = Play(scene, acts, []).run()
    for at in range(1, whole.actors[0].calls):
        each = Play(scene, acts, [], dies=(0, at)).run()
        each.actors[0].error = None
        story.check(scene, each)


@pytest.mark.parametrize("deed", [commit_what_is_loose, merge_lost, undelete, branch], ids=names)
def test_a_collector_that_dies_leaves_nothing_in_part(deed: Deed) -> None:
    kill_each(beside(deed))


turns = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), max_size=24)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(st.sampled_from((*ONE, commit_on_lost)), min_size=3, max_size=3), turns=turns)
def test_nothing_is_taken_however_often_they_change(
    deeds: list[Deed], turns: list[tuple[int, int]]
) -> None:
    story = beside(*deeds)
    scene = story.scene()
    story.check(scene, Play(scene, story.acts(), turns).run())


# Each guard of the protocol: how to take it away, and a story that then goes wrong.


def no_wait(*_: object, **__: object) -> None:
    """Wait for nobody."""


def mark_once(self: Any) -> None:
    if not self._reach.commits:
        real_mark(self)


def mark_refs_first(self: Any) -> None:
    roots = self._reach.roots(self._since)
    held = gc.held_commits(self._objects, self._keys, since=self._before)
    self._reach.follow(roots - self._gone(roots))
    self._reach.follow_unfinished(held)


def only_wait(self: Any) -> None:
    if self._sources:
        collectors.await_collectors(self._objects, self._keys, told=self._told)


def touch_nothing(self: Any, key: str) -> bool:
    return key in self._objects


@contextmanager
def hold_unseen(repo: Repo, commit: str) -> Iterator[None]:
    objects, keys = repo.lake.objects, repo.keys
    key = f"{keys.prefix}gc/held/{commit}-0"
    objects.create(key, b"")
    said = objects.info(key)
    assert said is not None
    collectors.await_collectors(objects, keys, told=said.modified)
    yield
    objects.delete([key])


def oldest_first(self: Any, commits: list[ObjectInfo]) -> list[ObjectInfo]:
    return list(reversed(newest_first(self, commits)))


newest_first = gc._Collection._newest_first
real_mark = gc._Collection._mark
loose, lost, lately_lost = (
    beside(commit_what_is_loose),
    beside(branch),
    beside(branch, before=lately),
)

GUARDS: dict[str, tuple[list[tuple[object, str, object]], Story, int, Ways]] = {
    "what is young stays": ([], beside(commit, grace=timedelta(0)), 1, {}),
    "who meets an object waits for collectors": (
        [(reuse, "await_collectors", no_wait)], loose, 1, {},
    ),
    "who meets an object makes it young": ([(MemoryStore, "touch", touch_nothing)], loose, 2, {}),
    "who has waited looks again": ([(reuse.Reuse, "make_sure", only_wait)], loose, 1, {}),
    "who makes a ref waits for collectors": ([(holding, "await_collectors", no_wait)], lost, 1, {}),
    "who makes a ref looks whether its commit is there": (
        [(branching, "holding", hold_unseen)], lost, 1, {},
    ),
    "what is held is a root": ([(gc, "held_commits", lambda *_, **__: set())], lost, 1, {}),
    "what is held is asked for before the refs": (
        [(gc._Collection, "_mark", mark_refs_first)], beside(tag), 3, {},
    ),
    "a collector looks for new refs before it deletes": (
        [(gc._Collection, "_mark", mark_once)], lost, 1, {},
    ),
    "one collector deletes at a time": (
        [(gc, "await_turn", lambda *_: True)], beside(commit_what_is_loose, collect), 1, {},
    ),
    "young commits keep what hangs on them": (
        [(gc._Collection, "_young_commits", lambda _: iter(()))], lately_lost, 1, {},
    ),
    "who is taken for dead looks again": (
        [(gc, "ANNOUNCEMENT_LASTS", timedelta(days=1))], loose, 2, ASLEEP,
    ),
    "a writer tells the age of an announcement by the store's clock": (
        [(collectors, "_clock", lambda _: lambda: Clock.now(UTC))],
        loose, 1, {"clocks": {0: HOURS}},
    ),
    "a collector tells the age of an object by the store's clock": (
        [(gc._Collection, "_now", lambda _: Clock.now(UTC))],
        beside(commit), 1, {"clocks": {1: HOURS}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_without_this_guard_some_schedule_does_harm(
    guard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces, story, switches, ways = GUARDS[guard]
    for place, name, instead in pieces:
        monkeypatch.setattr(place, name, instead)
    with pytest.raises(AssertionError):
        play(story, switches=switches, **ways)


@pytest.mark.parametrize(
    ("place", "name", "instead"),
    [
        (gc, "KINDS", tuple(reversed(gc.KINDS))),
        (gc._Collection, "_newest_first", oldest_first),
        (gc, "record_collected", no_wait),
    ],
    ids=["commits go first", "newer commits go before older", "what goes is written down before"],
)
def test_without_this_guard_a_death_does_harm(
    place: object, name: str, instead: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, instead)
    with pytest.raises(AssertionError):
        kill_each(beside(branch))
