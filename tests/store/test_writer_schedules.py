"""People at work on the same refs, in every order of their calls that few switches make.

Whatever the order, it comes to what a plain dictionary would hold after some order of
those who got through (Herlihy and Wing's linearizability, TOPLAS 1990); who is
refused has changed nothing, and gets through when he tries again.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.schedules import Play, explore, one_at_a_time
from tests.store.worlds import Story, World

__all__ = ["one_at_a_time"]

pytestmark = pytest.mark.usefixtures("one_at_a_time")

Deed = Callable[[World], object]


def begun(world: World) -> None:
    """Two branches that have parted, a third that was deleted, a tag."""
    world.put("main", kept=b"kept", other=b"other")
    world.branch("fix", "main")
    world.put("fix", fixed=b"fixed")
    world.branch("gone", "fix")
    world.put("main", newest=b"2")
    world.tag("v1", "main")
    world.delete_branch("gone")


def put_one(world: World) -> object:
    return world.put("main", kept=b"one", one=b"one")


def put_two(world: World) -> object:
    return world.put("main", kept=b"two")


def put_elsewhere(world: World) -> object:
    return world.put("main", elsewhere=b"three")


def put_the_same(world: World) -> object:
    return world.put("main", kept=b"two", one=b"one")


def delete(world: World) -> object:
    return world.put("main", kept=None)


def put_on_fix(world: World) -> object:
    return world.put("fix", more=b"more")


def merge(world: World) -> object:
    return world.merge("fix", "main")


def revert(world: World) -> object:
    return world.revert("v1", "main")


def undo(world: World) -> object:
    return world.undo("main")


def undo_fix(world: World) -> object:
    return world.undo("fix")


def undelete(world: World) -> object:
    return world.undo("gone")


def branch(world: World) -> object:
    return world.branch("new", "main")


def branch_again(world: World) -> object:
    return world.branch("gone", "main")


def branch_otherwise(world: World) -> object:
    return world.branch("new", "fix")


def delete_branch(world: World) -> object:
    return world.delete_branch("fix")


def tag(world: World) -> object:
    return world.tag("v2", "main")


def tag_otherwise(world: World) -> object:
    return world.tag("v2", "fix")


def untag(world: World) -> object:
    return world.untag("v1")


def read(world: World) -> object:
    return world.read("main")


def read_fix(world: World) -> object:
    return world.read("fix")


DEEDS = (
    put_one, put_two, put_elsewhere, put_the_same, delete, put_on_fix, merge, revert, undo,
    undo_fix, undelete, branch, branch_again, branch_otherwise, delete_branch, tag, tag_otherwise,
    untag, read, read_fix,
)  # fmt: skip

PAIRS = (
    (put_one, put_two),
    (put_one, put_elsewhere),
    (put_one, put_the_same),
    (put_one, put_one),
    (put_one, delete),
    (put_elsewhere, undo),
    (put_elsewhere, revert),
    (put_elsewhere, merge),
    (merge, merge),
    (revert, revert),
    (undo, undo),
    (undo, revert),
    (undo, merge),
    (put_on_fix, delete_branch),
    (put_on_fix, merge),
    (undo_fix, merge),
    (undo_fix, delete_branch),
    (merge, delete_branch),
    (branch, branch_otherwise),
    (undelete, branch_again),
    (delete_branch, delete_branch),
    (tag, tag_otherwise),
    (tag, undo),
    (untag, revert),
    (untag, untag),
    (put_one, read),
    (delete_branch, read_fix),
)


@pytest.mark.parametrize("deeds", PAIRS, ids=lambda deeds: " and ".join(d.__name__ for d in deeds))
def test_two_come_to_the_same_as_one_after_another(deeds: tuple[Deed, ...]) -> None:
    story = Story(begun, deeds)
    scene = story.scene()
    for play in explore(scene, story.acts(), switches=2):
        story.check(scene, play)


turns = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 8)), max_size=24)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=3, max_size=4), turns=turns)
def test_several_come_to_the_same_as_one_after_another(
    deeds: list[Deed], turns: list[tuple[int, int]]
) -> None:
    story = Story(begun, deeds)
    scene = story.scene()
    story.check(scene, Play(scene, story.acts(), turns).run())
