"""Bytes named by their sha256, and local files read for it: small ones at once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from jupyter_lake.errors import ChangedError

__all__ = ["CHUNK", "Digest", "check_unchanged", "digest_of", "hash_file", "read_small"]

CHUNK = 1 << 20
WHOLE = 8 * 2**20  # files up to this size are read at once


@dataclass(frozen=True, slots=True)
class Digest:
    """The sha256 of some bytes, in hex digits, and how many they are."""

    hash: str
    size: int


def digest_of(data: bytes) -> Digest:
    """Hash bytes."""
    return Digest(hashlib.sha256(data).hexdigest(), len(data))


def read_small(file: str) -> bytes | None:
    """Return a file's bytes, read at once; None if it is too large for that."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(descriptor).st_size
        if size > WHOLE:
            return None
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        parts = [data]  # it is growing or shrinking, or its disk gives it in pieces
        while data := os.read(descriptor, CHUNK):
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def hash_file(path: Path) -> Digest:
    """Hash a file without holding it in memory."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Digest(digest.hexdigest(), size)


def check_unchanged(file: str, before: os.stat_result, after: os.stat_result) -> None:
    """See that a file was left alone while it was read.

    Raises
    ------
    ChangedError
    """
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise ChangedError(
            f"{file} was changed while it was read.",
            hint="Put it again when nobody writes to it, or put a copy of it.",
        )
