"""No ancestor is missed in notebooks drawn by chance, held against what makes a difference."""

from __future__ import annotations

import random

import pytest

from tests.lineage.dataflow.ablation import ancestors, draw, required


@pytest.mark.parametrize("seed", range(120, 160))
def test_whatever_makes_a_difference_is_an_ancestor(seed: int) -> None:
    cells = draw(random.Random(seed), 16)
    told = ancestors(cells)
    missed = [pair for pair in sorted(required(cells)) if pair[0] not in told[pair[1]]]
    listing = "\n".join(f"[{place}] {cell.source}" for place, cell in enumerate(cells))
    assert not missed, f"{missed}\n{listing}"
