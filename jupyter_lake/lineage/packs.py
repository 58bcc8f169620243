"""Many runs in one Parquet object, so that readers need few requests.

When loose batches pile up, whoever uploads next merges them, together with
every pack that is not much larger than what it merges (a log-structured merge
with ratio `GROWTH`, after O'Neil et al. 1996): packs grow geometrically, so a
reader meets a handful of them, and each run is rewritten a handful of times.

A pack is complete before its sources are deleted, and names them, so that a
death in between, or a missing permission to delete, leaves sources that
readers know to pass over. Two packers at once may put a run into two packs:
readers count a run once.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_lake.errors import AccessDeniedError
from jupyter_lake.lineage.batches import BATCHES, PACKS, ROOT, batch_rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    IntArray = npt.NDArray[np.int64]
    BoolArray = npt.NDArray[np.bool_]

    from jupyter_lake.lineage.runs import Run
    from jupyter_lake.store.objectstore import ObjectInfo, ObjectStore

__all__ = ["decode_pack", "pack", "run_table", "sources_of", "table_of"]

LOOSE = 8
"""How many loose batches are merged."""
GROWTH = 4
"""A pack joins a merge unless it is this many times as large as the rest of it."""
LARGEST = 64 * 2**20
"""A pack of this many bytes is left alone."""


def schema() -> pa.Schema:
    """Return the columns of a pack: a row a run, what it did nested inside.

    ``key`` is as much of the run's id as a number holds: millions of numbers
    are told apart in a tenth of the time that texts take.
    """
    import pyarrow as pa

    text = pa.string()
    names = pa.list_(text)
    read = pa.struct(
        [("repo", text), ("commit_id", text), ("path", text), ("columns", names), ("via", text)]
    )
    write = pa.struct(
        [("repo", text), ("commit_id", text), ("path", text), ("branch", text), ("via", text)]
    )
    edge = pa.struct([("upstream_run_id", text), ("variables", names), ("certainty", text)])
    return pa.schema(
        [
            ("run_id", text),
            ("notebook", text),
            ("cell_id", text),
            ("execution_count", pa.int32()),
            ("source", text),
            ("user", text),
            ("started", pa.timestamp("us", tz="UTC")),
            ("seconds", pa.float64()),
            ("status", text),
            ("reads", pa.list_(read)),
            ("writes", pa.list_(write)),
            ("edges", pa.list_(edge)),
            ("untracked", names),
            ("session", text),
            ("host", text),
            ("revision", pa.int32()),
            ("key", pa.int64()),
        ]
    )


def run_table(runs: Iterable[Run]) -> pa.Table:
    """Return runs as a table, a row a run."""
    import pyarrow as pa

    rows = [run.to_dict() | {"started": run.started, "key": key_of(run.run_id)} for run in runs]
    return pa.Table.from_pylist(rows, schema=schema())


def key_of(run_id: str) -> int:
    """Return the last 56 bits of a run's id, which are chance."""
    try:
        return int(run_id[-15:].replace("-", ""), 16)
    except ValueError:
        return int(hashlib.sha256(run_id.encode()).hexdigest()[:15], 16)


def table_of(key: str, data: bytes) -> pa.Table:
    """Return what an object under `lineage/` holds as a table of runs."""
    if not key.startswith(BATCHES):
        return decode_pack(data)
    import pyarrow as pa

    rows = batch_rows(data)
    for row in rows:
        row["started"] = datetime.fromisoformat(row["started"])
        row["key"] = key_of(row["run_id"])
    return pa.Table.from_pylist(rows, schema=schema())


def encode_pack(table: pa.Table, sources: Sequence[str]) -> bytes:
    """Return a pack's bytes; `sources` are the keys it stands for."""
    import pyarrow.parquet as pq

    metadata = {**(table.schema.metadata or {}), b"sources": json.dumps(list(sources)).encode()}
    sink = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata(metadata), sink, compression="zstd", row_group_size=65_536
    )
    return sink.getvalue()


def decode_pack(data: bytes) -> pa.Table:
    """Read what `encode_pack` wrote; `sources_of` says what it stands for."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(data))


def sources_of(metadata: Mapping[bytes, bytes] | None) -> list[str]:
    """Return the keys that a pack stands for, from its schema's metadata."""
    return [str(key) for key in json.loads((metadata or {}).get(b"sources", b"[]"))]


