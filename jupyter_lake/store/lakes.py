"""A lake: a folder or bucket prefix with a ``lake.json``, and repos in it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar, Self

from jupyter_lake import config
from jupyter_lake.addresses import check_repo_name
from jupyter_lake.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    DamagedError,
    InvalidNameError,
    LakeNotFoundError,
    NotALakeError,
    RepoNotFoundError,
    closest,
)
from jupyter_lake.identity import current_user
from jupyter_lake.store.cache import cached
from jupyter_lake.store.commits import Commit
from jupyter_lake.store.gather import gather
from jupyter_lake.store.keys import LAKE_KEY, REPOS, RepoKeys
from jupyter_lake.store.objectstore import (
    ObjectExists,
    ObjectInfo,
    ObjectMissing,
    ObjectStore,
    open_store,
)
from jupyter_lake.store.records import now, write_time
from jupyter_lake.store.refs import create_surely
from jupyter_lake.store.repos import Repo
from jupyter_lake.store.texts import check_text

__all__ = ["Lake"]

FORMAT = 1


class Lake:
    """A folder or bucket prefix of repos.

    Attributes
    ----------
    commit_type
        What `Repo.commit` returns; a layer above may add to it.
    objects
        The store the lake lies in.
    id
        What tells it from every other lake.
    """

    commit_type: ClassVar[type[Commit]] = Commit

    def __init__(self, objects: ObjectStore, id: str) -> None:
        self.objects = objects
        self.id = id
        self._repos: dict[str, Repo] = {}

    @property
    def url(self) -> str:
        """Where it lies, without credentials."""
        return self.objects.url

    def __reduce__(self) -> tuple[object, ...]:
        # Opened again where it is unpickled: in a worker of Dask, Ray or multiprocessing.
        return _opened_again, (type(self), self.url, dict(self.objects.storage_options))

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        create: bool = False,
        storage_options: Mapping[str, object] | None = None,
    ) -> Self:
        """Open the lake at a folder or URL, or at the configured one.

        Raises
        ------
        LakeNotFoundError, NotALakeError, AccessDeniedError, UnreachableError
        """
        objects = _store(url, storage_options)
        try:
            data = objects.get(LAKE_KEY)
        except ObjectMissing:
            if not create:
                raise _no_lake(objects) from None
            return cls._create(objects)
        return cls(objects, _lake_id(objects, data))

    @classmethod
    def create(
        cls, url: str | None = None, *, storage_options: Mapping[str, object] | None = None
    ) -> Self:
        """Make a lake in an empty folder or bucket prefix.

        Raises
        ------
        AlreadyExistsError, NotALakeError, UnsafeStoreError
        """
        objects = _store(url, storage_options)
        if objects.info(LAKE_KEY) is not None:
            raise AlreadyExistsError(f"{objects.url} is a lake already.", hint="Open it.")
        return cls._create(objects)

    @classmethod
    def _create(cls, objects: ObjectStore) -> Self:
        if (stranger := _stranger(objects)) is not None:
            raise NotALakeError(
                f"{objects.url} is not empty and no lake: it holds {stranger.key}.",
                hint="Choose an empty folder or prefix for the lake.",
            )
        from jupyter_lake.store.probe import probe

        probe(objects)
        record = {
            "format": FORMAT,
            "id": uuid.uuid4().hex,
            "hash": "sha256",
            "created": write_time(now()),
        }
        with suppress(ObjectExists):  # somebody else has made it at the same moment
            create_surely(objects, LAKE_KEY, json.dumps(record).encode())
        return cls(objects, _lake_id(objects, objects.get(LAKE_KEY)))

    def repos(self) -> list[Repo]:
        """Return the repos, sorted by name."""
        found = gather(self.objects, [partial(self._find, name) for name in self.repo_names()])
        return [repo for repo in found if repo is not None]

    def repo_names(self) -> Sequence[str]:
        """Return the repos' names, sorted, in one request."""
        return self.objects.folders(REPOS)

    def may_hold(self, name: str) -> bool:
        """Whether there is a repo of that name, as far as these credentials can see."""
        try:
            return self._find(check_repo_name(name)) is not None
        except (AccessDeniedError, InvalidNameError):
            return False

    def repo(self, name: str) -> Repo:
        """Return a repo.

        Raises
        ------
        RepoNotFoundError, InvalidNameError
        """
        found = self._find(check_repo_name(name))
        if found is not None:
            return found
        names = self._visible_names()
        near = closest(name, names)
        if near:
            hint = f"Did you mean {' or '.join(near)}?"
        elif names:
            hint = f"There is {', '.join(names[:8])}."
        else:
            hint = f"`%lake create {name}` makes it."
        raise RepoNotFoundError(f"{self.url} has no repo {name!r}.", hint=hint)

    def create_repo(self, name: str, *, description: str = "") -> Repo:
        """Make a repo, without a commit.

        Raises
        ------
        AlreadyExistsError, InvalidNameError
        """
        check_repo_name(name)
        record = {
            "format": FORMAT,
            "description": check_text(description, "description"),
            "default_branch": "main",
            "created": write_time(now()),
            "by": current_user(),
            "write": uuid.uuid4().hex,
        }
        data = json.dumps(record, ensure_ascii=False).encode()
        try:
            create_surely(self.objects, RepoKeys(name).repo, data)
        except ObjectExists:
            if self.objects.get(RepoKeys(name).repo) != data:
                raise AlreadyExistsError(
                    f"{self.url} already has a repo {name!r}.", hint="Choose another name."
                ) from None
        return self.repo(name)

    def _visible_names(self) -> Sequence[str]:
        try:
            return self.repo_names()
        except AccessDeniedError:
            return ()

    def _find(self, name: str) -> Repo | None:
        if (known := self._repos.get(name)) is not None:
            return known
        try:
            record = json.loads(self.objects.get(RepoKeys(name).repo))
        except ObjectMissing:
            return None
        except ValueError:
            raise DamagedError(
                f"The record of repo {name!r} can't be read.", hint="Run `%lake fsck`."
            ) from None
        repo = Repo(
            self,
            name,
            description=record.get("description", ""),
            default_branch=record.get("default_branch", "main"),
        )
        return self._repos.setdefault(name, repo)

    def __repr__(self) -> str:
        return f"<Lake {self.url}>"


