"""What the environment says that can't be: named, with what to write instead."""

from __future__ import annotations

import pytest

from jupyter_lake import config
from jupyter_lake.errors import InvalidInputError


@pytest.mark.parametrize("text", ["10GB", "ten", "1.5"])
def test_a_cache_size_that_is_no_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_LAKE_CACHE_BYTES", text)
    with pytest.raises(InvalidInputError, match="JUPYTER_LAKE_CACHE_BYTES") as caught:
        config.cache_bytes()
    assert "digits" in caught.value.hint


@pytest.mark.parametrize("text", ["{", "[]", "3"])
def test_storage_options_that_are_no_object(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", text)
    with pytest.raises(InvalidInputError, match="JUPYTER_LAKE_STORAGE_OPTIONS"):
        config.storage_options()


def test_silence_is_ten_gibibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_LAKE_CACHE_BYTES", raising=False)
    assert config.cache_bytes() == 10 * 2**30
