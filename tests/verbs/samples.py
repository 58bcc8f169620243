"""A small lake of orders, a commit for each month, for the tests of all fronts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from jupyter_lake.lake import Lake

__all__ = ["ROWS", "sample_lake"]

ROWS = {"2026-01": 3, "2026-02": 2, "2026-03": 4}


def orders(month: str, rows: int) -> pa.Table:
    """Return the orders of a month: ids that no other month has, regions in turn."""
    start = int(month[-2:]) * 100
    return pa.table(
        {
            "order_id": list(range(start, start + rows)),
            "region": [("north", "south")[n % 2] for n in range(rows)],
            "amount": [10.0 * (n + 1) for n in range(rows)],
        }
    )


def sample_lake(url: str | Path) -> Lake:
    """Make a lake with the repo ``sales``: three commits, a tag, a branch."""
    lake = Lake.open(str(url), create=True)
    repo = lake.create_repo("sales", description="Orders of 2026")
    for month, rows in ROWS.items():
        with repo.transaction("main", message=f"Orders of {month}", author="ana") as tx:
            tx.write(f"orders/{month}.parquet", orders(month, rows))
            if month == "2026-01":
                tx.write("regions.csv", b"region,manager\nnorth,Nora\nsouth,Sven\n")
    repo.create_tag("v1", "main~1", message="As audited")
    repo.create_branch("draft", from_="main~1")
    return lake
