"""Ask a store, before a lake is made there, to keep the one promise the lake rests on."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from jupyter_lake.errors import AccessDeniedError, UnsafeStoreError
from jupyter_lake.store.objectstore import ObjectExists, ObjectStore

__all__ = ["probe"]

_RACERS = 4


def probe(objects: ObjectStore) -> None:
    """Make sure that the store creates an object only where there is none.

    Raises
    ------
    UnsafeStoreError
        If the store writes over an object it was asked to leave alone, or
        lets more than one of several racing writers believe they have won.
    LakeError
        If the store can't be written to at all.
    """
    keys = [f"probe-{secrets.token_hex(8)}" for _ in range(2)]
    try:
        _refuses_the_second(objects, keys[0])
        _has_one_winner(objects, keys[1])
    finally:
        # Who may write but not delete leaves two small objects behind.
        with suppress(AccessDeniedError):
            objects.delete(keys)


def _refuses_the_second(objects: ObjectStore, key: str) -> None:
    objects.create(key, b"first")
    if _wins(objects, key, b"second"):
        raise _unsafe(objects, "it wrote over an object it was asked to leave alone")
    if objects.get(key) != b"first":
        raise _unsafe(objects, "it refused to write over an object, and did it all the same")


def _has_one_winner(objects: ObjectStore, key: str) -> None:
    start = threading.Barrier(_RACERS)

    def race(number: int) -> bool:
        start.wait()
        return _wins(objects, key, b"%d" % number)

    with ThreadPoolExecutor(_RACERS) as pool:
        winners = sum(pool.map(race, range(_RACERS)))
    if winners != 1:
        raise _unsafe(objects, f"{winners} of {_RACERS} racing writers were told that they had won")


def _wins(objects: ObjectStore, key: str, data: bytes) -> bool:
    try:
        objects.create(key, data)
    except ObjectExists:
        return False
    return True


def _unsafe(objects: ObjectStore, what: str) -> UnsafeStoreError:
    return UnsafeStoreError(
        f"No lake can lie at {objects.url}: asked to write only where nothing is (If-None-Match), "
        f"{what}, so of two people who commit at once one would lose the commit, unnoticed.",
        hint="Use a store that honours conditional writes (AWS S3, Google Cloud Storage, MinIO, "
        "SeaweedFS, Ceph, HDFS) or a folder.",
    )
