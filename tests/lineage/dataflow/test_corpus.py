"""The corpus: each row is a notebook and the ancestors of its last cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lineage.dataflow.corpus import (
    corners,
    functions,
    hard,
    ipython,
    names,
    objects,
    order,
    sharing,
    states,
    tables,
)
from tests.lineage.dataflow.running import fresh_shell, run_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import InteractiveShell

    from tests.lineage.dataflow.corpus.case import Case

CASES = [
    case
    for table in (
        names, functions, objects, tables, states, ipython, hard, sharing, order, corners,
    )
    for case in table.CASES
]  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    with fresh_shell() as shell:
        yield shell


def _parameters() -> list[object]:
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason=case.missed, strict=True)] if case.missed else [],
        )
        for case in CASES
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", _parameters())
def test_ancestors(case: Case, shell: InteractiveShell, tmp_path: Path) -> None:
    outcome = run_case(case, shell, tmp_path)
    assert outcome.right, f"{case.name}: {outcome}"


def test_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 120
