"""The check of the bytes of a repo's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jupyter_lake.store.fsck.readback import Readback, Subject, commits_named
from jupyter_lake.store.manifests import Manifests

if TYPE_CHECKING:
    from jupyter_lake.store.entrylists import EntryList
    from jupyter_lake.store.fsck.report import Kind
    from jupyter_lake.store.objectstore import ObjectInfo
    from jupyter_lake.store.trees import RangeRef

__all__ = ["Files"]

_SHOWN = 3


class Files:
    """The files that ranges name.

    Attributes
    ----------
    sizes
        Their sizes by hash. Paths are looked up again only for what is broken.
    """

    def __init__(
        self,
        readback: Readback,
        found: Mapping[str, ObjectInfo],
        users: Callable[[], Mapping[str, list[str]]],
    ) -> None:
        self.sizes: dict[str, int] = {}
        self._readback = readback
        self._found = found
        self._users = users
        self._ranges: list[RangeRef] = []

    def note(self, item: RangeRef, entries: EntryList) -> None:
        """Take in the files that a range names."""
        self._ranges.append(item)
        for entry in entries:
            if entry.hash is None:
                self._readback.report.external += 1
            else:
                self.sizes[entry.digest] = entry.size

    def check(self) -> None:
        """Read the files back, or look at their sizes, and note what is wrong."""
        bad: dict[str, tuple[Kind, str]] = {}
        calls = (self._checker(digest, size) for digest, size in self.sizes.items())
        for digest, wrong in zip(self.sizes, self._readback.gathered(calls), strict=True):
            self._readback.report.count("files")
            if wrong is not None:
                bad[digest] = wrong
        if bad:
            self._tell(bad)

    def _checker(self, digest: str, size: int) -> Callable[[], tuple[Kind, str] | None]:
        def check() -> tuple[Kind, str] | None:
            key = self._readback.keys.object(digest)
            info = self._found.get(key) or self._readback.objects.info(key)
            if info is None:
                return "missing", "are missing"
            if info.size != size:
                return "damaged", f"are {info.size:,}, not {size:,}"
            if self._readback.report.deep and self._readback.digest(key, size) != digest:
                return "damaged", "have changed"
            return None

        return check

    def _tell(self, bad: Mapping[str, tuple[Kind, str]]) -> None:
        paths, ranges = self._places(bad)
        for digest, (kind, wrong) in bad.items():
            shown = sorted(paths[digest])
            more = f" and {len(shown) - _SHOWN} other paths" if len(shown) > _SHOWN else ""
            users = dict.fromkeys(id for each in ranges[digest] for id in self._users()[each])
            subject = Subject(
                self._readback.keys.object(digest),
                f"The bytes of {', '.join(shown[:_SHOWN])}{more}",
                f"The file is lost in {commits_named(list(users))}; its other versions, and all "
                "other files, are not.",
                f"Put the file with sha256 {digest} back from a backup, or from where it came.",
            )
            self._readback.add(kind, subject, wrong)

    def _places(
        self, bad: Mapping[str, object]
    ) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
        """Return the paths, and the ranges, that name broken files."""
        paths: dict[str, set[str]] = {digest: set() for digest in bad}
        ranges: dict[str, list[str]] = {digest: [] for digest in bad}
        manifests = Manifests(self._readback.objects, self._readback.keys)
        for item in self._ranges:
            for entry in manifests.range(item):
                if entry.hash is not None and entry.digest in bad:
                    paths[entry.digest].add(entry.path)
                    ranges[entry.digest].append(item.id)
        return paths, ranges
