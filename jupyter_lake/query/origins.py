"""Where an object's bytes come from: obstore for buckets, the lake's own store for the rest."""

from __future__ import annotations

import functools
import os
import re
import weakref
from typing import TYPE_CHECKING, Any, cast

from jupyter_lake import errors
from jupyter_lake.query.blocks import CachedObject
from jupyter_lake.query.cachefolder import shared_cache
from jupyter_lake.query.fetching import CachedSource, PlainSource
from jupyter_lake.store.entries import Entry
from jupyter_lake.store.external import Pin, _place, check_external

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_lake.query.fetching import Fetch, Source
    from jupyter_lake.query.habits import Habits
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["source_of"]

_REASON = 200
_BUCKETS = ("s3", "s3a")
# obstore spells other keys in ways of its own.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9._=,+@ /-]+(?<!/)")
_started_in: int | None = None
# What one session has fetched and not written yet, another need not fetch.
_sources: weakref.WeakValueDictionary[tuple[object, ...], CachedSource]
_sources = weakref.WeakValueDictionary()


def source_of(
    objects: ObjectStore,
    url: str,
    size: int,
    *,
    key: str,
    pin_text: str | None = None,
    habits: Habits | None = None,
) -> Source:
    """Return what reads an object by ranges.

    Parameters
    ----------
    objects
        The lake's store; its options open other places of the same kind too.
    url
        Where the object lies: an absolute path, or a URL inside or outside the lake.
    size
        Its length in bytes.
    key
        What stands for these very bytes in the cache; a sha256 in hex for the lake's own.
    pin_text
        What an imported object must still be like, as its entry states it.
    habits
        What readers of such objects ask for next.
    """
    if "://" not in url:
        return PlainSource(_local(objects, url, pin_text), size)
    if url.startswith("memory://"):
        return PlainSource(_plain(objects, url, pin_text), size)
    cache = shared_cache()
    place = (os.getpid(), cache.folder, key, url, pin_text, repr(objects.storage_options))
    source = _sources.get(place)
    if source is None:
        digest = "" if key.startswith("x") else key
        cached = CachedObject(cache, key, size, digest)
        source = CachedSource(_remote(objects, url, pin_text), cached, habits)
        _sources[place] = source
    return source


def _remote(objects: ObjectStore, url: str, pin_text: str | None) -> Fetch:
    protocol, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    if protocol in _BUCKETS and _may_use_obstore() and _PLAIN_KEY.fullmatch(key):
        return _from_bucket(bucket, key, objects.storage_options, url, pin_text)
    return _plain(objects, url, pin_text)


def _from_bucket(
    bucket: str, key: str, options: Mapping[str, object], url: str, pin_text: str | None
) -> Fetch:
    import obstore

    from jupyter_lake.store.backends.s3_config import obstore_for

    store = obstore_for(bucket, options)
    condition = _condition(pin_text)

    def fetch(start: int, end: int) -> memoryview:
        try:
            if not condition:
                return memoryview(obstore.get_range(store, key, start=start, end=end))
            wanted = cast("Any", {**condition, "range": (start, end)})
            return memoryview(obstore.get(store, key, options=wanted).bytes())
        except Exception as error:
            raise _explained(error, url, imported=pin_text is not None) from error

    return fetch


def _condition(pin_text: str | None) -> dict[str, str]:
    """Return what makes the bucket itself refuse an object that is not the one imported."""
    if pin_text is None:
        return {}
    pin = Pin.decode(pin_text)
    if pin.version:
        return {"version": pin.version}
    return {"if_match": f'"{pin.etag}"'} if pin.etag else {}


def _local(objects: ObjectStore, url: str, pin_text: str | None) -> Fetch:
    if not hasattr(os, "pread"):
        return _plain(objects, url, pin_text)
    if pin_text is not None:
        check_external(_imported(url, pin_text), objects.storage_options)
    try:
        return _LocalFile(url).fetch
    except FileNotFoundError:
        raise _gone(url) from None


class _LocalFile:
    """A file that is closed when its last reader is gone."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)

    def fetch(self, start: int, end: int) -> bytes:
        data = os.pread(self._descriptor, end - start, start)
        while len(data) < end - start:
            rest = os.pread(self._descriptor, end - start - len(data), start + len(data))
            if not rest:
                break
            data += rest
        return data

    def __del__(self) -> None:
        if descriptor := getattr(self, "_descriptor", 0):
            os.close(descriptor)


def _plain(objects: ObjectStore, url: str, pin_text: str | None) -> Fetch:
    if pin_text is None:
        key = url.removeprefix(objects.url.rstrip("/") + "/")
        return lambda start, end: objects.get(key, start=start, end=end)
    entry = _imported(url, pin_text)
    options = objects.storage_options

    @functools.cache
    def place() -> tuple[ObjectStore, str]:
        check_external(entry, options)
        return _place(entry, options)

    def fetch(start: int, end: int) -> bytes:
        outside, key = place()
        return outside.get(key, start=start, end=end)

    return fetch


def _imported(url: str, pin_text: str) -> Entry:
    return Entry(url, Pin.decode(pin_text).size, location=url, pin_text=pin_text)


def _may_use_obstore() -> bool:
    """Return False in a forked child: obstore's threads stayed with its parent."""
    global _started_in  # noqa: PLW0603  one runtime for the whole process
    if _started_in is None:
        _started_in = os.getpid()
    return _started_in == os.getpid()


def _explained(error: Exception, url: str, *, imported: bool) -> errors.LakeError:
    name = type(error).__name__
    if name in ("NotFoundError", "FileNotFoundError", "PreconditionError"):
        if imported:
            return errors.ChangedError(
                f"{url} is no longer what was imported.", hint="Import it again, or restore it."
            )
        return _gone(url)
    if name in ("PermissionDeniedError", "UnauthenticatedError"):
        return errors.AccessDeniedError(
            f"This user may not read {url}.", hint="Ask whoever keeps the bucket for access."
        )
    reason = (str(error).splitlines() or [name])[0].rpartition(" - ")[2][:_REASON]
    return errors.UnreachableError(
        f"{url} can't be read: {reason}", hint="Check the network, then try again."
    )


def _gone(url: str) -> errors.DamagedError:
    return errors.DamagedError(
        f"{url} is gone.", hint="Run `%lake fsck` to see what else is missing."
    )
