"""Each statement of the corpus answers through a lake what plain DuckDB answers over the files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather

from jupyter_lake.query import Session
from jupyter_lake.store import Lake
from tests.query.corpus import SECOND_VIEWS, STATEMENTS, VIEWS, Statement
from tests.query.corpus_files import write_first, write_second
from tests.servers import BUCKET, S3Server

VARIABLES: dict[str, object] = {
    "frame": pd.DataFrame({"id": [1, 2, 3], "x": [1.5, 2.5, None]}),
    "arrow_table": pa.table({"id": [2, 3], "y": ["a", "b"]}),
    "polars_frame": pl.DataFrame({"id": [3, 4], "z": [True, None]}),
}
Ask = Callable[[str], duckdb.DuckDBPyRelation]


class Corpus:
    """The same files as a lake and as a folder, with a way to ask each."""

    def __init__(self, folder: Path, lake: Lake) -> None:
        self.folder = folder
        self.first, self.second = folder / "v1", folder / "v2"
        write_first(self.first)
        write_second(self.second)
        repo = lake.create_repo("sales")
        for root in (self.first, self.second):
            with repo.transaction("main", message=root.name) as transaction:
                for path in sorted(path for path in root.rglob("*") if path.is_file()):
                    transaction.write(path.relative_to(root).as_posix(), path)
            if root == self.first:
                repo.create_tag("first")
        early, late = sorted(record.when for record in repo.branch_log("main"))[-2:]
        self.between = (early + (late - early) / 2).isoformat()
        self.session = Session(lake)
        self.plain = duckdb.connect()
        self._make_views()

    def _make_views(self) -> None:
        points = feather.read_table(self.second / "points.arrow")
        self.plain.register("points_variable", points)
        for schema, root, views in (
            ("sales", self.second, VIEWS | SECOND_VIEWS),
            ("sales@main", self.second, VIEWS | SECOND_VIEWS),
            ("sales@main~1", self.first, VIEWS),
            ("sales@main^", self.first, VIEWS),
            ("sales@first", self.first, VIEWS),
        ):
            self.plain.execute(f'CREATE SCHEMA "{schema}"')
            for name, template in views.items():
                source = template.format(root=root)
                # The lake shows paths in the commit, DuckDB those on the disk.
                shown = f"SELECT * REPLACE (substr(filename, {len(str(root)) + 2}) AS filename) "
                head = shown if name.endswith("_files") else ""
                self.plain.execute(f'CREATE VIEW "{schema}"."{name}" AS {head}FROM {source}')

    def lake_asked(self, statement: str) -> duckdb.DuckDBPyRelation | None:
        return self.session.sql(self._filled(statement, "lake"), variables=VARIABLES)

    def plain_asked(self, statement: str) -> duckdb.DuckDBPyRelation | None:
        # DuckDB finds these where it is called from.
        frame, arrow_table, polars_frame = VARIABLES.values()  # noqa: RUF059
        return self.plain.sql(self._filled(statement, "plain"))

    def _filled(self, statement: str, out: str) -> str:
        (self.folder / out).mkdir(exist_ok=True)
        marks = {
            "{between}": self.between,
            "{root}": str(self.second),
            "{out}": str(self.folder / out),
        }
        for mark, text in marks.items():
            statement = statement.replace(mark, text)
        return statement


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    return Corpus(folder, Lake.open(str(folder / "lake"), create=True))


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory, s3_server: S3Server) -> Iterator[Corpus]:
    folder = tmp_path_factory.mktemp("corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_LAKE_CACHE_DIR", str(folder / "cache"))
        url = f"s3://{BUCKET}/{folder.parent.parent.name}-{folder.parent.name}-corpus"
        yield Corpus(folder, Lake.open(url, create=True, storage_options=s3_server.storage_options))


def _title(statement: Statement) -> str:
    text = statement if isinstance(statement, str) else statement[0]
    return text.replace("\n", " ")[:90]


@pytest.mark.parametrize("statement", STATEMENTS, ids=_title)
def test_a_lake_answers_as_the_files_do(local: Corpus, statement: Statement) -> None:
    _compare(local, statement)


@pytest.mark.s3
@pytest.mark.parametrize("statement", STATEMENTS, ids=_title)
def test_a_lake_in_a_bucket_answers_as_the_files_do(remote: Corpus, statement: Statement) -> None:
    _compare(remote, statement)


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    assert len({_title(statement) + str(statement) for statement in STATEMENTS}) >= 150


def _compare(corpus: Corpus, statement: Statement) -> None:
    asked, plain = (statement, statement) if isinstance(statement, str) else statement
    expected = corpus.plain_asked(plain)
    found = corpus.lake_asked(asked)
    assert expected is not None
    assert found is not None
    assert list(found.columns) == list(expected.columns)
    assert [str(kind) for kind in found.types] == [str(kind) for kind in expected.types]
    ordered = "ORDER BY" in asked.rsplit(")", 1)[-1]
    assert _rows(found.fetchall(), ordered) == _rows(expected.fetchall(), ordered)


def _rows(rows: list[tuple[Any, ...]], ordered: bool) -> list[str]:
    shown = [repr(tuple(_plain(value) for value in row)) for row in rows]
    return shown if ordered else sorted(shown)


def _plain(value: Any) -> Any:
    """Leave out the last digits of sums, which depend on the order of adding."""
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.10g}")
    return value
