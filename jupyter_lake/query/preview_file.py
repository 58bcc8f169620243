"""Previews of what is no table: text, images, JSON, notebooks, and bytes nobody can name."""

from __future__ import annotations

import base64
import contextlib
import json
import mimetypes
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_lake.errors import PathNotFoundError
from jupyter_lake.query.image_size import pixels_of
from jupyter_lake.query.json_values import Json, json_value

if TYPE_CHECKING:
    from jupyter_lake.query.previews import Kind
    from jupyter_lake.store import Commit

__all__ = ["Looked", "look"]

_TABLES = {"parquet", "parq", "csv", "tsv", "jsonl", "ndjson", "arrow", "feather", "ipc"}
_LINES = {"csv", "tsv"}
_PACKED = {"gz", "zst"}
_IMAGES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
}
_TEXT_BYTES = 256 * 1024
_WHOLE_BYTES = 4 * 1024 * 1024
_HEX_BYTES = 512
_PIXELS = 100_000_000
# DuckDB takes no line longer than this, and searches long for where it may end.
_LINE_BYTES = 2_000_000
_CELLS = 200
_OUTPUTS = 100


@dataclass(frozen=True, slots=True)
class Looked:
    """The part of a preview that depends on what was found."""

    kind: Kind
    files: int
    bytes: int
    content: dict[str, Json]


def look(commit: Commit, path: str) -> Looked | None:
    """Return the preview of one file, or None if it is a table or a folder."""
    if not path:
        return None
    extension = _extension(path)
    if extension in _TABLES and extension not in _LINES:
        return None
    try:
        entry = commit.entry(path)
    except PathNotFoundError:
        return None  # a folder, or nothing: whoever looks for tables will say
    if extension in _LINES and not _is_one_line(commit, path, entry.size):
        return None
    if extension in _IMAGES:
        return Looked("image", 1, entry.size, _image(commit, path, entry.size, extension))
    if extension in ("ipynb", "json"):
        return _structured(commit, path, entry.size, extension)
    return _unstructured(_head(commit, path, _TEXT_BYTES), entry.size, path)


def _unstructured(head: bytes, size: int, path: str) -> Looked:
    content = _text(head[:_TEXT_BYTES], size, path)
    if content is not None:
        return Looked("text", 1, size, content)
    return Looked("binary", 1, size, _binary(head, path))


def _extension(path: str) -> str:
    parts = path.rpartition("/")[2].lower().split(".")
    if len(parts) > 2 and parts[-1] in _PACKED:
        parts.pop()
    return parts[-1] if len(parts) > 1 else ""


def _head(commit: Commit, path: str, size: int) -> bytes:
    with commit.open(path) as file:
        return file.read(size)


def _is_one_line(commit: Commit, path: str, size: int) -> bool:
    """Tell whether a text has no end of a line where one must be."""
    if size <= _LINE_BYTES and not path.lower().endswith(".gz"):
        return False
    for wanted in (_TEXT_BYTES, _LINE_BYTES):
        head = _head(commit, path, wanted)
        if head.startswith(b"\x1f\x8b"):
            with contextlib.suppress(zlib.error):
                head = zlib.decompressobj(wbits=31).decompress(head, _LINE_BYTES)
        if b"\n" in head or b"\r" in head:
            return False
    return len(head) >= _LINE_BYTES


def _image(commit: Commit, path: str, size: int, extension: str) -> dict[str, Json]:
    data = None
    if size <= _WHOLE_BYTES:
        content = commit.read(path)
        # A few bytes may unpack to more than a browser's memory.
        if (pixels_of(content) or 0) <= _PIXELS:
            data = base64.b64encode(content).decode()
    return {"mime": _IMAGES[extension], "data": data}


def _structured(commit: Commit, path: str, size: int, extension: str) -> Looked | None:
    """Return a notebook or a JSON document; None for JSON that is a table."""
    head = _head(commit, path, _WHOLE_BYTES + 1)
    value = None
    if size <= _WHOLE_BYTES:
        try:
            value = json.loads(head)
        except ValueError:
            value = None
        except RecursionError:
            return _unstructured(head, size, path)
    if extension == "json" and _is_rows(head, value):
        return None
    if isinstance(value, dict) and isinstance(value.get("cells"), list):
        return Looked("notebook", 1, size, _notebook(value))
    if value is None:
        return _unstructured(head, size, path)
    text = json.dumps(value, indent=2, ensure_ascii=False)
    cut = len(text) > _TEXT_BYTES
    return Looked(
        "json",
        1,
        size,
        {"value": json_value(value), "text": text[:_TEXT_BYTES], "truncated": cut},
    )


def _is_rows(head: bytes, value: object) -> bool:
    """Tell whether JSON is a table: a list of objects, or one object a line."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    if value is not None:
        return False
    start = head.lstrip()[:2].replace(b" ", b"")
    first_line = head.lstrip().split(b"\n", 1)[0]
    try:
        return start.startswith(b"[{") or isinstance(json.loads(first_line), dict)
    except (ValueError, RecursionError):
        return start[:1] == b"["


def _notebook(value: dict[str, Any]) -> dict[str, Json]:
    cells: list[Json] = []
    for cell in value["cells"][:_CELLS]:
        if isinstance(cell, dict):
            given = cell.get("outputs")
            found = given[:_OUTPUTS] if isinstance(given, list) else []
            outputs: list[Json] = [json_value(_output(each)) for each in found]
            cells.append(
                {
                    "type": str(cell.get("cell_type", "")),
                    "source": _joined(cell.get("source"))[:_TEXT_BYTES],
                    "outputs": outputs,
                }
            )
    language = _inside(_inside(value, "metadata"), "kernelspec").get("language", "python")
    return {
        "cells": cells,
        "language": str(language),
        "truncated": len(value["cells"]) > _CELLS,
    }


def _inside(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what a name holds, if that is an object."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _output(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    data = _inside(output, "data")
    text = output.get("text") or data.get("text/plain") or f"[{', '.join(map(str, data))}]"
    return _joined(text)


def _joined(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")


def _text(head: bytes, size: int, path: str) -> dict[str, Json] | None:
    """Return what is readable as text, or None."""
    for encoding in ("utf-8-sig", "utf-16"):
        if encoding == "utf-16" and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            # The cut may go through the middle of a character.
            text = head.decode(encoding, "strict" if len(head) == size else "ignore")
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (len(head) == size or _mostly_kept(text, head, encoding)):
            return {
                "text": text,
                "encoding": encoding.removesuffix("-sig"),
                "truncated": len(head) < size,
                "mime": mimetypes.guess_type(path)[0] or "text/plain",
            }
    return None


def _mostly_kept(text: str, head: bytes, encoding: str) -> bool:
    return len(text.encode(encoding.removesuffix("-sig"))) >= len(head) - 8


def _binary(head: bytes, path: str) -> dict[str, Json]:
    lines = []
    for at in range(0, min(len(head), _HEX_BYTES), 16):
        row = head[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row.hex(' '):<47}  {shown}")
    mime = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return {"mime": mime, "hex": "\n".join(lines)}
