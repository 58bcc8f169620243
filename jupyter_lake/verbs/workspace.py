"""Where a person works: one lake, its query session, pins, and what is staged."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_lake import config
from jupyter_lake.errors import InvalidInputError, LakeNotFoundError, VariableNotFoundError, closest

if TYPE_CHECKING:
    import pyarrow as pa

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
        return self._opened(self.lake_url, create=False)

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
        self.__dict__["lake"] = lake
        self.__dict__.pop("session", None)
        self.pins.clear()
        return lake

    def close(self) -> None:
        """Let the lake and the query session go; results that a person holds stay good."""
        self.__dict__.pop("session", None)
        self.__dict__.pop("lake", None)
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
        if self.recorder is not None:
            self.recorder.attach(lake)
        return lake

    @cached_property
    def session(self) -> Session:
        """The DuckDB session, kept for temporary tables and settings."""
        lake = self.lake
        from jupyter_lake.query import Session

        session = Session(lake, pins=self.pins)
        session.runner.progress = self.progress
        session.register_schema("lake", self._lineage_table)
        return session

    def _lineage_table(self, name: str) -> pa.Table | None:
        from jupyter_lake.lineage import tables

        return tables(self.lake, name, recorder=self.recorder)

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
