"""Bad input, a row a case: what is typed, and what each front has to answer.

A new case is a new row; the tests of the notebook and of the terminal run all
rows that their front has.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.verbs.samples import sample_lake

if TYPE_CHECKING:
    import pytest

__all__ = ["MISTAKES", "Mistake", "prepare", "stand_at"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A case: `line` is typed; the first answer line holds `message`, the second `hint`.

    `url` is the lake that is open then: ``lake`` is the sample lake, ``none``
    an empty place, ``photos`` a folder that is no lake, ``locked`` a folder
    without permission, ``far`` a server that does not answer.
    """

    name: str
    line: str
    message: str
    hint: str
    kind: str
    url: str = "lake"
    fronts: tuple[str, ...] = ("notebook", "terminal")


NOTEBOOK = ("notebook",)
TERMINAL = ("terminal",)

MISTAKES = [
    Mistake("no such repo", "diff sales other", "other", "sales", "repo-not-found"),
    Mistake("widgets in a terminal", "explore", "notebook", "%load_ext", "usage", fronts=TERMINAL),
    Mistake("two paths", "diff sales/a sales/b", "two paths", "same path", "invalid-address"),
    Mistake("rows of no table", "diff sales@v1 --rows", "no path", "TABLE", "invalid-address"),
    Mistake("a file as a folder", "get sales here.txt/out", "here.txt", "", "system"),
    Mistake("no lake", "log sales", "no lake", "open", "lake-not-found", url="none"),
    Mistake("no lake to open", "open nowhere", "nowhere", "--create", "lake-not-found"),
    Mistake(
        "no lake for sql", "sql FROM sales.orders", "no lake", "open", "lake-not-found", "none"
    ),
    Mistake("a folder that is no lake", "repos", "photos", "", "not-a-lake", url="photos"),
    Mistake("no permission", "repos", "", "", "access-denied", url="locked"),
    Mistake("no network", "repos", "", "", "unreachable", url="far"),
    Mistake("unknown repo", "log slaes", "'slaes'", "sales", "repo-not-found"),
    Mistake("unknown repo in sql", "sql FROM slaes.orders", "slaes", "sales", "repo-not-found"),
    Mistake("unknown ref", "ls sales@mian", "mian", "main", "ref-not-found"),
    Mistake("unknown ref in sql", 'sql FROM "sales@mian".orders', "mian", "main", "ref-not-found"),
    Mistake("too far back", "log sales@main~99", "main~99", "", "ref-not-found"),
    Mistake("unknown path", "ls sales/ordres", "ordres", "orders", "path-not-found"),
    Mistake("unknown file", "get sales/region.csv", "region.csv", "regions.csv", "path-not-found"),
    Mistake("unknown table", "sql FROM sales.ordres", "ordres", "orders", "dataset-not-found"),
    Mistake("unknown column", "sql SELECT oder FROM sales.orders", "oder", "order", "query-error"),
    Mistake("broken sql", "sql SELEC 1", "", "", "query-error"),
    Mistake("no statement", "sql", "no statement", "sql", "usage"),
    Mistake("no such verb", "lgo", "'lgo'", "'log'", "usage"),
    Mistake("an address in vain", "log @main", "@main", "address looks like", "invalid-address"),
    Mistake("a bad name", "create Sales!", "'Sales!'", "small letters", "invalid-name"),
    Mistake("a taken name", "create sales", "sales", "", "already-exists"),
    Mistake("a reserved name", "create lake", "'lake'", "", "invalid-name"),
    Mistake("a bad path", "put here.txt sales/../x -m x", "..", "relative", "invalid-path"),
    Mistake("no local file", "put there.txt sales -m x", "there.txt", "", "invalid-input"),
    Mistake("no message", "put here.txt sales", "-m is missing", "-m", "usage"),
    Mistake("not a branch", "put here.txt sales@v1 -m x", "v1", "branch sales", "invalid-address"),
    Mistake(
        "steps, not a branch",
        "rm sales@main~1/regions.csv -m x",
        "main~1",
        "branch sales",
        "invalid-address",
    ),
    Mistake("nothing to remove", "rm sales/nothing -m x", "nothing", "ls", "path-not-found"),
    Mistake("a whole repo", "rm sales -m x", "sales", "ls", "invalid-input"),
    Mistake(
        "a file in the way",
        "get sales/regions.csv here.txt",
        "here.txt",
        "--force",
        "already-exists",
    ),
    Mistake("more than a repo", "branches sales@main", "sales@main", "sales", "invalid-address"),
    Mistake("a taken branch", "branch sales draft", "draft", "", "already-exists"),
    Mistake("no such branch", "branch sales nope --delete", "nope", "", "ref-not-found"),
    Mistake("a taken tag", "tag sales v1", "v1", "", "already-exists"),
    Mistake("nothing to merge", "merge sales --into main", "sales", "sales@", "invalid-address"),
    Mistake("nothing to revert", "revert sales", "sales", "log sales", "invalid-address"),
    Mistake("no lineage", "lineage slaes", "slaes", "", "repo-not-found", fronts=TERMINAL),
    Mistake("no lineage", "lineage slaes", "'slaes'", "", "variable-not-found", fronts=NOTEBOOK),
    Mistake(
        "no variable",
        "publish smus --to a/b -m x",
        "'smus'",
        "'sums'",
        "variable-not-found",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "no path",
        "publish sums --to reports -m x",
        "'reports'",
        "reports/NAME",
        "invalid-address",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "no table",
        "publish answer --to reports/a -m x",
        "int",
        "DataFrame",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "no key",
        "publish sums --to reports/a -m x --key di",
        "'di'",
        "id",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "a key that repeats",
        "publish sums --to r/a -m x --key kind",
        "apart",
        "--key",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "append to a file",
        "publish sums --to r/a.csv -m x --mode append",
        "a.csv",
        "without a suffix",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "nothing open", "commit -m x", "No transaction", "begin", "invalid-input", fronts=NOTEBOOK
    ),
    Mistake(
        "nothing to roll back",
        "rollback",
        "No transaction",
        "begin",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "a pin without a ref",
        "use sales",
        "no ref",
        "use sales@main~2",
        "invalid-input",
        fronts=NOTEBOOK,
    ),
    Mistake(
        "a quote left open",
        "tag sales x -m it's",
        "quote",
        "double quotes",
        "usage",
        fronts=NOTEBOOK,
    ),
    Mistake("only in a notebook", "begin sales", "notebook", "%load_ext", "usage", fronts=TERMINAL),
]


FAR = "s3://bucket/lake"
FAR_OPTIONS = """{"endpoint_url": "http://127.0.0.1:9", "key": "k", "secret": "s",
    "config_kwargs": {"connect_timeout": 1, "retries": {"max_attempts": 0}}}"""


def stand_at(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the lake of a case the one that is open."""
    if url == "lake":
        return
    monkeypatch.setenv("JUPYTER_LAKE_URL", FAR if url == "far" else str(folder / url))
    if url == "far":
        monkeypatch.setenv("JUPYTER_LAKE_STORAGE_OPTIONS", FAR_OPTIONS)
    if url == "locked":
        _lock(folder / url, monkeypatch)


def _lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a lake that nobody may read; for root the kernel's answer is played."""
    sample_lake(folder)
    if os.geteuid():
        folder.chmod(0)
        return
    opened = builtins.open

    def refuse(file: object, *args: object, **kwargs: object) -> object:
        if str(file).startswith(str(folder)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        return opened(file, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr(builtins, "open", refuse)


def prepare(folder: Path) -> None:
    """Put beside the lake what some cases need."""
    (folder / "here.txt").write_text("something")
    (folder / "photos").mkdir()
    (folder / "photos" / "cat.jpg").write_bytes(b"meow")
