"""How large an image is once it is unpacked, by the first bytes of its file."""

from __future__ import annotations

import struct

__all__ = ["pixels_of"]

# Markers of JPEG after which the frame's size stands.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def pixels_of(head: bytes) -> int | None:
    """Return width times height of a PNG, GIF, BMP, WebP or JPEG; None if it can't be told."""
    try:
        size = _size(head)
    except (struct.error, IndexError):
        return None
    return None if size is None else size[0] * size[1]


def _size(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG"):
        return struct.unpack_from(">II", head, 16)
    if head.startswith(b"GIF8"):
        return struct.unpack_from("<HH", head, 6)
    if head.startswith(b"BM"):
        width, height = struct.unpack_from("<ii", head, 18)
        return abs(width), abs(height)
    if head[8:12] == b"WEBP":
        return _webp(head)
    return _jpeg(head) if head.startswith(b"\xff\xd8") else None


def _webp(head: bytes) -> tuple[int, int] | None:
    match head[12:16]:
        case b"VP8X":
            width, height = head[24:27], head[27:30]
            return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while head[at] == 0xFF:
        if head[at + 1] in _FRAMES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        (length,) = struct.unpack_from(">H", head, at + 2)
        at += 2 + length
    return None
