"""Rewriting a cell so that it reads what it read then, and writes to a scratch branch.

Only names of repos in plain sight are rewritten: in SQL and magics
(``flights@main``), and in calls (``lake.repo('flights').commit('main')``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.lineage.runs import Run

__all__ = ["outputs_renumbered", "pins_of", "pins_of_all", "read_as_then", "write_to_scratch"]

_REF = r"[A-Za-z0-9][A-Za-z0-9._-]*"


def pins_of(run: Run) -> dict[str, str]:
    """Return the repos that a run read at one commit only, with that commit."""
    return pins_of_all([run])


def pins_of_all(runs: Iterable[Run]) -> dict[str, str]:
    """Return the repos that all these runs read at one commit only, with that commit."""
    commits: dict[str, set[str]] = {}
    for run in runs:
        for read in run.reads:
            commits.setdefault(read.repo, set()).add(read.commit)
    return {repo: next(iter(found)) for repo, found in commits.items() if len(found) == 1}


def read_as_then(source: str, run: Run) -> str:
    """Return a cell's source with branches replaced by what they were when it ran."""
    pins = pins_of(run)
    time = run.started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for repo in {read.repo for read in run.reads}:
        commit = pins.get(repo)
        source = _pinned_addresses(source, repo, commit, time)
        source = _pinned_calls(source, repo, commit, time)
    return source


def _pinned_addresses(source: str, repo: str, commit: str | None, time: str) -> str:
    if commit:  # `%lake use` has no say in URLs
        source = re.sub(rf"(lake://{re.escape(repo)})(?=/)", rf"\1@{commit[:12]}", source)
    start = r"(?:(?<![\w.@/-])|(?<=lake://))"
    pattern = rf"{start}{re.escape(repo)}@({_REF})((?:[~^]\d*)*)(?![\w@{{~^-])"

    def then(match: re.Match[str]) -> str:
        name, steps = match[1], match[2]
        if re.fullmatch(r"[0-9a-f]{6,64}", name):
            return match[0]
        return f"{repo}@{commit[:12]}" if commit else f"{repo}@{name}@{{{time}}}{steps}"

    return re.sub(pattern, then, source)


def _pinned_calls(source: str, repo: str, commit: str | None, time: str) -> str:
    pattern = (
        rf"(\.repo\(\s*(['\"]){re.escape(repo)}\2\s*\)\s*\.commit\(\s*)"
        rf"(?:(['\"])({_REF})((?:[~^]\d*)*)\3)?(\s*\))"
    )

    def then(match: re.Match[str]) -> str:
        name, steps = match[4] or "main", match[5] or ""
        ref = commit[:12] if commit else f"{name}@{{{time}}}{steps}"
        return f"{match[1]}'{ref}'{match[6]}"

    return re.sub(pattern, then, source)


_OUTPUT = re.compile(r"\bOut\[\s*(\d+)\s*\]|(?<![\w.])_(\d+)\b")


def outputs_renumbered(source: str, counts: Mapping[int, int]) -> str:
    """Return a cell's source with ``Out[7]`` and ``_7`` named by their new execution counts."""

    def renumbered(match: re.Match[str]) -> str:
        count = int(match[1] or match[2])
        return match[0].replace(str(count), str(counts.get(count, count)))

    return _OUTPUT.sub(renumbered, source)


def write_to_scratch(source: str, branches: Mapping[str, str]) -> str:
    """Return a cell's source with what it writes going to scratch branches."""
    for repo, branch in branches.items():
        source = _scratch_magics(source, repo, branch)
        source = _scratch_calls(source, repo, branch)
    return source


def _scratch_magics(source: str, repo: str, branch: str) -> str:
    target = rf"(?<![\w.@/-]){re.escape(repo)}(?:@{_REF})?(?=[/\s'\"]|$)"
    lines = []
    for line in source.split("\n"):
        verb = re.match(r"\s*(?:\w+\s*=\s*)?%lake\s+(publish|put|import|rm|begin)\b", line)
        if verb and verb[1] == "publish":
            line = re.sub(rf"(--to[ =]+['\"]?){target}", rf"\1{repo}@{branch}", line)  # noqa: PLW2901
        elif verb:
            line = re.sub(target, f"{repo}@{branch}", line)  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)


def _scratch_calls(source: str, repo: str, branch: str) -> str:
    pattern = (
        rf"(\.repo\(\s*(['\"]){re.escape(repo)}\2\s*\)\s*\.transaction\(\s*)"
        rf"(?:(['\"]){_REF}\3\s*(,?))?"
    )

    def then(match: re.Match[str]) -> str:
        follows = source[match.end() :].lstrip()[:1]
        comma = match[4] or ("" if match[3] or follows == ")" else ", ")
        return f"{match[1]}'{branch}'{comma}"

    return re.sub(pattern, then, source)
