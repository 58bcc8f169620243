"""Each verb has a help page, examples that parse, documentation, and completion.

The tests walk over the real verbs, so a new one can't do without.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_lake.verbs import VERBS, parse_line, parse_words
from jupyter_lake.verbs.parsing import usage
from jupyter_lake.verbs.reference import reference
from jupyter_lake.verbs.registry import GROUPS, Verb

ROOT = Path(__file__).parents[2]
DESIGNED = [
    "status",
    "open",
    "repos",
    "create",
    "branches",
    "branch",
    "tag",
    "log",
    "show",
    "ls",
    "blame",
    "diff",
    "put",
    "get",
    "rm",
    "import",
    "merge",
    "revert",
    "undo",
    "use",
    "sql",
    "publish",
    "begin",
    "commit",
    "rollback",
    "lineage",
    "readers",
    "inputs",
    "activity",
    "reproduce",
    "record",
    "explore",
    "fsck",
    "gc",
]


@pytest.fixture(params=sorted(VERBS))
def verb(request: pytest.FixtureRequest) -> Verb:
    return VERBS[request.param]


def test_all_verbs_are_there() -> None:
    assert sorted(VERBS) == sorted(DESIGNED)


def test_it_says_what_it_does_in_one_sentence(verb: Verb) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{10,80}\.", verb.summary), verb.summary
    assert verb.group in GROUPS
    assert verb.fronts


def test_its_help_is_the_same_in_both_fronts(verb: Verb) -> None:
    magic = usage(verb, prefix="%lake")
    terminal = usage(verb, prefix="jupyter lake")
    assert _bare(magic) == _bare(terminal)
    assert verb.summary in magic


def _bare(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"%+lake|jupyter lake", "", page))


def test_its_arguments_are_explained(verb: Verb) -> None:
    for argument in verb.arguments:
        assert str(argument.settings.get("help", "")).strip(), argument.names


def test_its_examples_parse(verb: Verb) -> None:
    assert verb.examples
    for example in verb.examples:
        assert example.split()[0] == verb.name
        if "notebook" in verb.fronts:
            assert parse_line(example, prefix="%lake")[0] is verb
        else:
            assert parse_words(example.split(), prefix="jupyter lake")[0] is verb


def test_its_addresses_and_variables_can_be_completed(verb: Verb) -> None:
    for argument in verb.arguments:
        metavar = str(argument.settings.get("metavar", ""))
        if metavar in ("A", "A|VAR", "R", "R[@B]", "R@REF", "VAR", "R@SRC", "R[@B]/PATH"):
            assert argument.completes, f"{verb.name} {metavar}"


def test_it_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "verbs.md").read_text(encoding="utf-8")
    assert page == reference(), "run: python -m jupyter_lake.verbs.reference > docs/verbs.md"
