"""Names, paths and messages come back exactly as they were given, or are refused by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_lake.addresses import Address
from jupyter_lake.errors import AlreadyExistsError, LakeError, NotFoundError
from jupyter_lake.store import Lake, Repo
from tests.searching import examples

NASTY = [
    "", " ", ".", "..", "/", "//", "../up", "a/../../up", "a/..", "/etc/passwd", "~", "~/x",
    "C:/x", "C:\\x", "\\\\server\\share", "a\\..\\b", "%2e%2e/up", "%2e%2e%2fup", "..%2fup",
    "a%00b", "a\0b", "a\nb", "a\r\nb", "a\tb", "\u202eexe.txt", "\u200b", "\u2028",
    "مرحبا/عالم", "שלום", "😀/👩‍👩‍👧", "e\u0301", "é", "ﬁ", "Å", "\ud800", "\udcff", "x" * 255,
    "x" * 256, "x" * 1024, "x" * 1025, "é" * 512, "é" * 513, "a/" * 512, "a/" * 511 + "a",
    "-rf", "--help", "con", "NUL", "a:b", "a*b", "a?b", "a|b", 'a"b', "a'b", "a<b>", "$HOME",
    "`id`", "$(id)", "a b", " a", "a ", "a.", ".a", "...", "a/.b", "a/...", "a@b", "a@{b}",
    "a~1", "a^2", "refs/heads/main", "HEAD", "lake.json", "repos", "objects/ab", ".git", "a#b",
    "a&b=c", "a+b", "a;b", "a,b", "é/è", "\ufeffx", "x\x7f", "x\x85y", "2026-10-01", "0", "-",
    "_", "A", "Main", "main", "lake", "a..b", "a.lock", "a/b/", "/a",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=20),
    st.text(alphabet=st.characters(), max_size=12),
    st.lists(st.sampled_from([*NASTY, "a", "b"]), min_size=1, max_size=3).map("/".join),
)

quick = settings(
    max_examples=examples(120),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds a lake, and nothing else, before and after."""
    box = tmp_path / "box"
    repo = Lake.create(str(box / "in" / "lake")).create_repo("sales")
    with repo.transaction(message="first") as tx:
        tx.write("first", b"1")
    yield box
    assert [path.name for path in box.iterdir()] == ["in"]
    assert [path.name for path in (box / "in").iterdir()] == ["lake"]
    assert {path.name for path in (box / "in" / "lake").iterdir()} <= {"lake.json", "repos"}


def repo_in(box: Path) -> Repo:
    return Lake.open(str(box / "in" / "lake")).repo("sales")


def refused(error: LakeError, text: str) -> None:
    """See that a refusal is in words, says what is refused, and is one line each."""
    assert error.message
    assert "\n" not in error.message
    assert "\0" not in error.message
    assert len(error.message) < 1400  # a path may have 1,024 bytes
    assert not text or repr(text)[1:8] in error.message or "began" in error.message, error.message


@quick
@given(path=texts)
@example(path="ü/" + "x" * 1021)
def test_paths(box: Path, path: str) -> None:
    repo = repo_in(box)
    content = path.encode(errors="replace")
    try:
        with repo.transaction(message="write") as tx:
            tx.write(path, content)
    except LakeError as error:
        refused(error, path)
        for ask in (repo.commit().read, repo.commit().ls, repo.commit().entry):
            with pytest.raises(LakeError):
                ask(path) if path.strip("/") else repo.commit().entry(path)
        return
    kept = unicodedata.normalize("NFC", path)
    commit = repo_in(box).commit()
    assert commit.read(path) == content
    assert kept in {entry.path for entry in commit.entries()}
    assert [change.path for change in commit.changes()] in ([kept], [])
    parsed = Address.parse(str(Address("sales", None, kept)))
    assert (parsed.repo, parsed.path) == ("sales", kept)
    with repo.transaction(message="delete") as tx:
        tx.delete(path)


@quick
@given(name=texts)
def test_names_of_branches_and_tags(box: Path, name: str) -> None:
    repo = repo_in(box)
    for make, listed in (
        (repo.create_branch, repo.branches),
        (repo.create_tag, repo.tags),
    ):
        try:
            make(name)
        except AlreadyExistsError:
            continue
        except LakeError as error:
            refused(error, name)
            assert name not in {each.name for each in listed()}
            continue
        assert name in {each.name for each in listed()}
        assert repo_in(box).resolve(name) == repo.resolve("main")


@quick
@given(name=texts)
def test_names_of_repos(box: Path, name: str) -> None:
    lake = repo_in(box).lake
    try:
        lake.create_repo(name)
    except AlreadyExistsError:
        return
    except LakeError as error:
        refused(error, name)
        assert name not in {repo.name for repo in lake.repos()}
        with pytest.raises(LakeError):
            lake.repo(name)
        return
    assert Lake.open(lake.url).repo(name).name == name


@quick
@given(message=texts, author=texts)
@example(message="two\nlines\n\nand more 😀", author="Ünïcode <a@b>")
@example(message="x" * 100_000, author="a")
def test_messages_and_authors(box: Path, message: str, author: str) -> None:
    repo = repo_in(box)
    try:
        with repo.transaction(message=message, author=author) as tx:
            tx.write("newest", repr((message, author)).encode())
    except LakeError as error:
        refused(error, "")
        assert error.message.startswith(("The message", "The author"))
        return
    found = repo_in(box).commit(tx.commit.id)
    assert found.message == message or (not message and found.message)
    assert found.author == author or (not author and found.author)
    assert repr(found)


@quick
@given(text=texts)
def test_whatever_is_asked_for_is_found_or_refused_in_words(box: Path, text: str) -> None:
    repo = repo_in(box)
    for ask in (
        repo.lake.repo,
        repo.commit,
        repo.resolve,
        repo.branch,
        repo.undo if text != "main" else repo.branch,
        repo.log,
        Address.parse,
        repo.commit().entry,
        repo.commit().open if text != "first" else repo.commit().entry,
        repo.commit().files,
        lambda ref: repo.diff("main", ref),
        lambda path: repo.log(path=path),
        lambda path: repo.blame("main", path),
    ):
        try:
            ask(text)
        except (LakeError, NotFoundError) as error:
            refused(error, "")  # it may name the part that is wrong
