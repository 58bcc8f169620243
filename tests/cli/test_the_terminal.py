"""The verbs as commands: what they print, and what they end with."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_log_reads_as_a_table(lake: Command) -> None:
    ended = lake("log", "sales")
    lines = ended.out.splitlines()
    assert ended.status == 0
    assert lines[0].split() == ["commit", "when", "author", "files", "message"]
    assert [line.split()[-1] for line in lines[1:]] == ["2026-03", "2026-02", "2026-01"]
    assert "(main)" in lines[1]
    assert "(draft, v1)" in lines[2]


def test_answers_as_json_hold_the_facts(lake: Command) -> None:
    log = lake("--json", "log", "sales", "-n", "1").json
    assert log["commits"][0]["author"] == "ana"
    assert lake("--json", "ls", "sales/orders").json["items"][0]["rows"] == 3
    assert lake("--json", "sql", "SELECT 1 AS a").json == {"a": 1}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "repos",
        "branches sales",
        "tag sales",
        "log sales --graph",
        "show sales",
        "show sales/regions.csv",
        "ls sales",
        "blame sales",
        "diff sales@v1",
        "diff sales@v1/orders --rows",
        "lineage sales/orders",
        "gc --dry-run",
        "undo sales",
        "revert sales@v1",
    ],
)
def test_every_answer_can_be_text_or_json(lake: Command, line: str) -> None:
    assert lake("--json", *line.split()).json
    ended = lake(*line.split())
    assert ended.err == ""
    assert ended.out.strip()


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["--format", "csv"], '"region","n"\n"north",5\n"south",4\n'),
        (["--format", "json"], '{"region": "north", "n": 5}\n{"region": "south", "n": 4}\n'),
    ],
)
def test_sql_prints_what_other_programs_read(lake: Command, words: list[str], printed: str) -> None:
    statement = "SELECT region, count(*) AS n FROM sales.orders GROUP BY 1 ORDER BY 1"
    assert lake("sql", statement, *words).out == printed


@pytest.mark.parametrize(("form", "printed"), [("csv", '"a","b"\n'), ("json", "")])
def test_no_rows_are_no_rows(lake: Command, form: str, printed: str) -> None:
    assert lake("sql", "SELECT 1 AS a, 'x' AS b WHERE false", "--format", form).out == printed


def test_csv_keeps_what_is_special(lake: Command) -> None:
    statement = """SELECT 'a"b,c' AS "x y", NULL AS n, DATE '2026-01-02' AS d"""
    assert lake("sql", statement, "--format", "csv").out == (
        '"x y","n","d"\n"a""b,c",,2026-01-02\n'
    )


def test_many_rows_come_whole(lake: Command) -> None:
    out = lake("sql", "SELECT * FROM range(250000) AS r(n)", "--format", "csv").out
    assert out.count("\n") == 250_001


def test_sql_prints_a_table_for_people(lake: Command) -> None:
    ended = lake("sql", 'SELECT count(*) AS n FROM "sales@v1".orders')
    assert ended.status == 0
    assert "5" in ended.out


def test_sql_reads_a_statement_from_the_input(
    lake: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT count(*) AS n FROM sales.orders"))
    assert lake("sql", "-", "--format", "csv").out == '"n"\n9\n'


def test_a_year_of_work_without_a_notebook(command: Command, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("a,b\n1,2\n")
    assert command("open", "--create").out.startswith("Made the lake")
    assert command("create", "raw").status == 0
    assert "no commit yet" in command("repos").out
    assert "makes the first" in command("log", "raw").err
    assert command("put", "new.csv", "raw", "-m", "As sent").status == 0
    assert "new.csv" in command("ls", "raw").out
    assert command("branch", "raw", "fix").status == 0
    (tmp_path / "new.csv").write_text("a,b\n1,3\n")
    assert command("put", "new.csv", "raw@fix/new.csv", "-m", "Mended").status == 0
    assert command("merge", "raw@fix", "--into", "main").status == 0
    assert command("get", "raw/new.csv", "out.csv").status == 0
    assert (tmp_path / "out.csv").read_text() == "a,b\n1,3\n"
    assert command("undo", "raw").status == 0
    assert command("get", "raw/new.csv", "out.csv", "--force").status == 0
    assert (tmp_path / "out.csv").read_text() == "a,b\n1,2\n"
    assert command("rm", "raw/new.csv", "-m", "Gone").status == 0
    assert "new.csv" in command("ls", "raw@main~1").out
    assert command("fsck").status == 0


def test_the_lake_can_be_named_before_the_verb(lake: Command, tmp_path: Path) -> None:
    assert lake("--lake", str(tmp_path / "lake"), "repos").status == 0
    assert lake(f"--lake={tmp_path / 'other'}", "repos").status == 1
    assert lake("--lkae", "x", "repos").status == 2


def test_the_demo_has_help_like_the_verbs(command: Command) -> None:
    assert "examples:" in command("demo", "-h").out


def test_it_is_a_subcommand_of_jupyter(lake: Command, tmp_path: Path) -> None:
    jupyter = Path(sys.executable).with_name("jupyter")
    ended = subprocess.run(
        [jupyter, "lake", "log", "sales", "-n", "0"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(jupyter.parent), "HOME": str(tmp_path), "JUPYTER_LAKE_URL": "lake"},
        cwd=tmp_path,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Orders of 2026-01" in ended.stdout
