"""Addresses read back as they were written, and what is no address is refused by name."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_lake.addresses import Address, Ref, check_path, check_ref_name, check_repo_name
from jupyter_lake.errors import (
    InvalidAddressError,
    InvalidInputError,
    InvalidNameError,
    InvalidPathError,
)


def _accepted(path: str) -> bool:
    try:
        check_path(path)
    except InvalidPathError:
        return False
    return True


repos = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True).filter(
    lambda name: name != "lake"
)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
steps = st.lists(st.tuples(st.sampled_from("~^"), st.integers(0, 99)), max_size=3).map(tuple)
times = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
refs = st.builds(Ref, names, steps, times)
segments = st.text(min_size=1, max_size=12).filter(lambda text: "/" not in text and _accepted(text))
paths = st.just("") | st.lists(segments, min_size=1, max_size=4).map("/".join).filter(_accepted)


@given(repos, st.none() | refs, paths)
def test_an_address_reads_back_as_written(repo: str, ref: Ref | None, path: str) -> None:
    address = Address(repo, ref, unicodedata.normalize("NFC", path))
    assert Address.parse(str(address)) == address
    assert Address.parse(f"lake://{address}") == address


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_is_refused_in_words(text: str) -> None:
    try:
        address = Address.parse(text)
    except InvalidInputError as error:
        assert error.message
        assert error.hint
        assert "\n" not in error.message
    else:
        assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "repo", "ref", "path"),
    [
        ("sales", "sales", None, ""),
        ("sales/orders", "sales", None, "orders"),
        ("sales@main", "sales", "main", ""),
        ("sales@main~2/orders/a.parquet", "sales", "main~2", "orders/a.parquet"),
        ("sales@3f9c2a/orders/", "sales", "3f9c2a", "orders"),
        ("sales@main@{2026-10-01T12:00Z}~1^2/x", "sales", "main@{2026-10-01T12:00:00Z}~1^2", "x"),
        ("sales/a@b/c", "sales", None, "a@b/c"),
    ],
)
def test_reading(text: str, repo: str, ref: str | None, path: str) -> None:
    address = Address.parse(text)
    assert (address.repo, str(address.ref) if address.ref else None, address.path) == (
        repo,
        ref,
        path,
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", InvalidAddressError),
        ("@main", InvalidAddressError),
        ("sales@", InvalidAddressError),
        ("sales@main~x", InvalidAddressError),
        ("sales@main@{soon}", InvalidAddressError),
        ("Sales", InvalidNameError),
        ("lake", InvalidNameError),
        ("../etc", InvalidNameError),
        ("sales/../x", InvalidPathError),
        ("sales//x", InvalidPathError),
        ("sales/a\nb", InvalidPathError),
    ],
)
def test_refusing(text: str, error: type[InvalidInputError]) -> None:
    with pytest.raises(error) as caught:
        Address.parse(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "a/../b",
        "..",
        "a//b",
        "a/./b",
        "a\0b",
        "a\nb",
        "C:/x",
        "a\\b",
        "x" * 1025,
        "é" * 513,
        "a/",
        "\ud800",
        "a\u2028b",
        "a\x7f",
    ],
)
def test_paths_that_are_refused(path: str) -> None:
    with pytest.raises(InvalidPathError) as caught:
        check_path(path)
    assert "can't be a path" in caught.value.message


@pytest.mark.parametrize(
    "path", ["a", "a b", "é/ü", "שלום/عالم", "🚀.csv", "a%2e%2e", "x" * 1024, "…"]
)
def test_paths_that_are_kept(path: str) -> None:
    assert check_path(path) == unicodedata.normalize("NFC", path)


def test_paths_are_composed() -> None:
    assert check_path("e\u0301") == "é"


@pytest.mark.parametrize("name", ["", "-a", ".a", "a/b", "a b", "Ü", "a\n"])
def test_names_that_are_refused(name: str) -> None:
    for check in (check_repo_name, check_ref_name):
        with pytest.raises(InvalidNameError):
            check(name)
