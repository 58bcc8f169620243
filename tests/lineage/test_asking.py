"""The questions about lineage as a person types them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_lake import access, store
from jupyter_lake.verbs import Workspace, parse_words, run

if TYPE_CHECKING:
    from tests.lineage.conftest import Notebook

Ask = Callable[[str], Any]
READ = "raw = lake.repo('flights').commit('main').read('flights/2013-01.csv')"


@pytest.fixture
def ask(lake: store.Lake) -> Ask:
    workspace = Workspace(url=lake.url)

    def ask(line: str) -> Any:
        verb, options = parse_words(shlex.split(line), prefix="jupyter lake")
        return run(verb, workspace, options)

    return ask


@pytest.fixture
def published(notebook: Notebook, lake: store.Lake) -> Notebook:
    notebook.ok(READ)
    notebook.publish("raw", "reports", "delays/part-0.csv")
    return notebook


def change(lake: store.Lake) -> None:
    with lake.repo("flights").transaction("main", message="new") as tx:
        tx.write("flights/2013-01.csv", b"new")


def test_readers_with_their_columns(ask: Ask, notebook: Notebook, lake: store.Lake) -> None:
    notebook.shell.user_ns["access"] = access
    head = lake.repo("flights").commit("main").id
    notebook.ok(
        f"access.emit(access.Read(lake.url, 'flights', {head!r}, 'flights', ('a',), 'sql'))"
    )
    said = repr(ask("readers flights/flights"))
    assert "delays.ipynb" in said
    assert "ana" in said
    assert "newest" in said
    change(lake)
    assert "1 behind" in repr(ask("readers flights/flights"))
    assert ask("readers flights/flights").to_dict()["readers"][0]["columns"] == ["a"]
    assert "No recorded cell reads" in repr(ask("readers flights/weather.csv"))


def test_inputs_until_they_move_on(ask: Ask, published: Notebook, lake: store.Lake) -> None:
    assert "newest" in repr(ask("inputs reports/delays"))
    change(lake)
    said = repr(ask("inputs reports/delays"))
    assert "1 behind" in said
    assert "1 of 1 inputs have moved on" in said
    assert "names no inputs" in repr(ask("inputs flights/flights"))


def test_activity_of_everybody(ask: Ask, published: Notebook) -> None:
    published.run("1 / 0")
    answer = ask("activity -n 3")
    assert [each["execution_count"] for each in answer.to_dict()["runs"]] == [3, 2, 1]
    said = repr(answer)
    assert "reports/delays/part-0.csv" in said
    assert "error" in said
    assert "<table" in answer._repr_html_()


def test_activity_of_nobody(ask: Ask) -> None:
    assert "No cell has been recorded" in repr(ask("activity"))
