"""Where a person works: one lake, its query session, pins, and what is staged."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_lake import config
from jupyter_lake.errors import InvalidInputError, LakeNotFoundError, VariableNotFoundError, closest

if TYPE_CHECKING:
    from jupyter_lake.addresses import Address
    from jupyter_lake.lake import Lake
    from jupyter_lake.lineage import Recorder
    from jupyter_lake.query import Session
    from jupyter_lake.store import Repo
    from jupyter_lake.verbs.staging import Staging

__all__ = ["Workspace"]

Progress = Callable[[float | None, float], None]


class Workspace:
    """The state that verbs share between calls.

    Parameters
    ----------
    prefix
        How verbs are called here, for hints: ``%lake`` or ``jupyter lake``.
    front
        ``notebook`` or ``terminal``.
    url
        The lake; without it, what the configuration says.
    variables
        Returns the notebook's variables by name, at the time of the call.
    recorder
        Records what cells read and write; None outside a notebook.

    Attributes
    ----------
    progress
        Told how far a long statement has come: the share and the seconds.
    explorer
        Makes widgets to look round with, from an address on; None without widgets.
    """

    def __init__(
        self,
        *,
        prefix: str = "jupyter lake",
        front: str = "terminal",
        url: str | None = None,
        variables: Callable[[], Mapping[str, object]] = dict,
        recorder: Recorder | None = None,
    ) -> None:
        self.prefix = prefix
        self.front = front
        self.url = url
        self.variables = variables
        self.recorder = recorder
        self.pins: dict[str, str] = {}
        self._recorded: set[str] = set()
        self.staging: Staging | None = None
        self.progress: Progress | None = None
        self.explorer: Callable[[Address | None], object] | None = None

    def command(self, words: str) -> str:
        """Return a command as the person would type it here, for a hint."""
        return f"{self.prefix} {words}"

    @property
    def lake_url(self) -> str:
        """The URL of the lake, open or not."""
        return self.url or config.lake_url()

    @property
    def is_open(self) -> bool:
        """Whether the lake has been opened already."""
        return "lake" in self.__dict__

    @cached_property
    def lake(self) -> Lake:
        """The lake, opened when it is first asked for."""
        lake = self._opened(self.lake_url, create=False)
        self._settle(lake)
        return lake

    def open(self, url: str | None = None, *, create: bool = False) -> Lake:
        """Change to another lake; pins and the query session start anew.

        Raises
        ------
        LakeNotFoundError, NotALakeError, AccessDeniedError, UnreachableError
        """
        if self.staging is not None:
            raise InvalidInputError(
                f"{self.staging.target} has changes that are staged and not committed.",
                hint=f"First {self.command('commit -m MSG')} or {self.command('rollback')}.",
            )
        lake = self._opened(url or self.lake_url, create=create)
        self.url = url or self.lake_url
        self.pins = {}
        self._settle(lake)
        return lake

    def close(self) -> None:
        """Let the lake and its query session go; results that a person holds stay good."""
        if (lake := self.__dict__.pop("lake", None)) is not None:
            lake.__dict__.pop("session", None)
        self.staging = None

    def _opened(self, url: str, *, create: bool) -> Lake:
        from jupyter_lake.lake import Lake

        try:
            lake = Lake.open(url, create=create, storage_options=config.storage_options())
        except LakeNotFoundError as error:
            raise LakeNotFoundError(
                error.message,
                hint=f"Make one there: {self.command(f'open {shlex.quote(url)} --create')}",
            ) from None
        return lake

    def adopt(self, lake: Lake) -> Lake:
        """Return what stands for a lake that was opened in Python: it, or the one here.

        Pins, temporary tables and runs are the same however a lake was opened.
        Where no lake was named yet, this one becomes the one here.
        """
        if not self.is_open and (self._unnamed or self._lies_here(lake)):
            self._settle(lake)
        elif self.is_open and _is_same(lake, self.lake):
            return self.lake
        lake.recorder = self.recorder
        if lake.url not in self._recorded:
            self._record_into(lake)
        return lake

    @property
    def _unnamed(self) -> bool:
        return self.url is None and not config.is_lake_named()

    def _lies_here(self, lake: Lake) -> bool:
        from jupyter_lake.store import open_store

        return open_store(self.lake_url, config.storage_options()).url == lake.url

    def _settle(self, lake: Lake) -> None:
        """Stand at a lake, with the pins of this place."""
        self._record_into(lake)
        lake.recorder, lake.pins = self.recorder, self.pins
        self.url = self.url or lake.url
        self.__dict__["lake"] = lake

    def _record_into(self, lake: Lake) -> None:
        if self.recorder is not None:
            self._recorded.add(lake.url)
            self.recorder.attach(lake)

    @property
    def session(self) -> Session:
        """The lake's DuckDB session, which tells the person how far it has come."""
        session = self.lake.session
        session.runner.progress = self.progress
        return session

    def variable(self, name: str) -> object:
        """Return a variable of the notebook.

        Raises
        ------
        VariableNotFoundError
        """
        variables = self.variables()
        if name in variables:
            return variables[name]
        near = closest(name, (known for known in variables if not known.startswith("_")))
        raise VariableNotFoundError(
            f"There is no variable {name!r} in this notebook.",
            hint=f"Did you mean {near[0]!r}?" if near else "Run the cell that makes it first.",
        )

    def only_repo(self) -> Repo:
        """Return the repo that is meant when none is named: the pinned one, or the only one.

        Raises
        ------
        InvalidInputError
            If several could be meant, or there is none.
        """
        if len(self.pins) == 1:
            return self.lake.repo(next(iter(self.pins)))
        repos = self.lake.repos()
        if len(repos) == 1:
            return repos[0]
        if not repos:
            raise InvalidInputError(
                "This lake has no repo yet.", hint=f"Make one: {self.command('create NAME')}"
            )
        names = ", ".join(repo.name for repo in repos[:5]) + (", ..." if len(repos) > 5 else "")
        raise InvalidInputError(
            "Which repo? The lake has several.", hint=f"Name one of them: {names}"
        )


def _is_same(one: Lake, other: Lake) -> bool:
    return one.url == other.url and one.objects.storage_options == other.objects.storage_options
