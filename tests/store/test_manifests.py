"""A tree is a plain dict, whatever the way to it; equal dicts are equal trees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_lake.store import Entry, Folder, ranges, trees
from jupyter_lake.store.backends.memory import MemoryStore
from jupyter_lake.store.differences import diff_trees
from jupyter_lake.store.entrylists import EntryList
from jupyter_lake.store.keys import RepoKeys
from jupyter_lake.store.manifests import Manifests
from jupyter_lake.store.ranges import cut, decode_range, encode_range, entries_of, table_of
from jupyter_lake.store.rewrite import rewrite
from jupyter_lake.store.trees import (
    EMPTY,
    RangeRef,
    Tree,
    decode_inline,
    decode_tree,
    encode_tree,
    inline_tree,
    is_inline,
)
from tests.searching import examples

PATHS = st.text(st.sampled_from("ab/é-"), min_size=1, max_size=5)
DICTS = st.dictionaries(PATHS, st.integers(0, 3), max_size=40)


@pytest.fixture(autouse=True, scope="module")
def small_ranges() -> Iterator[None]:
    """Ranges of about four entries, inline trees of six: small dicts have many, and are both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "MEAN_ENTRIES", 4)
        patch.setattr(trees, "INLINE_ENTRIES", 6)
        yield


def _manifests() -> Manifests:
    return Manifests(MemoryStore("memory://"), RepoKeys("r"))


def _entry(path: str, size: int) -> Entry:
    return Entry(path, size, f"sha256:{size:064x}")


def _entries(files: Mapping[str, int]) -> EntryList:
    return EntryList.of(_entry(path, size) for path, size in files.items())


def _built(manifests: Manifests, files: Mapping[str, int]) -> tuple[str | None, Tree]:
    return rewrite(manifests, EMPTY, puts=_entries(files), write=_forget)


def _forget(key: str, data: bytes) -> None:
    """The manifests remember what was made."""


def _as_dict(manifests: Manifests, tree: Tree, prefix: str = "") -> dict[str, int]:
    return {entry.path: entry.size for entry in manifests.entries(tree, prefix)}


@settings(deadline=None, max_examples=examples(150))
@given(before=DICTS, puts=DICTS, gone=st.sets(PATHS, max_size=30))
def test_rewriting_is_updating(
    before: dict[str, int], puts: dict[str, int], gone: set[str]
) -> None:
    manifests = _manifests()
    _, tree = _built(manifests, before)
    deletes = sorted((gone | set(list(before)[::3])) - puts.keys())
    written: list[str] = []
    id, changed = rewrite(
        manifests,
        tree,
        puts=_entries(puts),
        deletes=deletes,
        write=lambda key, data: written.append(key),
    )
    after = {path: size for path, size in (before | puts).items() if path not in deletes}
    assert _as_dict(manifests, changed) == after
    assert list(_as_dict(manifests, changed)) == sorted(after)
    assert (changed.files, changed.bytes) == (len(after), sum(after.values()))
    assert (id, changed) == _built(manifests, after), "the way there shows"
    assert not after or is_inline(id or "") == (len(after) <= 6)
    old = {manifests.keys.range(item.id) for item in tree.ranges}
    new = {manifests.keys.range(item.id) for item in changed.ranges if not item.held}
    assert new - old <= set(written)


@settings(deadline=None, max_examples=examples(150))
@given(files=DICTS, path=PATHS)
def test_looking_up_is_indexing(files: dict[str, int], path: str) -> None:
    manifests = _manifests()
    _, tree = _built(manifests, files)
    wanted = {path, *list(files)[::2]}
    found = manifests.found(tree, wanted)
    assert {name: entry.size for name, entry in found.items()} == {
        name: files[name] for name in wanted if name in files
    }
    assert _as_dict(manifests, tree, path) == {
        name: size for name, size in files.items() if name.startswith(path)
    }


