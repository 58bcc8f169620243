"""What may lie in a repo's folder, and what is foreign there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_lake.store.fsck.readback import Readback
    from jupyter_lake.store.objectstore import ObjectInfo

__all__ = ["check_layout"]

_NAME = "[A-Za-z0-9][A-Za-z0-9._-]*"
_HASHED = r"(?P<start>[0-9a-f]{2})/(?P=start)[0-9a-f]{62}"
_LAYOUT = re.compile(
    "|".join(
        each.replace("start", f"start{number}")
        for number, each in enumerate(
            (
                r"repo\.json",
                rf"objects/{_HASHED}",
                rf"(?:ranges|trees)/{_HASHED}\.parquet",
                rf"commits/{_HASHED}\.json",
                r"changes/[0-9a-f]{64}\.parquet",
                rf"refs/(?:hints|tags)/{_NAME}",
                rf"refs/heads/{_NAME}/[0-9]{{10}}",
                r"gc/running/[0-9a-f]+",
                r"gc/held/[0-9a-f]{64}-[0-9a-f]+",
                r"gc/done/[0-9A-Za-z-]+\.json",
            )
        )
    )
)


def check_layout(readback: Readback, found: Mapping[str, ObjectInfo]) -> Mapping[str, ObjectInfo]:
    """Note the keys under which nothing of a repo can lie; return the others."""
    skip = len(readback.keys.prefix)
    fitting = {}
    for key, info in found.items():
        if _LAYOUT.fullmatch(key[skip:]):
            fitting[key] = info
        else:
            readback.foreign(key)
    return fitting
