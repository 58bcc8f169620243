"""How DuckDB reads a remote lake's files: a filesystem of our own, safe for many threads.

DuckDB 2 seeks and reads one Python file from several threads at once; the
files handed out here (`RangedFile`) remember each seek for the thread that
made it. Their names hold the content's identity, its size and its URL, so
`size` and `modified` cost nothing and what lies under a name never changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import weakref
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import fsspec

from jupyter_lake.query.background import note_demand
from jupyter_lake.query.cachefolder import shared_cache
from jupyter_lake.query.foreign_threads import keep_thread_state
from jupyter_lake.query.habits import Habits
from jupyter_lake.query.rangedfile import RangedFile
from jupyter_lake.store.external import check_external

if TYPE_CHECKING:
    import duckdb

    from jupyter_lake.query.fetching import Source
    from jupyter_lake.store import DataFile, Lake
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["RemoteFileSystem", "identity", "names_of", "physical", "register_remote"]

# DuckDB keeps in memory what it read of files whose URL begins like that of a
# remote one it knows, and no extension asks for a host of this name.
PROTOCOL = "azure://jupyter-lake"

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_THREADS = 16
_KEPT_OPEN = 128


def register_remote(connection: duckdb.DuckDBPyConnection, lake: Lake) -> RemoteFileSystem | None:
    """Teach a DuckDB connection to read what `physical` names.

    Call it again at any time: a filesystem that is in place stays.

    Parameters
    ----------
    connection
        The connection; for a remote lake it gets more threads than there are
        cores, since they wait for the network.
    lake
        Whose files will be read.

    Returns
    -------
    RemoteFileSystem or None
        None for a lake in a local folder, whose files DuckDB reads itself.
    """
    connection.execute("SET parquet_metadata_cache = true")
    filesystem = RemoteFileSystem(lake.objects)
    with contextlib.suppress(Exception):
        connection.unregister_filesystem(PROTOCOL)
    connection.register_filesystem(filesystem)
    if lake.objects.local_path("lake.json") is not None:
        return None
    for setting, wanted in _wanted_threads().items():
        row = connection.execute(f"SELECT current_setting('{setting}')").fetchone()
        if row is None or int(row[0]) < wanted:
            connection.execute(f"SET {setting} = {wanted}")
    return filesystem


def _wanted_threads() -> dict[str, int]:
    """Return DuckDB's settings that keep enough requests under way at once.

    DuckDB 2 reads on threads of its own for that; with more workers than
    processors besides, it fetches columns that a filter would have spared
    (measured: 1.4 times the bytes with three times as many).
    """
    import duckdb

    if duckdb.__version__.startswith("1."):
        return {"threads": _THREADS}
    return {"async_threads": 2 * _THREADS}


def physical(data_file: DataFile) -> str:
    """Return what DuckDB is to call a file: a path on this machine, else our name for it.

    A remote file that the cache holds as a whole is on this machine.

    Raises
    ------
    ChangedError
        If an imported local file is no longer what was imported.
    """
    if "://" not in data_file.url:
        if data_file.entry.location is not None:
            check_external(data_file.entry, {})
        return data_file.url
    whole = shared_cache().whole(identity(data_file), data_file.size)
    return str(whole) if whole is not None else _remote_name(data_file)


def names_of(data_file: DataFile) -> list[str]:
    """Return all that `physical` may call a file, now or a moment from now."""
    if "://" not in data_file.url:
        return [data_file.url]
    return [_remote_name(data_file), str(shared_cache().path(identity(data_file), "whole"))]


def _remote_name(data_file: DataFile) -> str:
    pin = data_file.entry.pin_text or ""
    parts = (identity(data_file), str(data_file.size), quote(data_file.url, ""), quote(pin, ""))
    return "/".join((f"{PROTOCOL}:/", *parts))


def identity(data_file: DataFile) -> str:
    """Return letters and digits that stand for these very bytes."""
    if data_file.hash is not None:
        return data_file.hash.partition(":")[2]
    pinned = f"{data_file.url}\n{data_file.size}\n{data_file.entry.pin_text}"
    return "x" + hashlib.sha256(pinned.encode()).hexdigest()


class RemoteFileSystem(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """The files of one lake under the names that `physical` gives them.

    Attributes
    ----------
    failure
        The last error that a read met, for the session to raise: DuckDB
        passes on its text only. `take_failure` returns it once.
    """

    protocol = PROTOCOL
    cachable = False

    def __init__(self, objects: ObjectStore) -> None:
        super().__init__(skip_instance_cache=True)
        self._objects = objects
        self._sources: weakref.WeakValueDictionary[str, Source] = weakref.WeakValueDictionary()
        # DuckDB opens a file several times for one query: the last ones stay open.
        self._recent: deque[Source] = deque(maxlen=_KEPT_OPEN)
        self._habits = Habits()
        self._lock = threading.Lock()
        self.failure: Exception | None = None

    def open(self, path: str, mode: str = "rb", **_options: object) -> RangedFile:
        """Open one of the lake's files for reading."""
        if mode != "rb":
            raise PermissionError("A lake's files are read-only; publish a new commit instead.")
        keep_thread_state()
        note_demand()
        return RangedFile(_Lazy(self, path))

    def size(self, path: str) -> int:
        """Return the length that the file's name states."""
        keep_thread_state()
        return int(path.split("/", 6)[5])

    def modified(self, path: str) -> datetime:
        """Return a time long past: what has a name here never changes."""
        del path
        return _LONG_AGO

    created = modified

    def info(self, path: str, **_options: object) -> dict[str, object]:
        """Return name, size and type of a file."""
        return {"name": path, "size": self.size(path), "type": "file"}

    def isfile(self, path: str) -> bool:
        """Return whether this is a name of ours."""
        return path.startswith(f"{PROTOCOL}://")

    exists = isfile

    def isdir(self, path: str) -> bool:
        """Return False: there are only files here."""
        del path
        return False

    def glob(self, path: str, maxdepth: int | None = None, **_options: object) -> list[str]:
        """Return the one file of that name."""
        del maxdepth
        return [path]

    def unstrip_protocol(self, name: str) -> str:
        """Return the name, which is whole already."""
        return name

    def take_failure(self) -> Exception | None:
        """Return what the last reads met, and forget it."""
        failure, self.failure = self.failure, None
        return failure

    def source(self, path: str) -> Source:
        """Return what reads a file, shared by all who have it open."""
        from jupyter_lake.query.origins import source_of

        with self._lock:
            source = self._sources.get(path)
            if source is None:
                key, size, url, pin = _parse(path)
                source = source_of(
                    self._objects, url, size, key=key, pin_text=pin or None, habits=self._habits
                )
                self._sources[path] = source
                self._recent.append(source)
            return source


class _Lazy:
    """A source that is opened by its first read, since DuckDB opens many files it never reads."""

    def __init__(self, filesystem: RemoteFileSystem, path: str) -> None:
        self.size = filesystem.size(path)
        self._filesystem = filesystem
        self._path = path
        self._source: Source | None = None

    def read(self, start: int, end: int) -> bytes:
        try:
            if self._source is None:
                self._source = self._filesystem.source(self._path)
            return self._source.read(start, end)
        except Exception as error:
            self._filesystem.failure = error
            raise


def _parse(path: str) -> tuple[str, int, str, str]:
    key, size, url, pin = path[len(PROTOCOL) + 3 :].split("/")
    return key, int(size), unquote(url), unquote(pin)
