"""The check of a repo's branches and tags."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from typing import TYPE_CHECKING

from jupyter_lake.store.collectors import collected_commits
from jupyter_lake.store.fsck.readback import Readback, Subject
from jupyter_lake.store.objectstore import ObjectMissing
from jupyter_lake.store.records import BranchRecord, Tag

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectInfo

__all__ = ["check_refs"]

Found = Mapping[str, "ObjectInfo"]


def check_refs(readback: Readback, found: Found) -> dict[str, str]:
    """Check branches and tags; return the commits they name, each with who names it."""
    readback.decoded(
        json.loads,
        Subject(
            readback.keys.repo,
            "The repo's own record",
            "The repo can't be opened; its commits and files are still there.",
            "Restore it from a backup, or copy it from another repo and mend the description.",
        ),
    )
    named: dict[str, str] = {}
    for branch, numbers in sorted(_logs(readback, found).items()):
        _check_holes(readback, branch, numbers, _hinted(readback, branch, found))
        _check_records(readback, branch, numbers, found, named)
    _check_tags(readback, found, named)
    return named


def _logs(readback: Readback, found: Found) -> dict[str, list[int]]:
    heads = f"{readback.keys.prefix}refs/heads/"
    logs: dict[str, list[int]] = {}
    for key in found:
        branch, _, number = key.removeprefix(heads).partition("/")
        if key.startswith(heads) and number.isdecimal():
            logs.setdefault(branch, []).append(int(number))
    return {branch: sorted(numbers) for branch, numbers in logs.items()}


def _hinted(readback: Readback, branch: str, found: Found) -> int:
    if readback.keys.hint(branch) not in found:
        return 0
    try:
        return int(readback.objects.get(readback.keys.hint(branch)).split()[0])
    except (ObjectMissing, ValueError, IndexError):
        return 0  # it is only a hint


def _check_holes(readback: Readback, branch: str, numbers: list[int], hinted: int) -> None:
    # A hint may run ahead of a record that was never made, by one.
    last = max(numbers[-1], hinted - 1)
    for number in sorted(set(range(1, last + 1)) - set(numbers)):
        newest = number > numbers[-1]
        subject = Subject(
            readback.keys.head(branch, number),
            f"Branch {branch}",
            "Where the branch stood last is lost, and an older state is shown; the newer commits "
            "and their files are there until a gc."
            if newest
            else "Who moved the branch there, when and why is lost; where it stands now, its "
            "commits and its files are not.",
            "Restore the record from a backup"
            + (", or make a branch at the newest commit by its id." if newest else "."),
        )
        readback.add("hole", subject, f"lacks record {number} of {last}")


def _check_records(
    readback: Readback, branch: str, numbers: list[int], found: Found, named: dict[str, str]
) -> None:
    def reader(number: int) -> Callable[[], BranchRecord | None]:
        subject = Subject(
            readback.keys.head(branch, number),
            f"Record {number} of branch {branch}",
            "Where the branch stood then is lost; its commits and files are not.",
        )
        return lambda: readback.decoded(lambda data: BranchRecord.from_bytes(number, data), subject)

    collected: Container[str] | None = None
    for number, record in zip(numbers, readback.gathered(map(reader, numbers)), strict=True):
        readback.report.count("branch records")
        if record is None or record.commit is None:
            continue
        # A gc takes what only old records lead to, and leaves word of it.
        if number < numbers[-1] and readback.keys.commit(record.commit) not in found:
            if collected is None:
                collected = collected_commits(readback.objects, readback.keys)
            if record.commit in collected:
                continue
        named.setdefault(record.commit, f"which record {number} of branch {branch} names")


def _check_tags(readback: Readback, found: Found, named: dict[str, str]) -> None:
    for key in [key for key in found if key.startswith(readback.keys.tags)]:
        name = key.removeprefix(readback.keys.tags)
        subject = Subject(
            key,
            f"Tag {name}",
            "Which commit it names is lost; the commit is not.",
            "Restore it from a backup, or delete it and tag the commit again.",
        )
        readback.report.count("tags")
        tag = readback.decoded(lambda data, name=name: Tag.from_bytes(name, data), subject)  # type: ignore[misc]
        if tag is not None:
            named.setdefault(tag.commit, f"which tag {name} names")
