"""Three-way merges and reverts, path by path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from jupyter_lake import access
from jupyter_lake.errors import ConflictError
from jupyter_lake.identity import current_user
from jupyter_lake.store.differences import Change, diff_trees
from jupyter_lake.store.edits import Edit, name_some
from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.holding import holding
from jupyter_lake.store.publishing import Draft, publish
from jupyter_lake.store.texts import check_text
from jupyter_lake.store.uploads import open_uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_lake.addresses import Ref
    from jupyter_lake.store.commits import Commit
    from jupyter_lake.store.records import BranchRecord
    from jupyter_lake.store.repos import Repo

__all__ = ["merge", "revert"]


def merge(
    repo: Repo,
    source: str | Ref,
    branch: str,
    *,
    message: str | None = None,
    author: str | None = None,
    ours: Sequence[str] = (),
    theirs: Sequence[str] = (),
) -> Commit:
    """Bring what `source` changed into a branch; see `Repo.merge`."""
    other = repo.resolve(source)
    draft = Draft(
        branch,
        check_text(author or current_user(), "author"),
        check_text(message or f"Merge {source} into {branch}", "message"),
        why=f"merge {source}",
        provenance=access.current_provenance(),
        merged=(other,),
    )

    def edit(mine: str | None) -> Edit:
        base = repo.history.merge_base(mine, other) if mine else None
        changes = _changes(repo, base, other)
        against = {change.path: change for change in _changes(repo, base, mine)}
        clashes = [
            change.path
            for change in changes
            if change.path in against and not _agree(change, against[change.path])
        ]
        kept = {path for path in clashes if _matches(path, ours)}
        open_ = [path for path in clashes if path not in kept and not _matches(path, theirs)]
        if open_:
            raise _conflict(repo, open_, base=base, mine=mine, other=other, branch=branch)
        return _edit(change for change in changes if change.path not in kept)

    with holding(repo, other):
        head = repo.standing(branch, repo.branch_logs.head(branch))
        if head is not None and head.commit and repo.history.is_ancestor(other, head.commit):
            return repo.commit(head.commit)
        return _published(repo, draft, head, edit)


def revert(repo: Repo, commit: str, branch: str, *, author: str | None = None) -> Commit:
    """Take a commit back; see `Repo.revert`."""
    with holding(repo, commit):
        return _revert(repo, commit, branch, author)


def _revert(repo: Repo, commit: str, branch: str, author: str | None) -> Commit:
    record = repo.history.record(commit)
    before = record.parents[0] if record.parents else None
    backward = _changes(repo, commit, before)
    head = repo.standing(branch, repo.branch_logs.head(branch))
    subject = record.message.partition("\n")[0]
    draft = Draft(
        branch,
        check_text(author or current_user(), "author"),
        f'Revert "{subject}"\n\nThis takes back commit {commit}.',
        why=f"revert {commit[:8]}",
        provenance=access.current_provenance(),
    )

    def edit(mine: str | None) -> Edit:
        since = {change.path: change for change in _changes(repo, commit, mine)}
        clashes = [
            change.path
            for change in backward
            if change.path in since and not _agree(change, since[change.path])
        ]
        if clashes:
            raise _conflict(repo, clashes, base=commit, mine=mine, other=before, branch=branch)
        return _edit(backward)

    return _published(repo, draft, head, edit)


def _published(
    repo: Repo, draft: Draft, head: BranchRecord | None, edit: Callable[[str | None], Edit]
) -> Commit:
    uploads = open_uploads(repo.lake.objects, repo.keys)
    try:
        made = publish(repo, draft, head, uploads, edit)
    finally:
        uploads.close()
    if made is None:  # what was to be done is so already
        return repo.commit(draft.branch)
    commit = repo.commit_of(made.record)
    via = draft.why.partition(" ")[0]
    access.emit(access.Write(repo.lake.url, repo.name, draft.branch, commit.id, made.paths, via))
    return commit


def _changes(repo: Repo, old: str | None, new: str | None) -> list[Change]:
    return diff_trees(repo.manifests, repo.tree_of(old), repo.tree_of(new))


def _agree(one: Change, other: Change) -> bool:
    if one.new is None or other.new is None:
        return one.new is other.new
    return one.new.same_content(other.new)


def _edit(changes: Iterable[Change]) -> Edit:
    listed = list(changes)
    return Edit(
        EntryList.of(change.new for change in listed if change.new),
        frozenset(change.path for change in listed if change.new is None),
    )


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(
        fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/") + "/")
        for pattern in patterns
    )


def _conflict(
    repo: Repo,
    paths: Sequence[str],
    *,
    base: str | None,
    mine: str | None,
    other: str | None,
    branch: str,
) -> ConflictError:
    ids: Mapping[str, str] = {
        "mine": (mine or "nothing")[:8],
        "other": (other or "nothing")[:8],
    }
    return ConflictError(
        f"{name_some(paths)} changed in both {repo.name}@{branch} ({ids['mine']}) "
        f"and {ids['other']}.",
        paths=paths,
        base=base,
        ours=mine,
        theirs=other,
        hint="Say which to take, path by path: --ours PATTERN or --theirs PATTERN.",
    )
