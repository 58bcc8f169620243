"""Where things are: what the environment says, and what holds when it is silent."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jupyter_lake.errors import InvalidInputError

__all__ = ["cache_bytes", "cache_dir", "is_lake_named", "lake_url", "spool_dir", "storage_options"]

DEFAULT_CACHE_BYTES = 10 * 2**30


def lake_url() -> str:
    """Return ``JUPYTER_LAKE_URL``, else ``lake`` in the user's Jupyter data folder."""
    return os.environ.get("JUPYTER_LAKE_URL") or str(_jupyter_data_dir() / "lake")


def is_lake_named() -> bool:
    """Whether ``JUPYTER_LAKE_URL`` says which lake is meant."""
    return bool(os.environ.get("JUPYTER_LAKE_URL"))


def storage_options() -> dict[str, object]:
    """Return ``JUPYTER_LAKE_STORAGE_OPTIONS`` (JSON): s3fs's own options, and gcsfs's and so on.

    Raises
    ------
    InvalidInputError
        If the variable holds no JSON object.
    """
    text = os.environ.get("JUPYTER_LAKE_STORAGE_OPTIONS", "").strip()
    if not text:
        return {}
    try:
        options = json.loads(text)
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise InvalidInputError(
            "JUPYTER_LAKE_STORAGE_OPTIONS holds no JSON object.",
            hint='Write it like {"endpoint_url": "https://s3.example.org"}.',
        )
    return options


def cache_dir() -> Path:
    """Return the folder for what can be fetched again: ``JUPYTER_LAKE_CACHE_DIR`` or the user's."""
    if chosen := os.environ.get("JUPYTER_LAKE_CACHE_DIR"):
        return Path(chosen)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "jupyter_lake"


def cache_bytes() -> int:
    """Return how many bytes the cache may hold: ``JUPYTER_LAKE_CACHE_BYTES`` or 10 GiB.

    Raises
    ------
    InvalidInputError
        If the variable holds no number.
    """
    text = os.environ.get("JUPYTER_LAKE_CACHE_BYTES") or str(DEFAULT_CACHE_BYTES)
    try:
        return max(0, int(text))
    except ValueError:
        raise InvalidInputError(
            f"JUPYTER_LAKE_CACHE_BYTES is {text!r}, which is no number of bytes.",
            hint="Write it in digits, like 10000000000, or 0 for no cache.",
        ) from None


def spool_dir() -> Path:
    """Return the folder where runs wait for the lake: ``JUPYTER_LAKE_SPOOL_DIR`` or the user's."""
    if chosen := os.environ.get("JUPYTER_LAKE_SPOOL_DIR"):
        return Path(chosen)
    return _jupyter_data_dir() / "lake-spool"


def _jupyter_data_dir() -> Path:
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir())
