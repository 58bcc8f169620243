"""Errors are two clean lines for a person and one JSON object for a program."""

from __future__ import annotations

import inspect
import pickle

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_lake import errors
from jupyter_lake.errors import ConflictError, LakeError, NotFoundError, RefNotFoundError, closest

CLASSES = [
    thing
    for thing in vars(errors).values()
    if inspect.isclass(thing) and issubclass(thing, LakeError)
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_message_and_hint_are_the_two_lines(cls: type[LakeError]) -> None:
    error = cls("There is no 'x'.", hint="Make one.")
    assert str(error) == "There is no 'x'."
    assert error.lines() == ["There is no 'x'.", "Make one."]
    assert {"kind", "message", "hint"} <= error.to_dict().keys()
    assert 400 <= cls.status < 600


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_errors_cross_processes(cls: type[LakeError]) -> None:
    error = pickle.loads(pickle.dumps(cls("What.", hint="Do.", kind="special")))
    assert (type(error), error.message, error.hint, error.kind) == (cls, "What.", "Do.", "special")


def test_kinds_are_distinct() -> None:
    kinds = [cls.default_kind for cls in CLASSES]
    assert len(set(kinds)) == len(kinds)


def test_the_tree_at_the_top_of_the_module_names_every_class() -> None:
    assert [cls.__name__ for cls in CLASSES if cls.__name__ not in (errors.__doc__ or "")] == []


def test_a_missing_thing_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        raise RefNotFoundError("No ref.")


def test_a_conflict_names_paths_and_both_sides() -> None:
    error = pickle.loads(
        pickle.dumps(ConflictError("Both changed a.", paths=["a"], base="0", ours="1", theirs="2"))
    )
    assert (error.paths, error.base, error.ours, error.theirs) == (("a",), "0", "1", "2")
    assert error.to_dict()["paths"] == ["a"]


def test_ipython_prints_the_two_lines_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell()
    shell.user_ns["fail"] = _fail
    shell.run_cell("fail()")
    printed = capsys.readouterr().out
    assert printed.strip().splitlines() == ["There is no 'x'.", "Make one."]


def _fail() -> None:
    raise NotFoundError("There is no 'x'.", hint="Make one.")


def test_closest_names_come_best_first() -> None:
    assert closest("Ordres", ["orders", "borders", "flights"])[0] == "orders"
    assert closest("zzz", ["orders"]) == []
