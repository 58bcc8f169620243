"""Prints the score of the corpus, and what is missed by name.

Run it with ``python -m tests.lineage.dataflow.score [PART OF A NAME ...]``.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import warnings
from pathlib import Path

from tests.lineage.dataflow.running import fresh_shell, run_case
from tests.lineage.dataflow.test_corpus import CASES


def main(parts: list[str]) -> int:
    """Run the cases and print what came out; the status is the count of those not got right."""
    warnings.simplefilter("ignore")
    chosen = [case for case in CASES if not parts or any(part in case.name for part in parts)]
    wrong = 0
    for case in chosen:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            fresh_shell() as shell,
        ):
            outcome = run_case(case, shell, Path(folder))
        if not outcome.right:
            wrong += 1
            print(
                f"{case.name}: missed {outcome.missed}, wrong {outcome.wrong} {outcome.unexpected}"
            )
    print(f"{len(chosen) - wrong} of {len(chosen)} cases")
    return min(wrong, 125)


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    sys.exit(main(sys.argv[1:]))
