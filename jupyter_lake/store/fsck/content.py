"""The check of a repo's commits and of all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from jupyter_lake.errors import DamagedError
from jupyter_lake.store.changelists import decode_changes
from jupyter_lake.store.differences import diff_trees
from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.fsck.files import Files
from jupyter_lake.store.fsck.readback import Readback, Subject, commits_named
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.ranges import decode_range
from jupyter_lake.store.reach import chunks
from jupyter_lake.store.records import CommitRecord, StoredCommit, decode_commit
from jupyter_lake.store.trees import EMPTY, RangeRef, Tree, decode_tree, is_inline

if TYPE_CHECKING:
    from jupyter_lake.store.objectstore import ObjectInfo

__all__ = ["check_content"]

_AT_ONCE = 64
_KINDS = ("commits/", "changes/", "trees/", "ranges/", "objects/")

Commits = dict[str, CommitRecord]
RangeUsers = dict[str, list[str]]


def check_content(
    readback: Readback, found: Mapping[str, ObjectInfo], named: Mapping[str, str]
) -> None:
    """Check what the named commits lead to: commits, change lists, trees, ranges, files."""
    commits, held = _check_commits(readback, named)
    trees = _check_trees(readback, commits) | held
    _check_changes(readback, commits, trees)
    users = cache(partial(_range_users, commits, trees))
    files = Files(readback, found, users)
    ranges = {item.id: item for tree in trees.values() for item in tree.ranges}
    for some in chunks(ranges.values(), _AT_ONCE):
        calls = [_range_reader(readback, item, users) for item in some]
        for item, entries in zip(some, readback.gathered(calls), strict=True):
            readback.report.count("ranges", number=item.held is None)
            if entries is not None:
                files.note(item, entries)
    files.check()
    keys = readback.keys
    reached = {
        *map(keys.commit, commits),
        *map(keys.changes, commits),
        *(keys.tree(record.tree) for record in commits.values() if record.tree),
        *map(keys.range, ranges),
        *map(keys.object, files.sizes),
    }
    starts = tuple(keys.prefix + kind for kind in _KINDS)
    for key, info in found.items():
        if key.startswith(starts) and key not in reached:
            readback.report.unreachable += 1
            readback.report.unreachable_bytes += info.size


def _check_commits(readback: Readback, named: Mapping[str, str]) -> tuple[Commits, dict[str, Tree]]:
    """Return the commits, and by id the trees that they hold themselves."""
    held: dict[str, Tree] = {}
    read: Commits = {}
    inside: Commits = {}
    waiting = dict(named)
    asked: set[str] = set()
    while waiting:
        batch = dict(list(waiting.items())[:_AT_ONCE])
        asked |= batch.keys()
        calls = [_commit_reader(readback, id, why) for id, why in batch.items()]
        for id, answer in zip(batch, readback.gathered(calls), strict=True):
            readback.report.count("commits")
            del waiting[id]
            if answer is not None:
                read[id] = answer.record
                inside.update({ancestor.id: ancestor for ancestor in answer.ancestors})
                if answer.tree is not None and answer.record.tree is not None:
                    held[answer.record.tree] = answer.tree
            # A commit that is lost stands in those that follow it, too.
            record = read.get(id) or inside.get(id)
            for parent in record.parents if record else ():
                if parent not in asked:
                    waiting.setdefault(parent, f"the parent of commit {id[:8]}")
    lost = asked - read.keys()
    return read | {id: inside[id] for id in lost if id in inside}, held


def _commit_reader(readback: Readback, id: str, why: str) -> Callable[[], StoredCommit | None]:
    subject = Subject(
        readback.keys.commit(id),
        f"Commit {id[:8]}, {why},",
        "What it says of itself is lost where no later commit repeats it, and so is the way to "
        "what came before, and, if the commit is a small one, the list of its files; the files of "
        "all other commits are not.",
    )
    return lambda: readback.decoded(lambda data: decode_commit(id, data), subject, id)


def _check_changes(readback: Readback, commits: Commits, trees: Mapping[str, Tree]) -> None:
    for record in commits.values():
        if record.changes.paths is not None:
            continue
        subject = Subject(
            readback.keys.changes(record.id),
            f"The change list of commit {record.id[:8]}",
            "No file is lost: `diff` still tells what changed; `log PATH` and `blame` don't.",
        )
        readback.report.count("change lists")
        told = readback.decoded(decode_changes, subject)
        if told is not None and readback.report.deep:
            true = _true_changes(readback, record, commits, trees)
            if true is not None and list(told) != true:
                readback.add(
                    "damaged", subject, "is damaged: it tells other changes than were made"
                )


def _true_changes(
    readback: Readback, record: CommitRecord, commits: Commits, trees: Mapping[str, Tree]
) -> list[tuple[str, str]] | None:
    """Return what a commit changed by its tree and its parent's; None where one is lost."""
    if not commits.keys() >= set(record.parents[:1]):
        return None
    before = commits[record.parents[0]].tree if record.parents else None
    if not trees.keys() >= {before, record.tree} - {None}:
        return None
    manifests = Manifests(readback.objects, readback.keys)
    old, new = (trees[id] if id else EMPTY for id in (before, record.tree))
    try:
        changes = diff_trees(manifests, old, new)
    except DamagedError:
        return None  # told where the ranges are checked
    return [(change.path, change.kind) for change in changes]


def _check_trees(readback: Readback, commits: Commits) -> dict[str, Tree]:
    users: dict[str, list[str]] = {}
    for record in commits.values():
        if record.tree is not None and not is_inline(record.tree):
            users.setdefault(record.tree, []).append(record.id)

    def reader(id: str) -> Callable[[], Tree | None]:
        which = commits_named(users[id])
        subject = Subject(
            readback.keys.tree(id),
            f"The list of all files of {which}",
            f"No file can be reached in {which}; their bytes, and all other commits, are there.",
        )
        return lambda: readback.decoded(decode_tree, subject, id)

    trees = {}
    for id, tree in zip(users, readback.gathered(map(reader, users)), strict=True):
        readback.report.count("trees")
        if tree is not None:
            trees[id] = tree
    return trees


def _range_users(commits: Commits, trees: Mapping[str, Tree]) -> RangeUsers:
    """Return for each range the commits whose trees hold it: much, so only where asked for."""
    users: RangeUsers = {}
    for record in commits.values():
        tree = trees.get(record.tree) if record.tree else None
        for item in tree.ranges if tree else ():
            users.setdefault(item.id, []).append(record.id)
    return users


def _range_reader(
    readback: Readback, item: RangeRef, users: Callable[[], RangeUsers]
) -> Callable[[], EntryList | None]:
    if item.held is not None:
        return lambda: item.held
    subject = Subject(
        readback.keys.range(item.id),
        f"The list of the {item.files:,} files from {item.first} to {item.last}",
        lambda: (
            f"These files can't be reached in {commits_named(users()[item.id])}; their bytes, "
            "and all other files, are there."
        ),
    )
    return lambda: readback.decoded(
        lambda data: EntryList(table=decode_range(data)), subject, item.id
    )
