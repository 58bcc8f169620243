"""From a line or words to a verb: what is understood, and how the rest is refused."""

from __future__ import annotations

import pytest

from jupyter_lake.verbs import HelpAsked, UsageError, parse_line, parse_words

MISTAKES = [
    # what was typed, what the first line says, what the second line holds
    ("lgo sales", "There is no verb 'lgo'.", "Did you mean 'log'?"),
    ("xyzzy", "There is no verb 'xyzzy'.", "%lake -h lists all verbs."),
    ("SELECT 1", "'SELECT' is SQL, not a verb.", "%lake sql SELECT"),
    ("log sales -n five", "%lake log: -n takes a whole number, not 'five'.", "Usage: %lake log"),
    ("log sales -n", "%lake log: -n needs a value.", "Usage: %lake log"),
    ("log sales more words", "%lake log: more words is not understood.", "Usage: %lake log"),
    ("log sales --grpah", "%lake log: --grpah is not understood.", "Usage: %lake log"),
    ("publish x", "%lake publish: --to is missing.", "Usage: %lake publish"),
    (
        "publish x --to a/b --mode new",
        "--mode is one of 'append', 'overwrite', not 'new'.",
        "--mode",
    ),
    ("publish x --to a/b -m it's", 'A quote in "x --to a/b -m it\'s" is never closed.', "quotes"),
]


@pytest.mark.parametrize(("line", "first", "second"), MISTAKES)
def test_a_mistake_is_named_and_the_way_out_told(line: str, first: str, second: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_line(line, prefix="%lake")
    message, hint = caught.value.lines()
    assert first in message
    assert second in hint
    assert "\n" not in message + hint


def test_words_and_line_mean_the_same() -> None:
    _, from_line = parse_line('tag sales v1 main~2 -m "As audited"', prefix="%lake")
    words = ["tag", "sales", "v1", "main~2", "-m", "As audited"]
    assert from_line == parse_words(words, prefix="jupyter lake")[1]


@pytest.mark.parametrize(
    ("line", "statement", "form"),
    [
        ("sql SELECT 'a  b' -- note", "SELECT 'a  b' -- note", None),
        ('sql SELECT "x" FROM "sales@main~2".t', 'SELECT "x" FROM "sales@main~2".t', None),
        ("sql --format csv SELECT 1", "SELECT 1", "csv"),
        ("sql --format=json SELECT 1", "SELECT 1", "json"),
        ("sql SELECT 1 --format csv", "SELECT 1 --format csv", None),
        ("sql late << SELECT 1", "late << SELECT 1", None),
        ("sql \"SELECT 'a'\"", "SELECT 'a'", None),
        ('sql "a"."b"', '"a"."b"', None),
        ("sql", "", None),
    ],
)
def test_sql_is_taken_as_it_stands(line: str, statement: str, form: str | None) -> None:
    _, options = parse_line(line, prefix="%lake")
    assert (options.statement, options.format) == (statement, form)


def test_a_terminal_takes_sql_as_words_with_flags_anywhere() -> None:
    _, options = parse_words(["sql", "SELECT 1", "--format", "csv"], prefix="jupyter lake")
    assert (options.statement, options.format) == ("SELECT 1", "csv")


@pytest.mark.parametrize("line", ["-h", "--help", "help", "log -h", "sql -h", "sql --help"])
def test_help_is_a_page_not_an_exit(line: str) -> None:
    with pytest.raises(HelpAsked) as asked:
        parse_line(line, prefix="%lake")
    assert "%lake" in asked.value.page


def test_no_words_ask_where_one_is() -> None:
    assert parse_line("", prefix="%lake")[0].name == "status"
    assert parse_words([], prefix="jupyter lake")[0].name == "status"


def test_a_verb_of_the_other_front_says_where_it_works() -> None:
    with pytest.raises(UsageError) as caught:
        parse_words(["publish", "x", "--to", "a/b"], prefix="jupyter lake")
    assert caught.value.lines() == [
        "'publish' needs what only a notebook has.",
        "Use it in one, after `%load_ext jupyter_lake`.",
    ]
