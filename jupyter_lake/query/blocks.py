"""A bounded cache on local disk of immutable objects, block by block.

One object is a sparse file ``<key>.part`` with the blocks fetched so far, and
``<key>.sums`` with a checksum for each of them; once every block is there it
becomes ``<key>.whole``, which any engine may read as a plain file. All
processes of a user share the folder, and deleting any of it is safe: what is
missing is fetched again, and what a checksum does not vouch for is missing.
"""

from __future__ import annotations

import array
import contextlib
import hashlib
import os
import secrets
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_lake.query.cachefolder import BlockCache

__all__ = ["BLOCK_BYTES", "CachedObject"]

BLOCK_BYTES = 16 * 1024

_SUM_BYTES = 4


class CachedObject:
    """What the cache holds of one object; any thread may load and save.

    A cache that can't be written (a full or read-only disk) saves nothing:
    reading goes on with what is there. One file stays open until the object is
    collected.

    Parameters
    ----------
    cache
        The folder it lies in.
    key
        What names these very bytes: letters and digits, fit for a file name.
    size
        The object's length in bytes.
    digest
        Its sha256 in hex if known; a whole object is checked against it.
    """

    def __init__(self, cache: BlockCache, key: str, size: int, digest: str = "") -> None:
        self.cache = cache
        self.key = key
        self.size = size
        self.digest = digest
        self.blocks = -(-size // BLOCK_BYTES)
        self._lock = threading.Lock()
        self._data = -1
        self._broken = not hasattr(os, "pread")
        self._sums = array.array("I", bytes(_SUM_BYTES * self.blocks))
        self._checked = bytearray(self.blocks)
        self._open()

    @property
    def complete(self) -> bool:
        """Whether every block is here."""
        return 0 not in self._sums

    @property
    def fraction(self) -> float:
        """How much of the object is here, from 0 to 1."""
        return 1 - self._sums.count(0) / max(self.blocks, 1)

    @property
    def keeps(self) -> bool:
        """Whether what is saved can be loaded again."""
        return not self._broken and not self.cache.full

    def load(self, start: int, end: int) -> bytes | None:
        """Return bytes ``[start:end]``, or None if a block of them is missing."""
        if self._data < 0:
            return None
        first, last = start // BLOCK_BYTES, (end - 1) // BLOCK_BYTES + 1
        try:
            if self._checked.count(1, first, last) == last - first:
                return os.pread(self._data, end - start, start)
            if self.missing(first, last):
                return None
            return self._load_checked(first, last, start, end)
        except OSError:
            return None

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the runs of blocks in ``[first:last]`` that are not here."""
        if self._data >= 0 and 0 in self._sums[first:last]:
            self._look_again(first, last)
        runs: list[tuple[int, int]] = []
        for block in range(first, last):
            if self._sums[block] == 0:
                if runs and runs[-1][1] == block:
                    runs[-1] = (runs[-1][0], block + 1)
                else:
                    runs.append((block, block + 1))
        return runs

    def save(self, first: int, data: memoryview) -> None:
        """Keep the bytes of whole blocks from `first` on (the object's last may be short)."""
        if self.keeps and self._data < 0:
            self._create()
        if not self.keeps:
            return
        cuts = range(0, len(data), BLOCK_BYTES)
        sums = array.array("I", (_checksum(data[at : at + BLOCK_BYTES]) for at in cuts))
        try:
            _write_fully(self._data, data, first * BLOCK_BYTES)
            self._write_sums(first, sums)
        except OSError:
            self._broken = True
            return
        self._sums[first : first + len(sums)] = sums
        self._checked[first : first + len(sums)] = b"\1" * len(sums)
        self.cache.note_saved(len(data))

    def finish(self) -> Path | None:
        """Turn a complete object into a plain file; None if it is not what it should be."""
        whole, part = self.cache.path(self.key, "whole"), self.cache.path(self.key, "part")
        if self._broken or self._data < 0 or not self.complete:
            return None
        # Whoever renames the part owns it: another process may have begun anew.
        mine = whole.with_name(f"{self.key}.{secrets.token_hex(4)}")
        try:
            os.rename(part, mine)
            if not os.path.samestat(os.stat(mine), os.fstat(self._data)) or not self._sound():
                os.unlink(mine)
                return None
            os.fsync(self._data)
            os.rename(mine, whole)
            os.unlink(self.cache.path(self.key, "sums"))
        except OSError:
            pass
        return self.cache.whole(self.key, self.size)

    def __del__(self) -> None:
        if getattr(self, "_data", -1) >= 0:
            os.close(self._data)

    def _open(self) -> None:
        if self._broken:
            return
        whole = self.cache.whole(self.key, self.size)
        try:
            if whole is not None:
                self._data = os.open(whole, os.O_RDONLY)
                self._sums = array.array("I", [1]) * self.blocks
                self._checked = bytearray(b"\1" * self.blocks)
            elif (part := self.cache.path(self.key, "part")).exists() and not self._create():
                self._data = os.open(part, os.O_RDONLY)
        except OSError:
            self._broken = True

    def _create(self) -> bool:
        """Open the part for reading and writing; return whether that could be done."""
        with self._lock:
            if self._data >= 0:
                return True
            part = self.cache.path(self.key, "part")
            try:
                part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                data = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
                os.ftruncate(data, self.size)
                self._data = data
                self.cache.touch(part)
            except OSError:
                self._broken = True
            return not self._broken

    def _look_again(self, first: int, last: int) -> None:
        """See what other processes have saved."""
        with contextlib.suppress(OSError), open(self.cache.path(self.key, "sums"), "rb") as file:
            file.seek(first * _SUM_BYTES)
            raw = file.read((last - first) * _SUM_BYTES)
            whole = len(raw) // _SUM_BYTES
            for at, found in enumerate(array.array("I", raw[: whole * _SUM_BYTES]), first):
                if not self._sums[at]:
                    self._sums[at] = found

    def _load_checked(self, first: int, last: int, start: int, end: int) -> bytes | None:
        at = first * BLOCK_BYTES
        data = os.pread(self._data, min(last * BLOCK_BYTES, self.size) - at, at)
        view = memoryview(data)
        for block in range(first, last):
            offset = (block - first) * BLOCK_BYTES
            if _checksum(view[offset : offset + BLOCK_BYTES]) != self._sums[block]:
                self._forget(block)
                return None
            self._checked[block] = 1
        return data[start - at : end - at]

    def _forget(self, block: int) -> None:
        self._sums[block] = self._checked[block] = 0
        self._write_sums(block, array.array("I", [0]))

    def _write_sums(self, first: int, sums: array.array[int]) -> None:
        path = self.cache.path(self.key, "sums")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _write_fully(descriptor, memoryview(sums).cast("B"), first * _SUM_BYTES)
        finally:
            os.close(descriptor)

    def _sound(self) -> bool:
        digest, at = hashlib.sha256(), 0
        while at < self.size:
            data = os.pread(self._data, 1 << 20, at)
            if not data:
                return False
            digest.update(data)
            at += len(data)
        return not self.digest or digest.hexdigest() == self.digest


def _checksum(data: memoryview) -> int:
    return zlib.crc32(data) or 1  # 0 means that there is no block


def _write_fully(descriptor: int, data: memoryview, at: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written
