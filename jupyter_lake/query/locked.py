"""A DuckDB that can reach the files it is given and nothing else, for so many seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from jupyter_lake.query.remote import register_remote
from jupyter_lake.query.running import Runner

if TYPE_CHECKING:
    from jupyter_lake.store import Lake

__all__ = ["Budget", "locked_runner"]

_T = TypeVar("_T")

_MEMORY = "1GB"


def locked_runner(lake: Lake, paths: Sequence[str]) -> Runner:
    """Return what runs queries where `paths` can be read, no other file, and no setting changed.

    Parameters
    ----------
    lake
        Whose files they are.
    paths
        What `physical` says they are called.

    Notes
    -----
    What is allowed may be written as well as read, so run only statements of
    our own making; expressions of others go through `relation.filter`, which
    takes no statement.
    """
    import duckdb

    connection = duckdb.connect()
    runner = Runner(connection, register_remote(connection, lake))
    quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    for setting in (
        f"memory_limit = '{_MEMORY}'",
        "temp_directory = ''",
        "TimeZone = 'UTC'",
        "python_enable_replacements = false",
        "autoload_known_extensions = false",
        "autoinstall_known_extensions = false",
        f"allowed_paths = [{quoted}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return runner


class Budget:
    """Seconds that the queries of one runner may take together.

    Attributes
    ----------
    spent
        Whether a query was cut short.
    """

    def __init__(self, runner: Runner, seconds: float) -> None:
        self._runner = runner
        self._deadline = time.monotonic() + seconds
        self.spent = False

    def run(self, query: Callable[[], _T]) -> _T | None:
        """Run a query; None if time ran out before or while it ran."""
        import duckdb

        rest = self._deadline - time.monotonic()
        if rest <= 0:
            self.spent = True
            return None
        out_of_time = threading.Event()

        def stop() -> None:
            out_of_time.set()
            self._runner.connection.interrupt()

        timer = threading.Timer(rest, stop)
        timer.daemon = True
        timer.start()
        try:
            return self._runner.run(query)
        except duckdb.InterruptException:
            if not out_of_time.is_set():
                raise
            self.spent = True
            return None
        finally:
            timer.cancel()
