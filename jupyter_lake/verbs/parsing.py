"""From what a person typed to a verb and its options, with errors of two lines."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from jupyter_lake.errors import InvalidInputError, closest
from jupyter_lake.verbs.registry import GROUPS, VERBS, Verb

__all__ = ["HelpAsked", "UsageError", "find_verb", "overview", "parse_line", "parse_words", "usage"]


class UsageError(InvalidInputError):
    """A verb was called with what it does not take."""

    default_kind = "usage"


class HelpAsked(Exception):
    """Not an error: ``-h`` was among the words, and here is the page."""

    def __init__(self, page: str) -> None:
        super().__init__(page)
        self.page = page


class _Parser(argparse.ArgumentParser):
    """An argparse parser that neither prints nor exits."""

    def error(self, message: str) -> NoReturn:
        usage_line = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise UsageError(f"{self.prog}: {_plainer(message)}.", hint=f"Usage: {usage_line}")


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise HelpAsked(parser.format_help().rstrip())


def _plainer(message: str) -> str:
    """Say argparse's sentences as a person would."""
    for pattern, plain in (
        (r"the following arguments are required: (.*)", r"\1 is missing"),
        (r"unrecognized arguments: (.*)", r"\1 is not understood"),
        (r"argument ([^:]*): expected one argument", r"\1 needs a value"),
        (r"argument ([^:]*): invalid int value: (.*)", r"\1 takes a whole number, not \2"),
        (
            r"argument ([^:]*): invalid choice: (.*) \(choose from (.*)\)",
            r"\1 is one of \3, not \2",
        ),
    ):
        if re.fullmatch(pattern, message):
            return re.sub(pattern, plain, message)
    return message


def _parser(verb: Verb, prefix: str) -> _Parser:
    examples = "\n".join(f"  {prefix} {example}" for example in verb.examples)
    parser = _Parser(
        prog=f"{prefix} {verb.name}",
        description=verb.description,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    for argument in verb.arguments:
        parser.add_argument(*argument.names, **argument.settings)  # type: ignore[arg-type]
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this page")
    return parser


def usage(verb: Verb, *, prefix: str) -> str:
    """Return the verb's help page as `prefix` (``%lake`` or ``jupyter lake``) shows it."""
    return _parser(verb, prefix).format_help().rstrip()


def find_verb(name: str, *, prefix: str, front: str) -> Verb:
    """Return the verb of that name.

    Raises
    ------
    UsageError
        If there is none, or not on this front.
    """
    verb = VERBS.get(name)
    if verb is None:
        raise _no_such_verb(name, prefix)
    if front not in verb.fronts:
        place, how = (
            ("a notebook", "Use it in one, after `%load_ext jupyter_lake`.")
            if front == "terminal"
            else ("a terminal", f"Use it in one, as `jupyter lake {verb.name}`.")
        )
        raise UsageError(f"{verb.name!r} needs what only {place} has.", hint=how)
    return verb


def _no_such_verb(name: str, prefix: str) -> UsageError:
    if name.upper() in ("SELECT", "FROM", "WITH", "DESCRIBE", "SUMMARIZE", "SHOW", "EXPLAIN"):
        return UsageError(f"{name!r} is SQL, not a verb.", hint=f"Write: {prefix} sql {name} ...")
    near = closest(name, VERBS)
    guess = f"Did you mean {near[0]!r}? " if near else ""
    return UsageError(f"There is no verb {name!r}.", hint=f"{guess}{prefix} -h lists all verbs.")


def parse_words(words: Sequence[str], *, prefix: str) -> tuple[Verb, argparse.Namespace]:
    """Read a terminal's arguments: the verb, then what it takes.

    Raises
    ------
    HelpAsked, UsageError
    """
    if not words:
        return VERBS["status"], argparse.Namespace()
    name, *rest = words
    if name in ("-h", "--help"):
        raise HelpAsked(overview(prefix=prefix, front="terminal"))
    verb = find_verb(name, prefix=prefix, front="terminal")
    options = _read(verb, rest, prefix)
    if verb.raw and isinstance(given := getattr(options, verb.raw), list):
        setattr(options, verb.raw, " ".join(given))
    return verb, options


def parse_line(line: str, *, prefix: str) -> tuple[Verb, argparse.Namespace]:
    """Read a magic's line: words as a shell splits them, or raw text for SQL.

    Raises
    ------
    HelpAsked, UsageError
    """
    name, _, rest = line.strip().partition(" ")
    if not name:
        return VERBS["status"], argparse.Namespace()
    if name in ("-h", "--help", "help"):
        raise HelpAsked(overview(prefix=prefix, front="notebook"))
    verb = find_verb(name, prefix=prefix, front="notebook")
    if not verb.raw:
        return verb, _read(verb, _split(rest, prefix=prefix, verb=verb), prefix)
    words, text = _leading_flags(verb, rest)
    options = _parser(verb, prefix).parse_args(words)
    setattr(options, verb.raw, _unwrapped(text))
    return verb, options


def _read(verb: Verb, words: Sequence[str], prefix: str) -> argparse.Namespace:
    try:
        return _parser(verb, prefix).parse_args(words)
    except UsageError:
        if verb.raw:
            raise
        with suppress(UsageError):  # which stays the first one
            return _parser(verb, prefix).parse_intermixed_args(words)
        raise


def _split(text: str, *, prefix: str, verb: Verb) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise UsageError(
            f"A quote in {text.strip()!r} is never closed.",
            hint=f'Put text with quotes or spaces in double quotes: {prefix} {verb.name} ... "..."',
        ) from None


def _unwrapped(text: str) -> str:
    """Take the quotes off a statement that was quoted as a terminal wants it."""
    if text[:1] not in ("'", '"'):
        return text
    try:
        words = shlex.split(text)
    except ValueError:
        return text
    return words[0] if len(words) == 1 and " " in words[0] else text


def _leading_flags(verb: Verb, text: str) -> tuple[list[str], str]:
    """Take the verb's own flags off the front of a line; the rest is left as it is."""
    flags = {name: item.takes_value for item in verb.arguments for name in item.names}
    flags |= {"-h": False, "--help": False}
    words: list[str] = []
    while match := re.match(r"\s*(--?[a-z][a-z-]*)(?=\s|$|=)", text):
        flag = match.group(1)
        if flag not in flags:
            break
        more = re.match(r"[\s=]\s*(\S+)", text[match.end() :]) if flags[flag] else None
        words += [flag, more.group(1)] if more else [flag]
        text = text[match.end() + (more.end() if more else 0) :]
    return words, text.strip()


def overview(*, prefix: str, front: str) -> str:
    """Return the page that lists all verbs, by what a person wants to do."""
    verbs = [verb for verb in VERBS.values() if front in verb.fronts]
    width = max(len(verb.name) for verb in verbs)
    lines = [f"{prefix} VERB ...    {prefix} VERB -h says more", ""]
    for group, title in GROUPS.items():
        lines.append(title)
        lines += [
            f"  {verb.name:<{width}}  {verb.summary}" for verb in verbs if verb.group == group
        ]
        lines.append("")
    lines.append("An address is repo[@ref][/path]: sales, sales@main~2, sales@v1/orders")
    return "\n".join(lines)
