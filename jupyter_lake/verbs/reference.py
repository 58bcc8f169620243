"""All verbs as one page of Markdown: what ``docs/verbs.md`` holds."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_lake.verbs import VERBS
from jupyter_lake.verbs.registry import GROUPS, Argument, Verb

__all__ = ["reference"]

INTRODUCTION = """\
# The verbs

Written by `python -m jupyter_lake.verbs.reference` from the verbs themselves.

`%lake VERB ...` in a notebook and `jupyter lake VERB ...` in a terminal are the same; after a verb,
`-h` shows what stands here. An address is `repo[@ref][/path]`; a ref is a branch, a tag or the
beginning of a commit's id, then perhaps `~2`, `^2` or `@{2026-10-01}`. In a terminal `--lake URL`
and `--json` may stand before the verb.
"""


def reference() -> str:
    """Return the page."""
    lines = [INTRODUCTION]
    for group, title in GROUPS.items():
        lines.append(f"## {title}\n")
        for verb in VERBS.values():
            if verb.group == group:
                lines += _section(verb)
    return "\n".join(lines)


def _section(verb: Verb) -> Iterator[str]:
    yield f"### {verb.name}\n"
    yield f"{verb.description}\n"
    if len(verb.fronts) == 1:
        yield f"Only in a {next(iter(verb.fronts))}.\n"
    if verb.arguments:
        yield from (
            f"- `{_usage(argument)}` {argument.settings['help']}" for argument in verb.arguments
        )
        yield ""
    prefix = "%lake" if "notebook" in verb.fronts else "jupyter lake"
    yield "```"
    yield from (f"{prefix} {example}" for example in verb.examples)
    yield "```\n"


def _usage(argument: Argument) -> str:
    names = ", ".join(argument.names)
    metavar = argument.settings.get("metavar")
    choices = argument.settings.get("choices")
    if not metavar and isinstance(choices, tuple):
        metavar = "|".join(map(str, choices))
    if not argument.is_flag:
        return str(metavar or names)
    return f"{names} {metavar}" if argument.takes_value and metavar else names


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201