@settings(deadline=None, max_examples=examples(150))
@given(files=DICTS, folder=st.text(st.sampled_from("ab/é-"), max_size=3))
def test_listing_is_grouping(files: dict[str, int], folder: str) -> None:
    files = {path: size for path, size in files.items() if "//" not in f"/{path}/"}
    folder = f"{folder.strip('/')}/" if folder.strip("/") else ""
    manifests = _manifests()
    _, tree = _built(manifests, files)
    folders: dict[str, list[int]] = {}
    direct = set()
    for path, size in files.items():
        if path.startswith(folder):
            name, slash, _ = path.removeprefix(folder).partition("/")
            if slash:
                folders.setdefault(folder + name, []).append(size)
            else:
                direct.add(path)
    found = manifests.children(tree, folder)
    assert {item.path for item in found if isinstance(item, Entry)} == direct
    assert {item for item in found if isinstance(item, Folder)} == {
        Folder(path, len(sizes), sum(sizes)) for path, sizes in folders.items()
    }
    assert [item.path for item in found] == sorted(item.path for item in found)


@settings(deadline=None, max_examples=examples(150))
@given(left=DICTS, right=DICTS, prefix=st.text(st.sampled_from("ab/é-"), max_size=2))
def test_a_diff_leads_from_one_to_the_other(
    left: dict[str, int], right: dict[str, int], prefix: str
) -> None:
    manifests = _manifests()
    (_, old), (_, new) = _built(manifests, left), _built(manifests, right)
    changes = diff_trees(manifests, old, new, prefix)
    assert [change.path for change in changes] == sorted(
        path
        for path in left.keys() | right.keys()
        if left.get(path) != right.get(path) and path.startswith(prefix)
    )
    patched = dict(left)
    for change in changes:
        if change.new is None:
            del patched[change.path]
        else:
            patched[change.path] = change.new.size
    assert prefix or patched == right
    back = diff_trees(manifests, new, old, prefix)
    assert [(change.path, change.old, change.new) for change in back] == [
        (change.path, change.new, change.old) for change in changes
    ]


@settings(deadline=None, max_examples=examples(50))
@given(files=DICTS)
def test_encoding_keeps_all(files: dict[str, int]) -> None:
    whole = [
        Entry(path, size, None, None, f"s3://x/{path}", '{"size":1}', '{"a":[1,2,0]}')
        if size == 0
        else Entry(path, size, f"sha256:{size}", rows=size)
        for path, size in sorted(files.items())
    ]
    assert list(entries_of(decode_range(encode_range(table_of(whole))))) == whole
    if whole and (small := inline_tree(EntryList(whole))) is not None:
        again = decode_inline(small[0], json.loads(small[1].encoded or b""))
        assert again == small[1]
        assert again.ranges[0].held is not None
        assert list(again.ranges[0].held) == whole
    tree = Tree(tuple(RangeRef(f"{n}", path, path, n, n) for n, path in enumerate(files)))
    assert decode_tree(encode_tree(tree.ranges)) == tree


def test_a_small_change_of_a_large_tree_touches_one_range() -> None:
    manifests = _manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "MEAN_ENTRIES", 2048)
        files = {f"year={n // 1000}/{n:06}": n for n in range(50_000)}
        _, tree = _built(manifests, files)
        assert 10 < len(tree.ranges) < 60
        written: list[str] = []
        _, changed = rewrite(
            manifests,
            tree,
            puts=_entries({f"year=7/x{n:03}": 1 for n in range(100)}),
            write=lambda key, data: written.append(key),
        )
        assert len([key for key in written if "/ranges/" in key]) <= 2
        assert len({*tree.ranges} & {*changed.ranges}) >= len(tree.ranges) - 1


def test_a_table_is_cut_behind_each_boundary() -> None:
    table = table_of(_entry(f"{n:04}", n) for n in range(500))
    parts = [part.column("path").to_pylist() for part in cut(table)]
    assert [path for part in parts for path in part] == table.column("path").to_pylist()
    assert len(parts) > 50
    for part in parts:
        assert [ranges.is_boundary(path) for path in part[:-1]] == [False] * (len(part) - 1)
    assert all(ranges.is_boundary(part[-1]) for part in parts[:-1])