def _store(url: str | None, storage_options: Mapping[str, object] | None) -> ObjectStore:
    if storage_options is None:
        storage_options = config.storage_options()
    return cached(open_store(url or config.lake_url(), storage_options))


def _lake_id(objects: ObjectStore, data: bytes) -> str:
    try:
        record = json.loads(data)
        version, id = record["format"], str(record["id"])
    except (ValueError, KeyError, TypeError):
        raise NotALakeError(
            f"{objects.url} has a {LAKE_KEY} that is not a lake's.", hint="Open another folder."
        ) from None
    if version > FORMAT:
        raise NotALakeError(
            f"{objects.url} is a lake of format {version}, made by a newer jupyter_lake.",
            hint="Update jupyter_lake.",
        )
    return id


def _stranger(objects: ObjectStore) -> ObjectInfo | None:
    """Return something that lies where a lake is to be; what a probe left there is nothing."""
    return next((info for info in objects.list("") if not info.key.startswith("probe-")), None)


def _no_lake(objects: ObjectStore) -> LakeNotFoundError | NotALakeError:
    stranger = _stranger(objects)
    if stranger is not None:
        return NotALakeError(
            f"{objects.url} holds other things, but no lake.",
            hint="Open another folder, or make a lake in an empty one.",
        )
    return LakeNotFoundError(
        f"There is no lake at {objects.url}.",
        hint=f"`%lake open {objects.url} --create` makes one.",
    )


def _opened_again(kind: type[Lake], url: str, storage_options: Mapping[str, object]) -> Lake:
    return kind.open(url, storage_options=storage_options)
