"""Print the table of figures: ``python -m tests.benchmarks [NAME ...]``."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from pathlib import Path

from tests.benchmarks.harness import Row

HEADER = ("what", "ours", "peer", "theirs", "ratio", "promise", "")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; the exit status is the count of broken promises."""
    found = sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(found)}.", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians\n", flush=True)
    broken = 0
    for name in names or found:
        print(f"## {name}\n", flush=True)
        print(_line(HEADER), flush=True)
        print(_line(["---"] * len(HEADER)), flush=True)
        module = importlib.import_module(f"tests.benchmarks.bench_{name}")
        for row in module.rows():
            print(_line(_cells(row)), flush=True)
            broken += row.held is False
        print(flush=True)
    return min(broken, 125)


def _cells(row: Row) -> list[str]:
    promise = "" if row.bound is None else f"<= {row.bound:g}"
    verdict = {True: "held", False: "MISSED", None: ""}[row.held]
    return [
        row.what,
        _quantity(row.ours, row.unit),
        row.peer,
        "" if row.theirs is None else _quantity(row.theirs, row.unit),
        "" if row.ratio is None else f"{row.ratio:.2f}",
        promise if row.ratio is not None or not promise else f"{promise} {row.unit}",
        verdict,
    ]


def _quantity(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:,.3g} {unit}" if value < 1000 else f"{value:,.0f} {unit}"


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
