"""Runs in the lake, as they arrive: small create-only objects of JSON lines.

::

    lineage/runs/<uuid7>.jsonl.gz     what one upload of one process brought
    lineage/packs/<hash>.parquet      many of them in one (see `packs`)
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store.objectstore import ObjectStore

__all__ = ["BATCHES", "PACKS", "ROOT", "batch_rows", "encode_batch", "upload_batch"]

ROOT = "lineage/"
BATCHES = "lineage/runs/"
PACKS = "lineage/packs/"


def encode_batch(runs: Iterable[Run]) -> bytes:
    """Return runs as compressed lines of JSON, the same bytes for the same runs."""
    lines = "".join(json.dumps(run.to_dict(), separators=(",", ":")) + "\n" for run in runs)
    return gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def batch_rows(data: bytes) -> list[dict[str, Any]]:
    """Read what `encode_batch` wrote: a run's JSON each."""
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


def upload_batch(objects: ObjectStore, batch_id: str, runs: Sequence[Run]) -> None:
    """Store runs under an id of the caller's; storing them twice is storing them once.

    Raises
    ------
    LakeError
        What the object store has to say against it.
    """
    from jupyter_lake.store.objectstore import ObjectExists

    try:
        objects.create(f"{BATCHES}{batch_id}.jsonl.gz", encode_batch(runs))
    except ObjectExists:
        # An earlier try arrived and only its answer was lost.
        return