def once_each(table: pa.Table) -> pa.Table:
    """Return the table with each run's latest record only."""
    import pyarrow as pa

    keep = latest_records(table["key"].to_numpy(), table["revision"].to_numpy())
    return table if keep is None else table.filter(pa.array(keep))


def latest_records(keys: IntArray, revisions: IntArray) -> BoolArray | None:
    """Say which records hold: of each key the one with the highest revision; None if all do."""
    import numpy as np

    ordered = np.sort(keys)
    if not np.any(ordered[1:] == ordered[:-1]):
        return None
    order = np.lexsort((np.arange(len(keys)), revisions, keys))
    last = np.append(keys[order][1:] != keys[order][:-1], [True])
    keep = np.zeros(len(keys), dtype=bool)
    keep[order[last]] = True
    return keep


@dataclass(frozen=True, slots=True)
class Merge:
    """What a packer would put together."""

    sources: tuple[ObjectInfo, ...]

    @property
    def key(self) -> str:
        """The pack's key: the same sources give the same pack, whoever merges them."""
        names = "\n".join(sorted(info.key for info in self.sources))
        return f"{PACKS}{hashlib.sha256(names.encode()).hexdigest()[:32]}.parquet"


def plan(
    listing: Iterable[ObjectInfo], *, loose: int = LOOSE, covered: frozenset[str] = frozenset()
) -> Merge | None:
    """Choose what to merge, or None while there is too little.

    Parameters
    ----------
    listing
        Everything under ``lineage/``.
    loose
        How many batches are enough.
    covered
        Keys that packs stand for already.
    """
    infos = [info for info in listing if info.key not in covered]
    chosen = [info for info in infos if info.key.startswith(BATCHES)]
    if len(chosen) < loose:
        return None
    size = sum(info.size for info in chosen)
    packs = sorted((info for info in infos if info.key.startswith(PACKS)), key=lambda i: i.size)
    for info in packs:
        if info.size >= LARGEST or info.size > GROWTH * size:
            break
        chosen.append(info)
        size += info.size
    return Merge(tuple(chosen))


def pack(objects: ObjectStore, *, loose: int = LOOSE) -> bool:
    """Merge what has piled up; True if there was enough.

    Raises
    ------
    LakeError
        What the object store has to say against it; nothing is lost then.
    """
    from jupyter_lake.store.objectstore import ObjectExists, ObjectMissing

    listing = list(objects.list(ROOT))
    try:
        merge = plan(listing, loose=loose, covered=_covered(objects, listing, loose))
        if merge is None:
            return False
        keys = [info.key for info in merge.sources]
        tables = [table_of(key, objects.get(key)) for key in keys]
    except ObjectMissing:
        return False  # another packer was faster
    there = {info.key for info in listing}
    with contextlib.suppress(ObjectExists):  # another packer has just done the same
        objects.create(merge.key, _merged(tables, keys, there))
    with contextlib.suppress(AccessDeniedError):  # readers know to pass the sources over
        objects.delete(keys)
    return True


def _covered(objects: ObjectStore, listing: Sequence[ObjectInfo], loose: int) -> frozenset[str]:
    """Return the keys that packs stand for, where nobody seems to be able to delete them."""
    if sum(info.key.startswith(BATCHES) for info in listing) < 4 * loose:
        return frozenset()
    found: set[str] = set()
    for info in largest_first(listing):
        if info.key not in found:
            found.update(sources_of(decode_pack(objects.get(info.key)).schema.metadata))
    return frozenset(found)


def largest_first(listing: Iterable[ObjectInfo]) -> list[ObjectInfo]:
    """Return the packs of a listing: one may stand for smaller ones that still lie there."""
    packs = [info for info in listing if info.key.startswith(PACKS)]
    return sorted(packs, key=lambda info: -info.size)


def _merged(tables: Sequence[pa.Table], keys: Sequence[str], there: set[str]) -> bytes:
    """Return the pack of some tables; of what they stand for it names what still lies there."""
    import pyarrow as pa

    older = {key for table in tables for key in sources_of(table.schema.metadata)} & there
    table = once_each(pa.concat_tables([table.replace_schema_metadata(None) for table in tables]))
    return encode_pack(table.sort_by("started"), sorted({*keys, *older}))
